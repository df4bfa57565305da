// Reads the fields of an object and notes, with its path, everything that is not as it should be.
// For readers of what users write: those of api, and of scenarios in cli.
#pragma once
#include <set>
#include <string>
#include <string_view>

#include "api/lifecycle.h"
#include "api/problem.h"
#include "data/value.h"

namespace jibe::api {

// A place in an object. Fields that are never asked for are unknown: finish() says so.
class Reader {
 public:
  Reader(const data::Value& value, std::string path, Problems& problems);

  std::string text(const char* key, std::string fallback = "");
  bool flag(const char* key, bool fallback = false);
  int64_t integer(const char* key, int64_t fallback = 0);
  double number(const char* key, double fallback = 0);
  // A map, list or anything as it is; null where absent.
  data::Value any(const char* key);
  data::Value map(const char* key);
  data::Value list(const char* key);
  Reader child(const char* key);
  // One reader per item; a problem where the field is no list.
  std::vector<Reader> items(const char* key);

  void problem(std::string_view key, const std::string& message) const;
  bool has(const char* key) const { return value_.has(key); }
  const std::string& path() const { return path_; }
  // Notes the fields that nobody asked for.
  void finish() const;

 private:
  const data::Value& take(const char* key);
  void wrong(const char* key, std::string_view wanted, const data::Value& got);
  std::string path_of(std::string_view key) const;

  data::Value value_;
  std::string path_;
  Problems* problems_;
  std::set<std::string, std::less<>> taken_;
};

ObjectHead read_head(const data::Value& object);

}  // namespace jibe::api
