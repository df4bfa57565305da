#include "twin/schema/typed.h"

#include <fmt/format.h>

#include <set>

#include "data/json.h"

namespace jibe::twin {

using data::Value;

namespace {

// Free-form content: scalars, atomic lists, maps whose fields are owned one by one.
const SchemaNode& deduced() {
  static const SchemaNode kNode = [] {
    SchemaNode node;
    node.untyped = true;
    node.preserve_unknown = true;
    return node;
  }();
  return kNode;
}

std::string shown(const std::string& element) {
  return to_string(FieldSet::Path{element});
}

class TypedValidator {
 public:
  explicit TypedValidator(bool allow_duplicates) : allow_duplicates_(allow_duplicates) {}
  std::vector<std::string> errors;

  void walk(const SchemaNode& node, const Value& value, const std::string& path) {
    if (value.is_null()) return;
    switch (typed_form(node, &value)) {
      case TypedForm::kMap:
        return map(node, value, path);
      case TypedForm::kList:
        return list(node, value, path);
      case TypedForm::kScalar:
        return scalar(node, value, path);
    }
  }

 private:
  void fail(const std::string& path, const std::string& text) {
    errors.push_back(path.empty() ? text : path + ": " + text);
  }

  void map(const SchemaNode& node, const Value& value, const std::string& path) {
    if (!value.is_map()) return fail(path, "expected map, got " + describe(value));
    for (const data::Entry& e : value.entries()) {
      const std::string below = path + "." + e.key;
      if (const SchemaNode* child = typed_child(node, e.key)) {
        walk(*child, e.value, below);
      } else {
        fail(below, "field not declared in schema");
      }
    }
  }

  void list(const SchemaNode& node, const Value& value, const std::string& path) {
    if (!value.is_list()) return fail(path, "expected list, got " + describe(value));
    std::set<std::string> seen;
    for (size_t i = 0; i < value.size(); ++i) {
      std::string name = fmt::format("[{}]", i);
      if (node.list_type != ListType::kAtomic) {
        std::string error;
        const auto element = item_element(node, value[i], &error);
        if (!element) return fail(path, fmt::format("element {}: {}", i, error));
        name = shown(*element);
        if (!seen.insert(*element).second && !allow_duplicates_) {
          fail(path, "duplicate entries for key " + name);
        }
      }
      walk(typed_item(node), value[i], path + name);
    }
  }

  void scalar(const SchemaNode& node, const Value& value, const std::string& path) {
    const auto expect = [&](const char* what, bool right) {
      if (!right) fail(path, fmt::format("expected {}, got {}", what, describe(value)));
    };
    switch (node.type) {
      case SchemaType::kInteger:
      case SchemaType::kNumber:
        return expect("numeric (int or float)", value.is_number());
      case SchemaType::kString:
        return expect("string", value.is_string());
      case SchemaType::kBoolean:
        return expect("boolean", value.is_bool());
      default:
        return expect("any scalar", !value.is_map() && !value.is_list());
    }
  }

  static std::string describe(const Value& value) {
    if (value.is_string()) return data::to_json(value, {.indent = 0, .escape_html = false});
    return "&value.valueUnstructured{Value:" + data::to_json(value) + "}";
  }

  bool allow_duplicates_;
};

class FieldSetBuilder {
 public:
  FieldSet set;

  void walk(const SchemaNode& node, const Value& value) {
    const TypedForm form = typed_form(node, &value);
    if (form == TypedForm::kScalar || is_atomic(node, form)) {
      set.insert(path_);
    } else if (form == TypedForm::kMap) {
      map(node, value);
    } else {
      list(node, value);
    }
  }

 private:
  void map(const SchemaNode& node, const Value& value) {
    for (const data::Entry& e : value.entries()) {
      const SchemaNode* child = typed_child(node, e.key);
      path_.push_back(field_element(e.key));
      walk(child != nullptr ? *child : deduced(), e.value);
      const bool bare = e.value.is_null() || (e.value.is_map() && e.value.empty());
      if (bare || node.property(e.key) == nullptr) set.insert(path_);
      path_.pop_back();
    }
  }

  // Items that come twice are owned as a whole.
  void list(const SchemaNode& node, const Value& value) {
    std::map<std::string, int> count;
    for (const Value& item : value.items()) {
      if (const auto element = item_element(node, item, nullptr)) ++count[*element];
    }
    for (const Value& item : value.items()) {
      const auto element = item_element(node, item, nullptr);
      if (!element) continue;
      path_.push_back(*element);
      if (count[*element] == 1) walk(typed_item(node), item);
      set.insert(path_);
      path_.pop_back();
    }
  }

