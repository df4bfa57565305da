#include "data/path.h"

#include <charconv>

namespace jibe::data {

namespace {

const Value kNothing;
constexpr size_t kLongestList = 65'536;

[[noreturn]] void malformed(std::string_view text, const std::string& why) {
  throw base::InvalidInput("the path '" + std::string(text) + "' " + why);
}

// "[12]" at `at`; moves behind it.
size_t parse_index(std::string_view text, size_t& at) {
  size_t close = text.find(']', at);
  if (close == std::string_view::npos) malformed(text, "lacks a ']'");
  size_t index = 0;
  const char* end = text.data() + close;
  auto parsed = std::from_chars(text.data() + at + 1, end, index);
  if (parsed.ec != std::errc() || parsed.ptr != end)
    malformed(text, "has no number between '[' and ']'");
  at = close + 1;
  return index;
}

std::string parse_key(std::string_view text, size_t& at) {
  std::string out;
  for (; at < text.size() && text[at] != '.' && text[at] != '['; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    out += text[at];
  }
  if (out.empty()) malformed(text, "has an empty key");
  return out;
}

const Value* step_into(const Value& value, const Path::Step& step) {
  if (const auto* key = std::get_if<std::string>(&step)) return value.find(*key);
  size_t index = std::get<size_t>(step);
  return value.is_list() && index < value.size() ? &value.items()[index] : nullptr;
}

const Value* find(const Value& root, const Path& path) {
  const Value* at = &root;
  for (const Path::Step& step : path.steps())
    if (!(at = step_into(*at, step))) return nullptr;
  return at;
}

Value& edit_index(Value& list, size_t index) {
  if (index >= kLongestList)
    throw base::InvalidInput("the index " + std::to_string(index) + " is above " +
                             std::to_string(kLongestList - 1));
  while (list.size() <= index) list.push_back(nullptr);
  return list.edit(index);
}

}  // namespace

Path Path::parse(std::string_view text) {
  Path out;
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '[') {
      out.steps_.emplace_back(parse_index(text, at));
    } else {
      if (!out.steps_.empty() && text[at] == '.') ++at;
      out.steps_.emplace_back(parse_key(text, at));
    }
  }
  if (text.ends_with('.') && !text.ends_with("\\.")) malformed(text, "ends with a dot");
  return out;
}

Path Path::of(std::vector<Step> steps) {
  Path out;
  out.steps_ = std::move(steps);
  return out;
}

Path Path::child(std::string_view key) const {
  Path out = *this;
  out.steps_.emplace_back(std::string(key));
  return out;
}

Path Path::child(size_t index) const {
  Path out = *this;
  out.steps_.emplace_back(index);
  return out;
}

std::string Path::str() const {
  std::string out;
  for (const Step& step : steps_) {
    if (const auto* index = std::get_if<size_t>(&step)) {
      out += "[" + std::to_string(*index) + "]";
      continue;
    }
    if (!out.empty()) out += '.';
    for (char c : std::get<std::string>(step)) {
      if (c == '.' || c == '[' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

const Value& get_path(const Value& root, const Path& path) {
  const Value* found = find(root, path);
  return found ? *found : kNothing;
}

const Value& get_path(const Value& root, std::string_view path) {
  return get_path(root, Path::parse(path));
}

bool has_path(const Value& root, const Path& path) {
  return find(root, path) != nullptr;
}

bool has_path(const Value& root, std::string_view path) {
  return has_path(root, Path::parse(path));
}

void set_path(Value& root, const Path& path, Value value) {
  Value* at = &root;
  for (const Path::Step& step : path.steps()) {
    if (const auto* key = std::get_if<std::string>(&step))
      at = &at->edit(*key);
    else
      at = &edit_index(*at, std::get<size_t>(step));
  }
  *at = std::move(value);
}

void set_path(Value& root, std::string_view path, Value value) {
  set_path(root, Path::parse(path), std::move(value));
}

bool erase_path(Value& root, const Path& path) {
  if (!has_path(root, path)) return false;
  if (path.empty()) {
    root = Value();
    return true;
  }
  Value* at = &root;
  for (size_t i = 0; i + 1 < path.steps().size(); ++i) {
    const Path::Step& step = path.steps()[i];
    const auto* key = std::get_if<std::string>(&step);
    at = key ? &at->edit(*key) : &at->edit(std::get<size_t>(step));
  }
  const Path::Step& last = path.steps().back();
  if (const auto* key = std::get_if<std::string>(&last)) return at->erase(*key);
  auto& items = at->edit_items();
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(std::get<size_t>(last)));
  return true;
}

bool erase_path(Value& root, std::string_view path) {
  return erase_path(root, Path::parse(path));
}

}  // namespace jibe::data
