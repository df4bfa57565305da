// Paths into a value tree: `a.b[0].c`, with `\.` for a dot inside a key.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/value.h"

namespace jibe::data {

class Path {
 public:
  using Step = std::variant<std::string, size_t>;

  Path() = default;
  // Throws base::InvalidInput. The empty text is the root.
  static Path parse(std::string_view text);
  static Path of(std::vector<Step> steps);

  const std::vector<Step>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  Path child(std::string_view key) const;
  Path child(size_t index) const;
  // What parse() reads.
  std::string str() const;
  bool operator==(const Path&) const = default;

 private:
  std::vector<Step> steps_;
};

// Null where any step is absent.
const Value& get_path(const Value& root, const Path& path);
const Value& get_path(const Value& root, std::string_view path);
bool has_path(const Value& root, const Path& path);
bool has_path(const Value& root, std::string_view path);
// Creates maps and lists on the way (lists are filled with null up to the index, at most 65536
// items). Throws WrongKind where a scalar stands in the way.
void set_path(Value& root, const Path& path, Value value);
void set_path(Value& root, std::string_view path, Value value);
// True where it was there. Containers that become empty stay.
bool erase_path(Value& root, const Path& path);
bool erase_path(Value& root, std::string_view path);

}  // namespace jibe::data
