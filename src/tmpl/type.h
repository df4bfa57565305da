// Go types as far as templates can see them: through printf "%T", typeOf, kindOf and error texts.
//
// A Type is a constant with static storage; Any, List, Map and Host point at one and compare
// addresses. Other folders may define further ones (a named map type, a struct).
#pragma once
#include <cstdint>
#include <string_view>

namespace jibe::tmpl {

enum class Kind : uint8_t {
  kNil,
  kBool,
  kInt,
  kInt64,
  kUint8,
  kUint64,
  kFloat64,
  kString,
  kList,
  kMap,
  kStruct,
  kPointer,
  kHost,  // storage kind of Any alone: what the object is in Go, its Type says
};

// reflect.Kind.String(): "invalid", "bool", "int", …, "slice", "map", "struct", "ptr".
std::string_view kind_name(Kind kind);

class MethodSet;

struct Type {
  Kind kind;
  // As %T prints it.
  std::string_view name;
  // Of lists and maps: the static type of elements; nullptr stands for interface {}.
  const Type* element = nullptr;
  // True where the type has a name of its own (common.Values), false for map[string]string.
  bool named = false;
  // Of a named map type.
  const MethodSet* methods = nullptr;
};

inline constexpr Type kBoolType{Kind::kBool, "bool"};
inline constexpr Type kIntType{Kind::kInt, "int"};
inline constexpr Type kInt64Type{Kind::kInt64, "int64"};
inline constexpr Type kUint8Type{Kind::kUint8, "uint8"};
inline constexpr Type kUint64Type{Kind::kUint64, "uint64"};
inline constexpr Type kFloat64Type{Kind::kFloat64, "float64"};
inline constexpr Type kStringType{Kind::kString, "string"};
inline constexpr Type kAnyList{Kind::kList, "[]interface {}"};
inline constexpr Type kStringList{Kind::kList, "[]string", &kStringType};
inline constexpr Type kIntList{Kind::kList, "[]int", &kIntType};
inline constexpr Type kByteList{Kind::kList, "[]uint8", &kUint8Type};
inline constexpr Type kListOfLists{Kind::kList, "[][]interface {}", &kAnyList};
inline constexpr Type kAnyMap{Kind::kMap, "map[string]interface {}"};
inline constexpr Type kStringMap{Kind::kMap, "map[string]string", &kStringType};

}  // namespace jibe::tmpl
