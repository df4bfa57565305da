// Evaluating: pipelines, commands, fields.
#include <fmt/core.h>

#include "tmpl/builtins.h"
#include "tmpl/format.h"
#include "tmpl/machine.h"

namespace jibe::tmpl {

namespace {

const NodeList kNoArguments;

std::string_view static_type(const Any& any) {
  return any.boxed() ? "interface {}" : type_name(any);
}

const Signature* method_of(const Map& map, std::string_view name) {
  const MethodSet* methods = map.type().methods;
  return methods == nullptr ? nullptr : methods->find(name);
}

}  // namespace

Any Frame::pipeline(const Any& dot, const PipeNode& pipe) {
  at(pipe);
  Any value = command(dot, *pipe.commands[0], nullptr);
  value.set_boxed(false);
  for (size_t i = 1; i < pipe.commands.size(); ++i) {
    Any final = std::move(value);
    value = command(dot, *pipe.commands[i], &final);
    value.set_boxed(false);
  }
  for (const auto& variable : pipe.decl) assign(*variable, value);
  return value;
}

void Frame::not_a_function(const NodeList& args, const Any* final) {
  if (args.size() > 1 || final != nullptr)
    fail("can't give argument to non-function " + describe(*args[0]));
}

Any Frame::command(const Any& dot, const CommandNode& node, const Any* final) {
  const Node& first = *node.args[0];
  switch (first.kind) {
    case NodeKind::kField:
      return field(dot, static_cast<const FieldNode&>(first), node.args, final);
    case NodeKind::kChain:
      return chain(dot, static_cast<const ChainNode&>(first), node.args, final);
    case NodeKind::kIdentifier:
      return function(dot, static_cast<const IdentifierNode&>(first), node, node.args, final);
    case NodeKind::kPipe:
      not_a_function(node.args, final);
      return pipeline(dot, static_cast<const PipeNode&>(first));
    case NodeKind::kVariable:
      return variable(dot, static_cast<const VariableNode&>(first), node.args, final);
    default:
      break;
  }
  at(first);
  not_a_function(node.args, final);
  switch (first.kind) {
    case NodeKind::kDot:
      return dot;
    case NodeKind::kNil:
      fail("nil is not a command");
    default:
      return constant(static_cast<const ConstantNode&>(first));
  }
}

Any Frame::constant(const ConstantNode& node) {
  at(node);
  if (node.value.is_nil()) fail(node.text + " overflows int");
  return node.value;
}

Any Frame::field(const Any& dot, const FieldNode& node, const NodeList& args, const Any* final) {
  at(node);
  return fields(dot, dot, node, node.ident, args, final);
}

Any Frame::chain(const Any& dot, const ChainNode& node, const NodeList& args, const Any* final) {
  at(node);
  if (node.node->kind == NodeKind::kNil)
    fail("indirection through explicit nil in " + describe(node));
  bool found = false;
  Any receiver = operand(dot, *node.node, found);
  return fields(dot, receiver, node, node.fields, args, final);
}

Any Frame::variable(const Any& dot, const VariableNode& node, const NodeList& args,
                    const Any* final) {
  at(node);
  if (node.slot == kNoSlot) fail("undefined variable: " + node.ident[0]);
  if (node.ident.size() == 1) {
    not_a_function(args, final);
    return slot(node.slot);
  }
  Any receiver = slot(node.slot);
  return fields(dot, receiver, node, std::span(node.ident).subspan(1), args, final);
}

Any Frame::fields(const Any& dot, const Any& receiver, const Node& node,
                  std::span<const std::string> names, const NodeList& args, const Any* final) {
  // Plain maps are walked by pointer; anything else goes one step at a time.
  const Any* here = &receiver;
  Any held;
  auto refuse_nil = [&](size_t i) {
    if (here->is_nil() && here->boxed())
      fail("nil pointer evaluating interface {}." + names[i],
           nil_value(receiver, node, names.first(i)));
  };
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    refuse_nil(i);
    bool plain_entry = here->is_map() && method_of(here->map(), names[i]) == nullptr;
    const Any* next = plain_entry ? here->map().find(names[i]) : nullptr;
    if (next == nullptr) {
      Any step = one_field(dot, names[i], node, kNoArguments, nullptr, *here);
      held = std::move(step);
      next = &held;
    }
    here = next;
  }
  refuse_nil(names.size() - 1);
  return one_field(dot, names.back(), node, args, final, *here);
}

Any Frame::one_field(const Any& dot, const std::string& name, const Node& node,
                     const NodeList& args, const Any* final, const Any& receiver) {
  if (receiver.is_map()) {
    Any keep = receiver;
    if (const Signature* signature = method_of(keep.map(), name))
      return method(dot, keep, name, *signature, node, args, final);
    return map_field(keep, name, args.size() > 1 || final != nullptr);
  }
  if (receiver.is_nil()) {
    if (receiver.boxed()) fail("nil pointer evaluating interface {}." + name);
    if (machine_.options_.missing_key == MissingKey::kError)
      fail("nil data; no entry for key " + quote(name));
    return Any();
  }
  if (!receiver.is_host())
    fail(fmt::format("can't evaluate field {} in type {}", name, static_type(receiver)));
  Any keep = receiver;
  Host& host = keep.host();
  if (const Signature* signature = host.method(name))
    return method(dot, keep, name, *signature, node, args, final);
  bool has_arguments = args.size() > 1 || final != nullptr;
  bool is_map = host.type().kind == Kind::kMap;
  if (std::optional<Any> value = host.field(name)) {
    if (has_arguments)
      fail(name + (is_map ? " is not a method but has arguments"
                          : " has arguments but cannot be invoked as function"));
    return *std::move(value);
  }
  if (is_map && has_arguments) fail(name + " is not a method but has arguments");
  if (is_map) return missing_entry(host.type(), name);
  fail(fmt::format("can't evaluate field {} in type {}", name, static_type(receiver)));
}

Any Frame::map_field(const Any& receiver, const std::string& name, bool has_arguments) {
  if (has_arguments) fail(name + " is not a method but has arguments");
  const Map& map = receiver.map();
  if (const Any* value = map.find(name)) return *value;
  return missing_entry(map.type(), name);
}

Any Frame::missing_entry(const Type& type, const std::string& name) {
  switch (machine_.options_.missing_key) {
    case MissingKey::kDefault:
      return Any();
    case MissingKey::kZero:
      return zero_of(type.element);
    case MissingKey::kError:
      break;
  }
  fail("map has no entry for key " + quote(name));
}

}  // namespace jibe::tmpl
