#include "istio/operator_path.h"

#include <fmt/core.h>

#include <charconv>
#include <optional>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"

namespace jibe::istio {

namespace {

// As Go prints a scalar: a selector [containerPort:8080] finds the number.
std::string printed(const data::Value& value) {
  return value.is_string() ? value.text() : data::to_json(value);
}

struct Writer {
  const std::string& path;
  std::vector<std::string> steps;
  data::Value value;

  [[noreturn]] void fail(const std::string& why) const {
    throw base::InvalidInput(fmt::format("path {}: {}", path, why));
  }

  void write(data::Value& node, size_t at) {
    if (steps[at].starts_with('['))
      write_item(node, at);
    else
      write_key(node, at);
  }

  void write_key(data::Value& node, size_t at) {
    if (!node.is_map() && !node.is_null())
      fail(fmt::format("{} lies below a {}", steps[at], to_string(node.kind())));
    bool last = at + 1 == steps.size();
    if (last && value.is_null()) {
      node.erase(steps[at]);
    } else if (last) {
      node.set(steps[at], value);
    } else {
      write(node.edit(steps[at]), at + 1);
    }
  }

  void write_item(data::Value& node, size_t at) {
    if (node.is_null()) node = data::Value::list();
    if (!node.is_list()) fail(fmt::format("{} chooses from something that is no list", steps[at]));
    size_t index = index_of(node, steps[at].substr(1, steps[at].size() - 2));
    auto& items = node.edit_items();
    bool last = at + 1 == steps.size();
    if (last && value.is_null()) {
      if (index < items.size()) items.erase(items.begin() + static_cast<long>(index));
      return;
    }
    if (index == items.size()) items.emplace_back();
    if (last)
      items[index] = value;
    else
      write(items[index], at + 1);
  }

  size_t index_of(const data::Value& list, const std::string& inside) const {
    auto pair = base::cut(inside, ":");
    if (pair.found) {
      for (size_t i = 0; i < list.size(); ++i)
        if (printed(list[i][pair.before]) == pair.after) return i;
      fail(fmt::format("element [{}] not found", inside));
    }
    long number = 0;
    auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), number);
    if (error == std::errc() && end == inside.data() + inside.size()) {
      if (number < 0 || static_cast<size_t>(number) > list.size()) return list.size();
      return static_cast<size_t>(number);
    }
    for (size_t i = 0; i < list.size(); ++i)
      if (printed(list[i]) == inside) return i;
    fail(fmt::format("element [{}] not found", inside));
  }
};

}  // namespace

std::vector<std::string> split_operator_path(const std::string& path) {
  std::vector<std::string> out;
  std::string current;
  bool in_brackets = false;
  auto flush = [&] {
    if (!current.empty()) out.push_back(current);
    current.clear();
  };
  for (size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '\\' && i + 1 < path.size() && (path[i + 1] == '.' || path[i + 1] == '\\')) {
      current += path[++i];
    } else if (c == '[' && !in_brackets) {
      flush();
      in_brackets = true;
      current += c;
    } else if (c == ']' && in_brackets) {
      current += c;
      in_brackets = false;
      flush();
    } else if (c == '.' && !in_brackets) {
      flush();
    } else {
      current += c;
    }
  }
  flush();
  return out;
}

void write_operator_path(data::Value& root, const std::string& path, data::Value value) {
  Writer writer{path, split_operator_path(path), std::move(value)};
  if (writer.steps.empty()) writer.fail("is empty");
  writer.write(root, 0);
}

}  // namespace jibe::istio
