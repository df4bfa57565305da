// tmpl::Any: a value while templates run.
//
// Templates follow Go's rules: maps and lists are references, so what `set` writes through one name
// is seen through every other, and each value has a Go type that shows in printing and comparing.
// data::Value has neither, so templates work on Any, which wraps a data::Value lazily: children
// become Any on first access and stay the same object afterwards; untouched subtrees come back
// from to_value() as the storage they were.
//
// Numbers: a data::Value integer is Go's int64, a double is float64. Go's int (literals, len) and
// uint8 exist only here.
//
// Any is 32 bytes. Not thread safe; one tree of Any belongs to one rendering at a time.
#pragma once
#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "data/value.h"
#include "tmpl/type.h"

namespace jibe::tmpl {

// Base of what an Any shares: lists, maps, host objects.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;
  void retain() const { owners_.fetch_add(1, std::memory_order_relaxed); }
  void release() const {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  mutable std::atomic<uint32_t> owners_{0};
};

template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) {
    if (object_) object_->retain();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
    requires std::is_base_of_v<T, U>
  Ref(const Ref<U>& other) : Ref(static_cast<T*>(other.get())) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_) object_->release();
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

class List;
class Map;
class Host;

class Any {
 public:
  Any() = default;
  Any(std::nullptr_t) {}
  Any(bool b) : scalar_(b), kind_(Kind::kBool) {}
  Any(int i) : scalar_(i), kind_(Kind::kInt) {}
  Any(double d) : scalar_(d), kind_(Kind::kFloat64) {}
  Any(std::string text) : scalar_(std::move(text)), kind_(Kind::kString) {}
  Any(std::string_view text) : scalar_(text), kind_(Kind::kString) {}
  Any(const char* text) : scalar_(text), kind_(Kind::kString) {}
  Any(Ref<List> list);
  Any(Ref<Map> map);
  Any(Ref<Host> host);
  // Lists and maps stay lazy.
  static Any from(const data::Value& value);
  static Any integer(int64_t i) { return scalar(i, Kind::kInt); }
  static Any int64(int64_t i) { return scalar(i, Kind::kInt64); }
  static Any uint8(uint8_t i) { return scalar(i, Kind::kUint8); }
  static Any uint64(uint64_t i) { return scalar(static_cast<int64_t>(i), Kind::kUint64); }

  Kind kind() const { return kind_; }
  bool is_nil() const { return kind_ == Kind::kNil; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_float() const { return kind_ == Kind::kFloat64; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_map() const { return kind_ == Kind::kMap; }
  bool is_host() const { return kind_ == Kind::kHost; }
  // int, int64 and the unsigned kinds.
  bool is_integer() const { return kind_ >= Kind::kInt && kind_ <= Kind::kUint64; }

  // The caller has checked the kind; another kind throws data::WrongKind.
  bool as_bool() const { return scalar_.as_bool(); }
  int64_t as_int() const { return scalar_.as_int(); }
  uint64_t as_uint() const { return static_cast<uint64_t>(scalar_.as_int()); }
  double as_float() const { return scalar_.as_double(); }
  const std::string& as_string() const { return scalar_.as_string(); }
  // The caller has checked the kind; the references live as long as this Any.
  List& list() const;
  Map& map() const;
  Host& host() const;
  Ref<Object> object() const { return object_; }

  // Go's type; nullptr for nil.
  const Type* type() const;
  // True where Go would hold the value in a variable of type interface {}: elements of
  // map[string]interface {} and []interface {}. It decides between `nil pointer evaluating
  // interface {}.x` and silence, and shows in error texts.
  bool boxed() const { return boxed_; }
  Any with_boxed(bool boxed) const&;
  Any&& with_boxed(bool boxed) &&;
  void set_boxed(bool boxed) { boxed_ = boxed; }
  // True for a field of a struct that Go reached through a pointer: an action prints it with its
  // pointer's String() (Host::address_text). Lost in a function's argument.
  bool addressable() const { return addressable_; }
  void set_addressable(bool addressable) { addressable_ = addressable; }
  // A map of a named type passed as map[string]interface {}: it loses the name, here alone.
  void drop_map_name() { map_name_dropped_ = true; }

  // The scalar as data::Value without a copy of its text; null for lists, maps and hosts.
  const data::Value& scalar() const { return scalar_; }

 private:
  static Any scalar(int64_t i, Kind kind) {
    Any out;
    out.scalar_ = data::Value(i);
    out.kind_ = kind;
    return out;
  }

  data::Value scalar_;
  Ref<Object> object_;
  Kind kind_ = Kind::kNil;
  bool boxed_ = false;
  bool addressable_ = false;
  bool map_name_dropped_ = false;
};

// The tree without its Go types; untouched parts share their old storage. A tree that contains
// itself throws base::InvalidInput.
data::Value to_value(const Any& any);
data::Value to_value(const Any& any, int depth);

// Truth as `if` sees it: false for nil, zero, "", empty and nil lists and maps.
bool truth(const Any& any);

// reflect.DeepEqual: types must agree too (int 1 and int64 1 differ).
bool deep_equal(const Any& a, const Any& b);

}  // namespace jibe::tmpl
