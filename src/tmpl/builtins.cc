#include "tmpl/builtins.h"

#include <fmt/core.h>

#include "tmpl/collections.h"
#include "tmpl/format.h"
#include "tmpl/function.h"
#include "tmpl/parser.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

using base::InvalidInput;

enum class Basic { kNone, kBool, kInt, kUint, kFloat, kString };

Basic basic_kind(const Any& any) {
  switch (any.kind()) {
    case Kind::kBool:
      return Basic::kBool;
    case Kind::kInt:
    case Kind::kInt64:
      return Basic::kInt;
    case Kind::kUint8:
    case Kind::kUint64:
      return Basic::kUint;
    case Kind::kFloat64:
      return Basic::kFloat;
    case Kind::kString:
      return Basic::kString;
    default:
      return Basic::kNone;
  }
}

[[noreturn]] void incompatible(const Any& a, const Any& b) {
  throw InvalidInput(
      fmt::format("incompatible types for comparison: {} and {}", type_name(a), type_name(b)));
}

bool nil_of_its_type(const Any& any) {
  if (any.is_list()) return any.list().is_nil();
  if (any.is_map()) return any.map().is_nil();
  return any.is_nil();
}

// %s, as Go's message has it.
std::string as_string_verb(const Any& any) {
  return sprintf("%s", {&any, 1});
}

bool equal_others(const Any& a, const Any& b) {
  bool same_kind = kind_name(a) == kind_name(b);
  if (!same_kind && !a.is_nil() && !b.is_nil())
    throw InvalidInput(fmt::format("non-comparable types {}: {}, {}: {}", as_string_verb(a),
                                   type_name(a), type_name(b), to_text(b)));
  if (nil_of_its_type(a) || nil_of_its_type(b)) return nil_of_its_type(a) == nil_of_its_type(b);
  if (b.is_list() || b.is_map())
    throw InvalidInput(fmt::format("non-comparable type {}: {}", as_string_verb(b), type_name(b)));
  return deep_equal(a, b);
}

bool equal_basic(const Any& a, const Any& b, Basic kind) {
  switch (kind) {
    case Basic::kBool:
      return a.as_bool() == b.as_bool();
    case Basic::kFloat:
      return a.as_float() == b.as_float();
    case Basic::kString:
      return a.as_string() == b.as_string();
    case Basic::kNone:
      return equal_others(a, b);
    default:
      return a.as_int() == b.as_int();
  }
}

bool equal_one(const Any& a, const Any& b) {
  Basic first = basic_kind(a);
  Basic second = basic_kind(b);
  if (first == second) return equal_basic(a, b, first);
  bool integers = (first == Basic::kInt && second == Basic::kUint) ||
                  (first == Basic::kUint && second == Basic::kInt);
  // Negative numbers of either sign read as huge unsigned ones and equal nothing.
  if (integers) return a.as_int() >= 0 && a.as_int() == b.as_int();
  if (!a.is_nil() && !b.is_nil()) incompatible(a, b);
  return false;
}

bool less_integers(const Any& a, const Any& b, Basic first) {
  if (first == Basic::kInt) return a.as_int() < 0 || a.as_uint() < b.as_uint();
  return b.as_int() >= 0 && a.as_uint() < b.as_uint();
}

Any step(const Any& item, const Any& index) {
  if (item.is_nil()) throw InvalidInput("index of nil pointer");
  Any target = plain(item);
  if (target.is_map()) {
    if (index.is_nil()) throw InvalidInput("value is nil; should be of type string");
    if (!index.is_string())
      throw InvalidInput(fmt::format("value has type {}; should be string", type_name(index)));
    if (const Any* found = target.map().find(index.as_string())) return *found;
    const Type* element = target.map().type().element;
    return element == &kStringType ? Any("") : Any().with_boxed(true);
  }
  if (target.is_list()) {
    size_t at = index_argument(index, target.list().size());
    if (at == target.list().size()) throw InvalidInput("reflect: slice index out of range");
    return target.list().at(at);
  }
  if (target.is_string()) {
    size_t at = index_argument(index, target.as_string().size());
    if (at == target.as_string().size()) throw InvalidInput("reflect: string index out of range");
    return Any::uint8(static_cast<uint8_t>(target.as_string()[at]));
  }
  throw InvalidInput(fmt::format("can't index item of type {}", type_name(item)));
}

