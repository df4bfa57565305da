// tpath.WritePathContext (operator/pkg/tpath/tree.go), the same from 1.14 to 1.31.
#include <fmt/core.h>
#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "istio/operator_path.h"
#include "istio/operator_step.h"

namespace jibe::istio {

namespace {

struct Written {
  data::Value value;
  // A text that is itself a YAML map, meant as that map.
  bool from_text = false;
};

// JSON stays text; so does what only looks like a map.
Written unquoted(const data::Value& value) {
  if (!value.is_string()) return {value};
  const auto& text = value.text();
  bool several_lines = base::contains(text, "\n");
  if (!base::contains(text, several_lines ? ":" : ": ")) return {value};
  try {
    if (data::parse_json(text).is_map()) return {value};
  } catch (const base::InvalidInput&) {
    // Then it may be YAML.
  }
  try {
    auto tree = data::parse_yaml(text);
    if (tree.is_map()) return {tree, true};
    if (tree.is_null()) return {data::Value::map(), true};
  } catch (const base::InvalidInput&) {
    // A text with a colon in it.
  }
  return {value};
}

class Writer {
 public:
  Writer(std::string_view path, const data::Value& value)
      : steps_(split_operator_path(path)), written_(unquoted(value)) {}

  void write(data::Value& root, OperatorTree tree) {
    if (steps_.empty()) throw base::InvalidInput("a path is empty; write one like spec.replicas");
    walk(root, 0, tree, false);
  }

 private:
  bool last(size_t at) const { return at + 1 == steps_.size(); }
  bool deletes() const { return written_.value.is_null(); }
  [[noreturn]] void fail(const std::string& why) const {
    throw base::InvalidInput(fmt::format("path {}: {}", base::join(steps_, "."), why));
  }

  // `in_map`: the node is a map's value. Istio can change a list only there.
  void walk(data::Value& node, size_t at, OperatorTree tree, bool in_map) {
    const auto& step = steps_[at];
    bool item = list_index(step) || key_value(step);
    if (node.is_null() && item) {
      if (key_value(step)) fail(fmt::format("element {} not found", step));
      throw base::InvalidInput("don't know about type []interface {}");
    }
    // Istio makes a map of its own where there is null.
    if (node.is_null()) return write_key(node, at, OperatorTree::kSpec);
    if (node.is_map()) return write_key(node, at, tree);
    if (node.is_list()) return write_item(node, at, tree, in_map);
    throw base::InvalidInput(
        fmt::format("leaf type {} in non-leaf Node {}", type_of(node),
                    base::join({steps_.begin() + static_cast<long>(at), steps_.end()}, ".")));
  }

  static std::string_view type_of(const data::Value& node) {
    if (node.is_bool()) return "bool";
    if (node.is_int()) return "int";
    return node.is_double() ? "float64" : "string";
  }

  void write_key(data::Value& map, size_t at, OperatorTree tree) {
    const auto& key = steps_[at];
    if (last(at)) return set_key(map, key, tree);
    bool absent = !map.has(key);
    data::Value& child = map.edit(key);
    if (absent)
      child = tree == OperatorTree::kSpec && list_index(steps_[at + 1]) ? data::Value::list()
                                                                        : data::Value::map();
    walk(child, at + 1, tree, true);
  }

  void set_key(data::Value& map, const std::string& key, OperatorTree tree) {
    if (deletes()) {
      map.erase(key);
    } else if (tree == OperatorTree::kObject) {
      map.set(key, written_.value);
    } else if (written_.from_text) {
      map.erase(key);
      for (const auto& entry : written_.value.entries()) {
        map.set(entry.key, entry.value);
        break;
      }
    } else if (map[key].is_list()) {
      map.edit(key).push_back(written_.value);
    } else {
      map.set(key, written_.value);
    }
  }

  void write_item(data::Value& list, size_t at, OperatorTree tree, bool in_map) {
    size_t index = item_of(list, at);
    if (last(at)) return set_item(list, index, in_map);
    bool appended = index == list.size();
    if (appended) {
      if (!in_map) throw base::InvalidInput("don't know about type []interface {}");
      list.push_back(data::Value::map());
    }
    walk(list.edit(index), at + 1, appended ? OperatorTree::kSpec : tree, false);
  }

  void set_item(data::Value& list, size_t index, bool in_map) {
    if (!in_map)
      throw base::InvalidInput(deletes() ? "deleteFromSlicePtr parent type is []interface {}, must "
                                           "be *[]interface{}"
                                         : "don't know about type []interface {}");
    auto& items = list.edit_items();
    if (deletes()) {
      if (index == items.size()) fail("there is no such item to delete");
      items.erase(items.begin() + static_cast<long>(index));
    } else if (index == items.size()) {
      items.push_back(written_.value);
    } else {
      items[index] = written_.value;
    }
  }

  // The list's size for "behind the last item".
  size_t item_of(const data::Value& list, size_t at) const {
    const auto& step = steps_[at];
    if (auto index = list_index(step))
      return *index < 0 || static_cast<size_t>(*index) >= list.size() ? list.size()
                                                                      : static_cast<size_t>(*index);
    for (size_t i = 0; i < list.size(); ++i)
      if (list[i].is_map() ? matches_map(list[i], step) : matches_leaf(list[i], step)) return i;
    fail(fmt::format("element {} not found", step));
  }

  bool matches_map(const data::Value& item, const std::string& step) const {
    auto pair = key_value(step);
    if (!pair) fail(fmt::format("{} is not a valid key:value path element", step));
    return display(item[pair->key]) == pair->value;
  }

  // [:value] and [value]: a regular expression for an item of a list of scalars.
  bool matches_leaf(const data::Value& item, const std::string& step) const {
    auto pattern = inside_brackets(step).value_or("");
    if (pattern.empty()) fail(fmt::format("{} is not a valid value path element", step));
    if (pattern.size() > 1 && pattern.starts_with(':')) pattern.remove_prefix(1);
    re2::RE2 expression(pattern, re2::RE2::Quiet);
    return expression.ok() && re2::RE2::PartialMatch(display(item), expression);
  }

  std::vector<std::string> steps_;
  Written written_;
};

}  // namespace

std::string display(const data::Value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return value.text();
  return value.is_double() ? data::go_number(value.as_double()) : data::to_json(value);
}

void write_operator_path(data::Value& root, std::string_view path, const data::Value& value,
                         OperatorTree tree) {
  Writer(path, value).write(root, tree);
}

}  // namespace jibe::istio
