// What was nil, for people: Go says only which field was wanted of it.
#include "base/strings.h"
#include "tmpl/machine.h"

namespace jibe::tmpl {

namespace {

constexpr int kMaxDepth = 100;

// The path to `wanted`, which is compared by identity; empty where it is not below.
std::string path_below(const Any& from, const Object* wanted, const std::string& path, int depth) {
  if (from.object().get() == wanted) return path;
  if (depth > kMaxDepth) return "";
  if (from.is_map()) {
    for (size_t i = 0; i < from.map().size(); ++i) {
      std::string below = path_below(from.map().value_at(i), wanted,
                                     path + "." + std::string(from.map().key_at(i)), depth + 1);
      if (!below.empty()) return below;
    }
  } else if (from.is_list()) {
    for (size_t i = 0; i < from.list().size(); ++i) {
      std::string below =
          path_below(from.list().at(i), wanted, path + "[" + std::to_string(i) + "]", depth + 1);
      if (!below.empty()) return below;
    }
  }
  return "";
}

// As the template names it.
std::string in_template(const Node& node, std::span<const std::string> names) {
  std::string start;
  if (node.kind == NodeKind::kVariable) start = static_cast<const VariableNode&>(node).ident[0];
  if (node.kind == NodeKind::kChain) start = describe(*static_cast<const ChainNode&>(node).node);
  for (const std::string& name : names) start += "." + name;
  return start.empty() ? "." : start;
}

}  // namespace

std::string Frame::nil_value(const Any& receiver, const Node& node,
                             std::span<const std::string> names) const {
  std::string path = in_template(node, names);
  if (names.empty()) return path + " is null";
  Any parent = receiver;
  for (const std::string& name : names.first(names.size() - 1)) {
    const Any* next = parent.is_map() ? parent.map().find(name) : nullptr;
    if (next == nullptr) return path + " is nil";
    parent = Any(*next);
  }
  if (!parent.is_map()) return path + " is nil";
  const Any* found = parent.map().find(names.back());
  const Any& root = machine_.variables_[0];
  const Any* values = root.is_map() ? root.map().find("Values") : nullptr;
  std::string of_parent;
  if (values != nullptr) of_parent = path_below(*values, parent.object().get(), ".Values", 0);
  if (!of_parent.empty()) path = of_parent + "." + names.back();
  return path + (found == nullptr ? " is not set" : " is null");
}

}  // namespace jibe::tmpl
