#include "api/reader.h"

#include <fmt/core.h>

#include "api/kinds.h"

namespace jibe::api {

Reader::Reader(const data::Value& value, std::string path, Problems& problems)
    : value_(value), path_(std::move(path)), problems_(&problems) {
  if (value.is_null() || value.is_map()) return;
  problems_->push_back(
      {path_, fmt::format("must be an object, not {}", data::to_string(value.kind()))});
  value_ = nullptr;
}

std::string Reader::path_of(std::string_view key) const {
  if (key.empty()) return path_;
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const data::Value& Reader::take(const char* key) {
  taken_.insert(key);
  return value_[key];
}

void Reader::wrong(const char* key, std::string_view wanted, const data::Value& got) {
  problem(key, fmt::format("must be {}, not {}", wanted, data::to_string(got.kind())));
}

void Reader::problem(std::string_view key, const std::string& message) const {
  problems_->push_back({path_of(key), message});
}

std::string Reader::text(const char* key, std::string fallback) {
  const data::Value& value = take(key);
  if (value.is_string()) return value.text();
  if (!value.is_null()) wrong(key, "a string (quote it)", value);
  return fallback;
}

bool Reader::flag(const char* key, bool fallback) {
  const data::Value& value = take(key);
  if (!value.is_null() && !value.is_bool()) wrong(key, "true or false", value);
  return value.bool_or(fallback);
}

int64_t Reader::integer(const char* key, int64_t fallback) {
  const data::Value& value = take(key);
  if (!value.is_null() && !value.is_int()) wrong(key, "an integer", value);
  return value.int_or(fallback);
}

double Reader::number(const char* key, double fallback) {
  const data::Value& value = take(key);
  if (value.is_number()) return value.as_double();
  if (!value.is_null()) wrong(key, "a number", value);
  return fallback;
}

data::Value Reader::any(const char* key) {
  return take(key);
}

data::Value Reader::map(const char* key) {
  const data::Value& value = take(key);
  if (value.is_null() || value.is_map()) return value;
  wrong(key, "an object", value);
  return nullptr;
}

data::Value Reader::list(const char* key) {
  const data::Value& value = take(key);
  if (value.is_null() || value.is_list()) return value;
  wrong(key, "a list", value);
  return nullptr;
}

Reader Reader::child(const char* key) {
  return Reader(take(key), path_of(key), *problems_);
}

std::vector<Reader> Reader::items(const char* key) {
  std::vector<Reader> out;
  data::Value items = list(key);
  for (size_t i = 0; i < items.size(); ++i) {
    out.emplace_back(items[i], fmt::format("{}[{}]", path_of(key), i), *problems_);
  }
  return out;
}

void Reader::finish() const {
  for (const data::Entry& entry : value_.entries()) {
    if (!taken_.contains(entry.key)) problem(entry.key, "is not a field that jibe knows");
  }
}

ObjectHead read_head(const data::Value& object) {
  ObjectHead out;
  out.name = kube::name_of(object);
  out.uid = kube::uid_of(object);
  out.generation = object["metadata"]["generation"].int_or(0);
  out.terminating = kube::is_terminating(object);
  out.force_uninstall = kube::annotation_of(object, kForceUninstall) == "true";
  return out;
}

}  // namespace jibe::api
