// Calling: arguments, signatures, errors of functions.
#include <fmt/core.h>

#include <array>

#include "tmpl/builtins.h"
#include "tmpl/format.h"
#include "tmpl/machine.h"

namespace jibe::tmpl {

namespace {

using Word = Signature::Word;

const Signature::Param kAnyParam{Word::kAny, "interface {}"};
const Signature::Param kValueParam{Word::kValue, "reflect.Value"};

bool can_be_nil(Word word) {
  return word == Word::kAny || word == Word::kValue || word == Word::kMap || word == Word::kList;
}

Any nil_of(Word word) {
  if (word == Word::kMap) return Map::nil();
  if (word == Word::kList) return List::nil();
  return Any();
}

bool is_type(const Any& any, const Type& wanted) {
  const Type* type = any.type();
  if (type == &wanted) return true;
  // A named type with the same underlying type is assignable to the unnamed one.
  return type->named && type->kind == wanted.kind && type->element == wanted.element;
}

bool assignable(const Any& any, const Signature::Param& param) {
  switch (param.word) {
    case Word::kAny:
    case Word::kValue:
      return true;
    case Word::kString:
      return any.is_string();
    case Word::kBool:
      return any.is_bool();
    case Word::kInt:
      return any.kind() == Kind::kInt;
    case Word::kInt64:
      return any.kind() == Kind::kInt64;
    case Word::kUint32:
      return false;
    case Word::kFloat64:
      return any.is_float();
    case Word::kMap:
      return any.is_map() && is_type(any, kAnyMap);
    case Word::kList:
      return any.is_list() && is_type(any, kAnyList);
    case Word::kHost:
      return any.is_host() && any.type()->name == param.name;
  }
  return false;
}

}  // namespace

// Few arguments live on the stack, many on the heap.
class Arguments {
 public:
  void push(Any any) {
    if (size_ < few_.size())
      few_[size_] = std::move(any);
    else {
      if (size_ == few_.size()) many_.assign(few_.begin(), few_.end());
      many_.push_back(std::move(any));
    }
    ++size_;
  }
  std::span<Any> span() {
    return size_ <= few_.size() ? std::span<Any>(few_.data(), size_) : std::span<Any>(many_);
  }

