// resource.Quantity: fixed-point numbers with suffixes (apimachinery pkg/api/resource of 1.36).
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace jibe::kube {

class Quantity {
 public:
  enum class Format { kDecimalSi, kBinarySi, kDecimalExponent };
  enum class Error { kNone, kFormat, kNumber, kSuffix };

  Quantity() = default;
  static Quantity of(int64_t value) { return Quantity(Int{value} * kNano, Format::kDecimalSi); }
  static Quantity of_milli(int64_t value) {
    return Quantity(Int{value} * 1000000, Format::kDecimalSi);
  }
  // Finer than a billionth is rounded up, as in Kubernetes.
  static std::optional<Quantity> parse(std::string_view text, Error* error = nullptr);
  // A string or a number.
  static std::optional<Quantity> of_value(const data::Value& value);
  // The sentence of apimachinery for a failed parse.
  static std::string_view message(Error error);

  // The canonical form: "500m", "1", "1536Mi".
  std::string str() const;
  // Rounded up, as Value() and MilliValue().
  int64_t value() const;
  int64_t milli() const;
  bool is_zero() const { return nano_ == 0; }
  Format format() const { return format_; }

  Quantity operator+(const Quantity& other) const { return {nano_ + other.nano_, format_}; }
  Quantity operator-(const Quantity& other) const { return {nano_ - other.nano_, format_}; }
  auto operator<=>(const Quantity& other) const { return nano_ <=> other.nano_; }
  bool operator==(const Quantity& other) const { return nano_ == other.nano_; }

 private:
  __extension__ using Int = __int128;
  static constexpr int64_t kNano = 1000000000;
  Quantity(Int nano, Format format) : nano_(nano), format_(format) {}
  std::string decimal(Format format) const;

  Int nano_ = 0;
  Format format_ = Format::kDecimalSi;
};

}  // namespace jibe::kube
