#include "twin/schema/field_errors.h"

#include <fmt/format.h>

#include "data/json.h"

namespace jibe::twin {
namespace {

using data::Value;

// How field.Error prints a bad value: strings quoted, other scalars bare, the rest as JSON.
std::string shown(const Value& bad) {
  if (bad.is_string()) return data::go_quote(bad.text());
  if (bad.is_double()) return data::go_number(bad.as_double());
  return data::to_json(bad);
}

std::string body(std::string_view kind, const Value& bad, std::string_view detail) {
  std::string out = fmt::format("{}: {}", kind, shown(bad));
  if (!detail.empty()) out += fmt::format(": {}", detail);
  return out;
}

std::string body(std::string_view kind, std::string_view detail) {
  return detail.empty() ? std::string(kind) : fmt::format("{}: {}", kind, detail);
}

}  // namespace

void FieldErrors::add(std::string_view reason, const std::string& path, std::string message) {
  causes_.push_back(
      Value::map({{"reason", reason}, {"message", std::move(message)}, {"field", path}}));
}

void FieldErrors::required(const std::string& path, std::string_view detail) {
  add("FieldValueRequired", path, body("Required value", detail));
}

void FieldErrors::invalid(const std::string& path, const Value& bad, std::string_view detail) {
  add("FieldValueInvalid", path, body("Invalid value", bad, detail));
}

void FieldErrors::type_invalid(const std::string& path, const Value& bad, std::string_view detail) {
  add("FieldValueTypeInvalid", path, body("Invalid value", bad, detail));
}

void FieldErrors::not_supported(const std::string& path, const Value& bad,
                                const std::vector<std::string>& supported) {
  std::string detail;
  for (const std::string& s : supported) {
    detail += detail.empty() ? "supported values: " : ", ";
    detail += data::go_quote(s);
  }
  add("FieldValueNotSupported", path, body("Unsupported value", bad, detail));
}

void FieldErrors::not_found(const std::string& path, const Value& bad) {
  add("FieldValueNotFound", path, body("Not found", bad, ""));
}

void FieldErrors::duplicate(const std::string& path, const Value& bad) {
  add("FieldValueDuplicate", path, body("Duplicate value", bad, ""));
}

void FieldErrors::forbidden(const std::string& path, std::string_view detail) {
  add("FieldValueForbidden", path, body("Forbidden", detail));
}

void FieldErrors::too_long(const std::string& path, int64_t bytes) {
  add("FieldValueTooLong", path,
      fmt::format("Too long: may not be more than {} {}", bytes, bytes == 1 ? "byte" : "bytes"));
}

void FieldErrors::too_many(const std::string& path, int64_t actual, int64_t maximum) {
  add("FieldValueTooMany", path,
      fmt::format("Too many: {}: must have at most {} {}", actual, maximum,
                  maximum == 1 ? "item" : "items"));
}

void FieldErrors::all(const std::string& path, const Value& bad,
                      const std::vector<std::string>& sentences) {
  for (const std::string& s : sentences) invalid(path, bad, s);
}

void FieldErrors::immutable(const std::string& path, const Value& now, const Value& before) {
  if (!(now == before)) invalid(path, now, "field is immutable");
}

void FieldErrors::not_negative(const std::string& path, const Value& number) {
  if (number.int_or(0) < 0) invalid(path, number, "must be greater than or equal to 0");
}

void FieldErrors::append(const FieldErrors& other) {
  for (const Value& cause : other.causes_.items()) causes_.push_back(cause);
}

std::string child_path(const std::string& path, std::string_view field) {
  return path.empty() ? std::string(field) : path + "." + std::string(field);
}

std::string index_path(const std::string& path, size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

std::string key_path(const std::string& path, std::string_view key) {
  return path + "[" + std::string(key) + "]";
}

}  // namespace jibe::twin
