// Collects validation causes as field.ErrorList does (apimachinery pkg/util/validation/field), and
// the paths they name.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::twin {

class FieldErrors {
 public:
  void required(const std::string& path, std::string_view detail = {});
  void invalid(const std::string& path, const data::Value& bad, std::string_view detail);
  void type_invalid(const std::string& path, const data::Value& bad, std::string_view detail);
  void not_supported(const std::string& path, const data::Value& bad,
                     const std::vector<std::string>& supported);
  void not_found(const std::string& path, const data::Value& bad);
  void duplicate(const std::string& path, const data::Value& bad);
  void forbidden(const std::string& path, std::string_view detail);
  void too_long(const std::string& path, int64_t bytes);
  void too_many(const std::string& path, int64_t actual, int64_t maximum);
  // One invalid() for each sentence.
  void all(const std::string& path, const data::Value& bad,
           const std::vector<std::string>& sentences);
  // "field is immutable" where they differ.
  void immutable(const std::string& path, const data::Value& now, const data::Value& before);
  void not_negative(const std::string& path, const data::Value& number);

  bool empty() const { return causes_.empty(); }
  void append(const FieldErrors& other);
  // A list of {reason, message, field}.
  data::Value take() { return std::move(causes_); }

 private:
  void add(std::string_view reason, const std::string& path, std::string message);
  data::Value causes_ = data::Value::list();
};

// "a.b", "a[0]", "a[key]".
std::string child_path(const std::string& path, std::string_view field);
std::string index_path(const std::string& path, size_t index);
std::string key_path(const std::string& path, std::string_view key);

}  // namespace jibe::twin