 private:
  std::array<Any, 4> few_;
  std::vector<Any> many_;
  size_t size_ = 0;
};

Any zero_of(const Type* type) {
  if (type == nullptr) return Any().with_boxed(true);
  switch (type->kind) {
    case Kind::kBool:
      return Any(false);
    case Kind::kInt:
      return Any::integer(0);
    case Kind::kInt64:
      return Any::int64(0);
    case Kind::kUint8:
      return Any::uint8(0);
    case Kind::kFloat64:
      return Any(0.0);
    case Kind::kString:
      return Any("");
    case Kind::kList:
      return List::nil(*type);
    case Kind::kMap:
      return Map::nil(*type);
    default:
      return Any();
  }
}

Any Frame::function(const Any& dot, const IdentifierNode& node, const Node& place,
                    const NodeList& args, const Any* final) {
  at(node);
  const FunctionEntry& entry = *node.function;
  if (node.short_circuit != ShortCircuit::kNone) {
    check_arity(entry.name, entry.signature, args, final);
    return short_circuit(dot, node.short_circuit == ShortCircuit::kOr, args, final);
  }
  Arguments arguments;
  collect(dot, entry.name, entry.signature, args, final, arguments);
  try {
    return entry.call(machine_, arguments.span());
  } catch (const std::exception& error) {
    at(place);
    rethrow_call_error(entry.name, here(), error);
  }
}

Any Frame::method(const Any& dot, const Any& receiver, const std::string& name,
                  const Signature& signature, const Node& place, const NodeList& args,
                  const Any* final) {
  Arguments arguments;
  collect(dot, name, signature, args, final, arguments);
  try {
    if (receiver.is_map())
      return receiver.map().type().methods->call(name, receiver, arguments.span());
    return receiver.host().call(machine_, name, arguments.span());
  } catch (const std::exception& error) {
    at(place);
    rethrow_call_error(name, here(), error);
  }
}

void Frame::check_arity(const std::string& name, const Signature& signature, const NodeList& args,
                        const Any* final) {
  size_t given = args.empty() ? 0 : args.size() - 1;
  size_t all = given + (final != nullptr ? 1 : 0);
  size_t wanted = signature.params.size();
  if (signature.variadic && all + 1 < wanted)
    fail(fmt::format("wrong number of args for {}: want at least {} got {}", name, wanted - 1,
                     given));
  if (!signature.variadic && all != wanted)
    fail(fmt::format("wrong number of args for {}: want {} got {}", name, wanted, all));
}

void Frame::collect(const Any& dot, const std::string& name, const Signature& signature,
                    const NodeList& args, const Any* final, Arguments& out) {
  check_arity(name, signature, args, final);
  const auto& params = signature.params;
  auto param = [&](size_t i) -> const Signature::Param& {
    return params[std::min(i, params.size() - 1)];
  };
  size_t count = 0;
  auto push = [&](Any any) {
    any.set_addressable(false);
    out.push(std::move(any));
  };
  for (size_t i = 1; i < args.size(); ++i) push(argument(dot, param(count++), *args[i]));
  if (final != nullptr) push(validated(*final, param(count)));
}

Any Frame::short_circuit(const Any& dot, bool stop_at, const NodeList& args, const Any* final) {
  Any value;
  for (size_t i = 1; i < args.size(); ++i) {
    value = argument(dot, kValueParam, *args[i]);
    if (truth(value) == stop_at) return value;
  }
  return final != nullptr ? *final : value;
}

// A node that stands for a value of any type; `found` is false for literals.
Any Frame::operand(const Any& dot, const Node& node, bool& found) {
  static const NodeList kNone;
  found = true;
  at(node);
  switch (node.kind) {
    case NodeKind::kDot:
      return dot;
    case NodeKind::kField:
      return field(dot, static_cast<const FieldNode&>(node), kNone, nullptr);
    case NodeKind::kVariable:
      return variable(dot, static_cast<const VariableNode&>(node), kNone, nullptr);
    case NodeKind::kPipe:
      return pipeline(dot, static_cast<const PipeNode&>(node));
    case NodeKind::kIdentifier:
      return function(dot, static_cast<const IdentifierNode&>(node), node, kNone, nullptr);
    case NodeKind::kChain:
      return chain(dot, static_cast<const ChainNode&>(node), kNone, nullptr);
    default:
      found = false;
      return Any();
  }
}

Any Frame::argument(const Any& dot, const Signature::Param& param, const Node& node) {
  bool found = false;
  Any value = operand(dot, node, found);
  if (found) return validated(std::move(value), param);
  if (node.kind == NodeKind::kNil) {
    if (!can_be_nil(param.word)) fail("cannot assign nil to " + param.name);
    return nil_of(param.word);
  }
  return literal(param, node);
}

Any Frame::literal(const Signature::Param& param, const Node& node) {
  const auto& constant_node = static_cast<const ConstantNode&>(node);
  bool is_number = node.kind == NodeKind::kNumber;
  const auto* number = is_number ? static_cast<const NumberNode*>(&node) : nullptr;
  auto expected = [&](const char* what) {
    fail(std::string("expected ") + what + "; found " + constant_node.text);
  };
  switch (param.word) {
    case Word::kAny:
    case Word::kValue:
      return constant(constant_node);
    case Word::kString:
      if (node.kind != NodeKind::kString) expected("string");
      return constant_node.value;
    case Word::kBool:
      if (node.kind != NodeKind::kBool) expected("bool");
      return constant_node.value;
    case Word::kInt:
      if (!is_number || !number->is_int) expected("integer");
      return Any::integer(number->as_int);
    case Word::kInt64:
      if (!is_number || !number->is_int) expected("integer");
      return Any::int64(number->as_int);
    case Word::kUint32:
      if (!is_number || !number->is_uint) expected("unsigned integer");
      return Any::uint64(number->as_uint);
    case Word::kFloat64:
      if (!is_number || !number->is_float) expected("float");
      return Any(number->as_float);
    default:
      fail(fmt::format("can't handle {} for arg of type {}", constant_node.text, param.name));
  }
}

Any Frame::validated(Any value, const Signature::Param& param) {
  if (value.is_nil()) {
    if (value.boxed() && param.word != Word::kAny && param.word != Word::kValue)
      fail("wrong type for value; expected " + param.name + "; got interface {}");
    if (!can_be_nil(param.word)) fail("invalid value; expected " + param.name);
    if (param.word != Word::kAny && param.word != Word::kValue) return nil_of(param.word);
    return value;
  }
  if (!assignable(value, param))
    fail(fmt::format("wrong type for value; expected {}; got {}", param.name, type_name(value)));
  value.set_boxed(false);
  if (param.word == Word::kMap) value.drop_map_name();
  return value;
}

}  // namespace jibe::tmpl
