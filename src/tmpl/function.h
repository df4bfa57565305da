// Functions and host objects: how C++ code becomes callable from templates.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "tmpl/any.h"

namespace jibe::tmpl {

class Template;
class TemplateSet;

// What a running template gives to the functions that it calls.
class CallContext {
 public:
  virtual ~CallContext() = default;
  // The set whose template is running (inside `tpl`, the set made for it).
  virtual const std::shared_ptr<const TemplateSet>& templates() const = 0;
  // Runs a named template of templates() in this rendering; throws ExecError.
  virtual std::string execute(std::string_view name, const Any& dot) = 0;
  // Runs a template of another set in this rendering (for `tpl`).
  virtual std::string execute(const std::shared_ptr<const TemplateSet>& set, const Template& body,
                              const Any& dot) = 0;
  virtual base::Clock& clock() = 0;
  virtual base::Random& random() = 0;
  // ExecOptions::user, for functions that keep state during one rendering.
  virtual void* user() = 0;
};

// Arguments have passed the signature: a string parameter is a string. A throw of any
// std::exception ends the rendering with `error calling NAME: what()`.
using Function = std::function<Any(CallContext&, std::span<Any> args)>;

// Parameter types, written as Go does: "string, any...". Words: any, value (any, but an untyped
// nil stays apart: for built-ins), string, bool, int, int64, uint32, float64, map (that is
// map[string]interface {}), list ([]interface {}), or the name of a host's Type.
class Signature {
 public:
  Signature(std::string_view text);
  Signature(const char* text) : Signature(std::string_view(text)) {}

  enum class Word : uint8_t {
    kAny,
    kValue,
    kString,
    kBool,
    kInt,
    kInt64,
    kUint32,
    kFloat64,
    kMap,
    kList,
    kHost,
  };
  struct Param {
    Word word;
    // As %T prints the type.
    std::string name;
  };
  // The last parameter may be given any number of times.
  bool variadic = false;
  std::vector<Param> params;
};

struct FunctionEntry {
  std::string name;
  Signature signature;
  Function call;
};

// Names → functions. The language's own (printf, index, eq, …) are always there and need no entry;
// an entry of the same name hides them.
class FunctionTable {
 public:
  // Looks in `base` for what it lacks itself.
  explicit FunctionTable(std::shared_ptr<const FunctionTable> base = nullptr)
      : base_(std::move(base)) {}
  void add(std::string name, Signature signature, Function call);
  void erase(const std::string& name);
  const FunctionEntry* find(std::string_view name) const;

 private:
  std::shared_ptr<const FunctionTable> base_;
  std::map<std::string, std::optional<FunctionEntry>, std::less<>> entries_;
};

// The methods of a named map type. They hide entries of the same name.
class MethodSet {
 public:
  virtual ~MethodSet() = default;
  // nullptr where there is no such method.
  virtual const Signature* find(std::string_view name) const = 0;
  virtual Any call(std::string_view method, const Any& receiver, std::span<Any> args) const = 0;
};

// An object with fields and methods of its own: a struct, a pointer to one, or a named map.
class Host : public Object {
 public:
  virtual const Type& type() const = 0;
  // Fields of a struct in Go's order, or entries of a map sorted by key. Serves field access,
  // range and len (maps), printing and to_value.
  virtual std::vector<std::pair<std::string, Any>> entries() const { return {}; }
  // Default: looks in entries().
  virtual std::optional<Any> field(std::string_view name) const;
  // nullptr where there is no such method.
  virtual const Signature* method(std::string_view) const { return nullptr; }
  virtual Any call(CallContext&, std::string_view method, std::span<Any> args);
  // The result of a String() or Error() method: what printing shows instead of the fields.
  virtual std::optional<std::string> text() const { return std::nullopt; }
  // What an action prints where Go would have called a method of the pointer (Any::addressable).
  virtual std::optional<std::string> address_text() const { return std::nullopt; }
  // For toYaml and the like; default: a map of entries().
  virtual data::Value to_value() const;
  virtual bool equals(const Host& other) const { return this == &other; }
};

}  // namespace jibe::tmpl
