#include "tmpl/any.h"

#include "tmpl/collections.h"
#include "tmpl/function.h"

namespace jibe::tmpl {

namespace {

// A tree deeper than this contains itself (`set $d "x" $d`).
constexpr int kMaxDepth = 2000;

bool equal_lists(const List& a, const List& b) {
  if (&a == &b) return true;
  if (a.is_nil() != b.is_nil() || a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!deep_equal(a.at(i), b.at(i))) return false;
  return true;
}

bool equal_maps(const Map& a, const Map& b) {
  if (&a == &b) return true;
  if (a.is_nil() != b.is_nil() || a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a.key_at(i) != b.key_at(i) || !deep_equal(a.value_at(i), b.value_at(i))) return false;
  return true;
}

bool host_truth(const Host& host) {
  switch (host.type().kind) {
    case Kind::kMap:
    case Kind::kList:
      return !host.entries().empty();
    case Kind::kInt:
    case Kind::kInt64:
      return host.to_value().int_or(0) != 0;
    case Kind::kString:
      return !host.to_value().text().empty();
    default:
      return true;
  }
}

}  // namespace

Any::Any(Ref<List> list) : object_(list), kind_(Kind::kList) {}
Any::Any(Ref<Map> map) : object_(map), kind_(Kind::kMap) {}
Any::Any(Ref<Host> host) : object_(host), kind_(Kind::kHost) {}

Any Any::from(const data::Value& value) {
  Any out;
  switch (value.kind()) {
    case data::Kind::kNull:
      return out;
    case data::Kind::kList:
      return Any(Ref<List>(new List(value)));
    case data::Kind::kMap:
      return Any(Ref<Map>(new Map(value)));
    case data::Kind::kBool:
      out.kind_ = Kind::kBool;
      break;
    case data::Kind::kInt:
      out.kind_ = Kind::kInt64;
      break;
    case data::Kind::kDouble:
      out.kind_ = Kind::kFloat64;
      break;
    case data::Kind::kString:
      out.kind_ = Kind::kString;
      break;
  }
  out.scalar_ = value;
  return out;
}

List& Any::list() const {
  return static_cast<List&>(*object_);
}
Map& Any::map() const {
  return static_cast<Map&>(*object_);
}
Host& Any::host() const {
  return static_cast<Host&>(*object_);
}

Any Any::with_boxed(bool boxed) const& {
  Any out = *this;
  out.boxed_ = boxed;
  return out;
}

Any&& Any::with_boxed(bool boxed) && {
  boxed_ = boxed;
  return std::move(*this);
}

const Type* Any::type() const {
  switch (kind_) {
    case Kind::kBool:
      return &kBoolType;
    case Kind::kInt:
      return &kIntType;
    case Kind::kInt64:
      return &kInt64Type;
    case Kind::kUint8:
      return &kUint8Type;
    case Kind::kUint64:
      return &kUint64Type;
    case Kind::kFloat64:
      return &kFloat64Type;
    case Kind::kString:
      return &kStringType;
    case Kind::kList:
      return &list().type();
    case Kind::kMap:
      return map_name_dropped_ ? &kAnyMap : &map().type();
    case Kind::kHost:
      return &host().type();
    default:
      return nullptr;
  }
}

data::Value to_value(const Any& any) {
  return to_value(any, 0);
}

data::Value to_value(const Any& any, int depth) {
  if (depth > kMaxDepth)
    throw base::InvalidInput("the value contains itself and cannot be written out");
  switch (any.kind()) {
    case Kind::kList:
      return any.list().to_value(depth + 1);
    case Kind::kMap:
      return any.map().to_value(depth + 1);
    case Kind::kHost:
      return any.host().to_value();
    case Kind::kUint64:
      if (any.as_int() < 0) return data::Value(static_cast<double>(any.as_uint()));
      return any.scalar();
    default:
      return any.scalar();
  }
}

bool truth(const Any& any) {
  switch (any.kind()) {
    case Kind::kNil:
      return false;
    case Kind::kBool:
      return any.as_bool();
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64:
      return any.as_int() != 0;
    case Kind::kFloat64:
      return any.as_float() != 0;
    case Kind::kString:
      return !any.as_string().empty();
    case Kind::kList:
      return any.list().size() > 0;
    case Kind::kMap:
      return any.map().size() > 0;
    default:
      return host_truth(any.host());
  }
}

bool deep_equal(const Any& a, const Any& b) {
  if (a.type() != b.type()) return false;
  switch (a.kind()) {
    case Kind::kNil:
      return true;
    case Kind::kFloat64:
      return a.as_float() == b.as_float();
    case Kind::kList:
      return equal_lists(a.list(), b.list());
    case Kind::kMap:
      return equal_maps(a.map(), b.map());
    case Kind::kHost:
      return a.host().equals(b.host());
    default:
      return a.scalar() == b.scalar();
  }
}

}  // namespace jibe::tmpl