Any index(CallContext&, std::span<Any> args) {
  if (args[0].is_nil()) throw InvalidInput("index of untyped nil");
  Any item = args[0];
  for (size_t i = 1; i < args.size(); ++i) item = step(item, plain(args[i]));
  return item;
}

Any slice(CallContext&, std::span<Any> args) {
  if (args[0].is_nil()) throw InvalidInput("slice of untyped nil");
  Any item = plain(args[0]);
  size_t count = args.size() - 1;
  if (count > 3) throw InvalidInput(fmt::format("too many slice indexes: {}", count));
  if (!item.is_string() && !item.is_list())
    throw InvalidInput(fmt::format("can't slice item of type {}", type_name(item)));
  if (item.is_string() && count == 3) throw InvalidInput("cannot 3-index slice a string");
  size_t size = item.is_string() ? item.as_string().size() : item.list().size();
  size_t at[3] = {0, size, size};
  for (size_t i = 0; i < count; ++i) at[i] = index_argument(plain(args[i + 1]), size);
  for (size_t i = 0; i + 1 < std::max<size_t>(count, 2); ++i)
    if (at[i] > at[i + 1])
      throw InvalidInput(fmt::format("invalid slice index: {} > {}", at[i], at[i + 1]));
  if (item.is_string()) return Any(item.as_string().substr(at[0], at[1] - at[0]));
  std::vector<Any> out;
  for (size_t i = at[0]; i < at[1]; ++i) out.push_back(item.list().at(i));
  return List::of(std::move(out), item.list().type());
}

Any length(CallContext&, std::span<Any> args) {
  Any item = plain(args[0]);
  if (item.is_nil())
    throw InvalidInput(args[0].boxed() ? "len of nil pointer"
                                       : "reflect: call of reflect.Value.Type on zero Value");
  auto of = [](size_t size) { return Any::integer(static_cast<int64_t>(size)); };
  if (item.is_string()) return of(item.as_string().size());
  if (item.is_list()) return of(item.list().size());
  if (item.is_map()) return of(item.map().size());
  throw InvalidInput(fmt::format("len of type {}", type_name(item)));
}

Any call(CallContext&, std::span<Any> args) {
  if (args[0].is_nil()) throw InvalidInput("call of nil");
  throw InvalidInput(
      fmt::format("non-function {} of type {}", to_text(args[0]), type_name(args[0])));
}

// Operands of html, js and urlquery print as actions do.
std::string printable(std::span<Any> args) {
  for (Any& arg : args)
    if (arg.is_nil()) arg = Any("<no value>");
  return sprint(args);
}

void add_comparisons(FunctionTable& table) {
  table.add("eq", "value, value...",
            [](CallContext&, std::span<Any> a) { return Any(compare_equal(a[0], a.subspan(1))); });
  table.add("ne", "value, value",
            [](CallContext&, std::span<Any> a) { return Any(!compare_equal(a[0], a.subspan(1))); });
  table.add("lt", "value, value",
            [](CallContext&, std::span<Any> a) { return Any(compare_less(a[0], a[1])); });
  table.add("le", "value, value", [](CallContext&, std::span<Any> a) {
    return Any(compare_less(a[0], a[1]) || compare_equal(a[0], a.subspan(1)));
  });
  table.add("gt", "value, value", [](CallContext&, std::span<Any> a) {
    return Any(!compare_less(a[0], a[1]) && !compare_equal(a[0], a.subspan(1)));
  });
  table.add("ge", "value, value",
            [](CallContext&, std::span<Any> a) { return Any(!compare_less(a[0], a[1])); });
}

