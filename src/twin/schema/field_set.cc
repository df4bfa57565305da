#include "twin/schema/field_set.h"

#include "base/error.h"
#include "data/json.h"
#include "twin/schema/typed.h"

namespace jibe::twin {

using data::Value;

namespace {

const FieldSet& nothing() {
  static const FieldSet kNothing;
  return kNothing;
}

bool is_element(const std::string& text) {
  return text.size() >= 2 && text[1] == ':' &&
         (text[0] == 'f' || text[0] == 'k' || text[0] == 'v' || text[0] == 'i');
}

}  // namespace

FieldSet FieldSet::from_value(const Value& fields_v1) {
  if (!fields_v1.is_map() && !fields_v1.is_null()) {
    throw base::InvalidInput("fieldsV1 must be an object");
  }
  FieldSet out;
  for (const data::Entry& e : fields_v1.entries()) {
    if (e.key == ".") {
      out.member_ = true;
      continue;
    }
    if (!is_element(e.key)) {
      throw base::InvalidInput("fieldsV1 has an unknown path element " + e.key);
    }
    FieldSet child = from_value(e.value);
    // An element without anything below it stands for itself.
    if (child.children_.empty()) child.member_ = true;
    out.children_[e.key] = std::move(child);
  }
  return out;
}

Value FieldSet::to_value() const {
  Value out = Value::map();
  for (const auto& [element, child] : children_) {
    Value below = child.to_value();
    if (child.member_ && !child.children_.empty()) below.set(".", Value::map());
    out.set(element, std::move(below));
  }
  return out;
}

void FieldSet::insert(const Path& path) {
  FieldSet* at = this;
  for (const std::string& element : path) at = &at->children_[element];
  if (at != this) at->member_ = true;
}

bool FieldSet::has(const std::string& element) const {
  const auto found = children_.find(element);
  return found != children_.end() && found->second.member_;
}

bool FieldSet::has_path(const Path& path) const {
  const FieldSet* at = this;
  for (const std::string& element : path) {
    const auto found = at->children_.find(element);
    if (found == at->children_.end()) return false;
    at = &found->second;
  }
  return at != this && at->member_;
}

const FieldSet& FieldSet::below(const std::string& element) const {
  const auto found = children_.find(element);
  return found == children_.end() ? nothing() : found->second;
}

void FieldSet::drop_empty() {
  std::erase_if(children_, [](const auto& entry) { return entry.second.empty(); });
}

FieldSet FieldSet::united(const FieldSet& other) const {
  FieldSet out = *this;
  out.member_ = member_ || other.member_;
  for (const auto& [element, child] : other.children_) {
    out.children_[element] = out.children_[element].united(child);
  }
  return out;
}

FieldSet FieldSet::intersected(const FieldSet& other) const {
  FieldSet out;
  out.member_ = member_ && other.member_;
  for (const auto& [element, child] : children_) {
    const auto found = other.children_.find(element);
    if (found != other.children_.end()) out.children_[element] = child.intersected(found->second);
  }
  out.drop_empty();
  return out;
}

FieldSet FieldSet::without(const FieldSet& other) const {
  FieldSet out;
  out.member_ = member_ && !other.member_;
  for (const auto& [element, child] : children_) {
    out.children_[element] = child.without(other.below(element));
  }
  out.drop_empty();
  return out;
}

FieldSet FieldSet::without_trees(const FieldSet& other) const {
  FieldSet out;
  out.member_ = member_;
  for (const auto& [element, child] : children_) {
    if (!other.has(element)) out.children_[element] = child.without_trees(other.below(element));
  }
  out.drop_empty();
  return out;
}

FieldSet FieldSet::with_named_members(const SchemaNode* node) const {
  FieldSet out;
  out.member_ = member_;
  for (const auto& [element, child] : children_) {
    const SchemaNode* below = nullptr;
    bool named = false;
    if (node != nullptr && element[0] == 'f') {
      const std::string_view name = std::string_view(element).substr(2);
      below = typed_child(*node, name);
      named = node->property(name) != nullptr;
    } else if (node != nullptr) {
      below = node->items;
    }
    FieldSet copy = child.with_named_members(below);
    if (named && !child.children_.empty()) copy.member_ = true;
    out.children_[element] = std::move(copy);
  }
  return out;
}

void FieldSet::each(const std::function<void(const Path&)>& visit) const {
  Path path;
  each_below(path, visit);
}

void FieldSet::each_below(Path& path, const std::function<void(const Path&)>& visit) const {
  for (const auto& [element, child] : children_) {
    if (!child.member_) continue;
    path.push_back(element);
    visit(path);
    path.pop_back();
  }
  for (const auto& [element, child] : children_) {
    path.push_back(element);
    child.each_below(path, visit);
    path.pop_back();
  }
}

std::string to_string(const FieldSet::Path& path) {
  std::string out;
  for (const std::string& element : path) {
    const std::string rest = element.substr(2);
    if (element[0] == 'f') {
      out += "." + rest;
    } else if (element[0] == 'v') {
      out += "[=" + rest + "]";
    } else if (element[0] == 'i') {
      out += "[" + rest + "]";
    } else {
      std::string keys;
      const Value parsed = data::parse_json(rest);
      for (const data::Entry& e : parsed.entries()) {
        if (!keys.empty()) keys += ",";
        keys += e.key + "=" + data::to_json(e.value, {.indent = 0, .escape_html = false});
      }
      out += "[" + keys + "]";
    }
  }
  return out;
}

}  // namespace jibe::twin