  FieldSet::Path path_;
};

Value without_fields(const SchemaNode& node, const Value& value, const FieldSet& set,
                     Emptied emptied) {
  Value out = Value::map();
  for (const data::Entry& e : value.entries()) {
    const std::string element = field_element(e.key);
    if (set.has(element)) continue;
    const SchemaNode* child = typed_child(node, e.key);
    const FieldSet& below = set.below(element);
    const SchemaNode& below_node = child != nullptr ? *child : deduced();
    Value kept = below.empty() ? e.value : remove_items(below_node, e.value, below, emptied);
    if (emptied == Emptied::kGone && kept.is_null() && !e.value.is_null()) continue;
    out.set(e.key, std::move(kept));
  }
  return out.empty() ? Value() : out;
}

Value without_items(const SchemaNode& node, const Value& value, const FieldSet& set,
                    Emptied emptied) {
  Value out = Value::list();
  for (const Value& item : value.items()) {
    const auto element = item_element(node, item, nullptr);
    if (!element || set.has(*element)) continue;
    const FieldSet& below = set.below(*element);
    out.push_back(below.empty() ? item : remove_items(typed_item(node), item, below, emptied));
  }
  return out.empty() ? Value() : out;
}

}  // namespace

TypedForm typed_form(const SchemaNode& node, const Value* value) {
  switch (node.type) {
    case SchemaType::kObject:
      return TypedForm::kMap;
    case SchemaType::kArray:
      return TypedForm::kList;
    case SchemaType::kAny:
      if (value == nullptr || value->is_null() || value->is_map()) return TypedForm::kMap;
      return value->is_list() ? TypedForm::kList : TypedForm::kScalar;
    default:
      return TypedForm::kScalar;
  }
}

bool is_atomic(const SchemaNode& node, TypedForm form) {
  if (form == TypedForm::kList) return node.list_type == ListType::kAtomic;
  // JSON values of built-in kinds (a CRD's defaults and enums) have one owner.
  const bool opaque = node.type == SchemaType::kAny && !node.definition.empty();
  return form == TypedForm::kMap && (node.atomic_map || opaque);
}

const SchemaNode* typed_child(const SchemaNode& node, std::string_view key) {
  if (const SchemaNode* child = node.child(key)) return child;
  const bool open = node.type == SchemaType::kAny || node.untyped || node.preserve_unknown ||
                    (node.properties.empty() && node.additional == nullptr);
  return open ? &deduced() : nullptr;
}

const SchemaNode& typed_item(const SchemaNode& list) {
  return list.items != nullptr ? *list.items : deduced();
}

std::optional<std::string> item_element(const SchemaNode& list, const Value& item,
                                        std::string* error) {
  const auto fail = [&](const std::string& text) {
    if (error != nullptr) *error = text;
    return std::nullopt;
  };
  if (list.list_type == ListType::kSet) {
    if (item.is_map())
      return fail("associative list without keys has an element that's a map type");
    if (item.is_list()) return fail("not supported: associative list with lists as elements");
    if (item.is_null()) {
      return fail("associative list without keys has an element that's an explicit null");
    }
    return "v:" + data::to_json(item);
  }
  if (item.is_null()) return fail("associative list with keys may not have a null element");
  if (!item.is_map()) return fail("associative list with keys may not have non-map elements");
  Value keys = Value::map();
  for (const std::string& name : list.list_keys) {
    if (const Value* given = item.find(name)) {
      keys.set(name, *given);
      continue;
    }
    const SchemaProperty* property = typed_item(list).property(name);
    if (property != nullptr && !property->default_value.is_null()) {
      keys.set(name, property->default_value);
    }
  }
  if (keys.empty()) {
    std::string names;
    for (const std::string& name : list.list_keys)
      names += (names.empty() ? "\"" : " \"") + name + "\"";
    return fail("associative list with keys has an element that omits all key fields [" + names +
                "] (and doesn't have default values for any key fields)");
  }
  return "k:" + data::to_json(keys);
}

std::vector<std::string> validate_typed(const SchemaNode& node, const Value& value,
                                        bool allow_duplicates) {
  TypedValidator validator(allow_duplicates);
  validator.walk(node, value, "");
  return std::move(validator.errors);
}

FieldSet to_field_set(const SchemaNode& node, const Value& value) {
  FieldSetBuilder builder;
  builder.walk(node, value);
  return std::move(builder.set);
}

Value remove_items(const SchemaNode& node, const Value& value, const FieldSet& set,
                   Emptied emptied) {
  const TypedForm form = typed_form(node, &value);
  if (form == TypedForm::kScalar) return value;
  if (value.empty()) return nullptr;
  if (is_atomic(node, form)) return nullptr;
  return form == TypedForm::kMap ? without_fields(node, value, set, emptied)
                                 : without_items(node, value, set, emptied);
}

}  // namespace jibe::twin