FunctionTable make_builtins() {
  FunctionTable table;
  auto last = [](CallContext&, std::span<Any> a) { return a.back(); };
  table.add("and", "value, value...", last);
  table.add("or", "value, value...", last);
  table.add("not", "value", [](CallContext&, std::span<Any> a) { return Any(!truth(a[0])); });
  table.add("index", "value, value...", index);
  table.add("slice", "value, value...", slice);
  table.add("len", "value", length);
  table.add("call", "value, value...", call);
  table.add("print", "any...", [](CallContext&, std::span<Any> a) { return Any(sprint(a)); });
  table.add("println", "any...", [](CallContext&, std::span<Any> a) { return Any(sprintln(a)); });
  table.add("printf", "string, any...", [](CallContext&, std::span<Any> a) {
    return Any(sprintf(a[0].as_string(), a.subspan(1)));
  });
  table.add("html", "any...",
            [](CallContext&, std::span<Any> a) { return Any(html_escape(printable(a))); });
  table.add("js", "any...",
            [](CallContext&, std::span<Any> a) { return Any(js_escape(printable(a))); });
  table.add("urlquery", "any...",
            [](CallContext&, std::span<Any> a) { return Any(query_escape(printable(a))); });
  add_comparisons(table);
  return table;
}

}  // namespace

const FunctionTable& builtin_functions() {
  static const FunctionTable table = make_builtins();
  return table;
}

Any plain(const Any& any) {
  if (!any.is_host()) return any;
  const Host& host = any.host();
  switch (host.type().kind) {
    case Kind::kMap: {
      std::vector<MapItem> items;
      for (auto& [key, value] : host.entries()) items.push_back({key, value});
      return Map::of(std::move(items), host.type());
    }
    case Kind::kList: {
      std::vector<Any> items;
      for (auto& entry : host.entries()) items.push_back(entry.second);
      return List::of(std::move(items), host.type());
    }
    case Kind::kInt:
      return Any::integer(host.to_value().int_or(0));
    case Kind::kInt64:
      return Any::int64(host.to_value().int_or(0));
    case Kind::kString:
      return Any::from(host.to_value());
    default:
      return any;
  }
}

size_t index_argument(const Any& index, size_t size) {
  if (index.is_nil()) throw InvalidInput("cannot index slice/array with nil");
  if (!index.is_integer())
    throw InvalidInput(fmt::format("cannot index slice/array with type {}", type_name(index)));
  int64_t at = index.as_int();
  if (at < 0 || static_cast<uint64_t>(at) > size)
    throw InvalidInput(fmt::format("index out of range: {}", at));
  return static_cast<size_t>(at);
}

bool compare_equal(const Any& first, std::span<const Any> others) {
  if (others.empty()) throw InvalidInput("missing argument for comparison");
  Any a = plain(first);
  for (const Any& other : others)
    if (equal_one(a, plain(other))) return true;
  return false;
}

bool compare_less(const Any& a_raw, const Any& b_raw) {
  Any a = plain(a_raw);
  Any b = plain(b_raw);
  Basic first = basic_kind(a);
  Basic second = basic_kind(b);
  if (first == Basic::kNone || second == Basic::kNone)
    throw InvalidInput("invalid type for comparison");
  bool integers = (first == Basic::kInt && second == Basic::kUint) ||
                  (first == Basic::kUint && second == Basic::kInt);
  if (integers) return less_integers(a, b, first);
  if (first != second) incompatible(a, b);
  switch (first) {
    case Basic::kFloat:
      return a.as_float() < b.as_float();
    case Basic::kInt:
      return a.as_int() < b.as_int();
    case Basic::kUint:
      return a.as_uint() < b.as_uint();
    case Basic::kString:
      return a.as_string() < b.as_string();
    default:
      throw InvalidInput("invalid type for comparison");
  }
}

}  // namespace jibe::tmpl
