#include "data/diff.h"

#include <map>
#include <set>

#include "data/json.h"

namespace jibe::data {

namespace {

constexpr size_t kLongestText = 120;

// A place in both trees.
struct At {
  Path path;
  std::string where;

  At child(std::string_view key) const {
    Path below = path.child(key);
    // Escapes as in Path, without spelling the whole path again.
    std::string name = Path().child(key).str();
    return {std::move(below), where.empty() ? name : where + "." + name};
  }
  At item(size_t index) const {
    return {path.child(index), where + "[" + std::to_string(index) + "]"};
  }
  At item(size_t index, const std::string& key, const std::string& name) const {
    return {path.child(index), where + "[" + key + "=" + name + "]"};
  }
};

std::string name_text(const Value& value) {
  return value.is_string() ? value.text() : to_json(value, {0, false});
}

// Position of each item of a list by its key's value; nullopt where an item has none or two agree.
std::optional<std::map<std::string, size_t>> by_key(const Value& list, const std::string& key) {
  std::map<std::string, size_t> out;
  for (size_t i = 0; i < list.size(); ++i) {
    const Value* name = list[i].find(key);
    if (!name || name->is_map() || name->is_list()) return std::nullopt;
    if (!out.emplace(name_text(*name), i).second) return std::nullopt;
  }
  return out;
}

class Differ {
 public:
  explicit Differ(const DiffOptions& options) : options_(options) {}

  void compare(const At& at, const Value& before, const Value& after) {
    if (ignored(at) || before.same_storage(after)) return;
    if (before.is_map() && after.is_map())
      compare_maps(at, before, after);
    else if (before.is_list() && after.is_list())
      compare_lists(at, before, after);
    else if (before != after)
      out_.push_back({at.path, at.where, before, after});
  }

  std::vector<Difference> take() { return std::move(out_); }

 private:
  bool ignored(const At& at) const { return options_.ignore && options_.ignore(at.where); }

  void removed(const At& at, const Value& before) {
    if (!ignored(at)) out_.push_back({at.path, at.where, before, std::nullopt});
  }
  void added(const At& at, const Value& after) {
    if (!ignored(at)) out_.push_back({at.path, at.where, std::nullopt, after});
  }

  void compare_maps(const At& at, const Value& before, const Value& after) {
    for (const Entry& entry : before.entries()) {
      const Value* other = after.find(entry.key);
      if (other)
        compare(at.child(entry.key), entry.value, *other);
      else
        removed(at.child(entry.key), entry.value);
    }
    for (const Entry& entry : after.entries())
      if (!before.has(entry.key)) added(at.child(entry.key), entry.value);
  }

  void compare_lists(const At& at, const Value& before, const Value& after) {
    std::string key = options_.list_key ? options_.list_key(at.where) : "";
    if (!key.empty()) {
      auto old_items = by_key(before, key);
      auto new_items = by_key(after, key);
      if (old_items && new_items) return compare_by_key(at, before, after, key, *new_items);
    }
    size_t both = std::min(before.size(), after.size());
    for (size_t i = 0; i < both; ++i) compare(at.item(i), before[i], after[i]);
    for (size_t i = both; i < before.size(); ++i) removed(at.item(i), before[i]);
    for (size_t i = both; i < after.size(); ++i) added(at.item(i), after[i]);
  }

  void compare_by_key(const At& at, const Value& before, const Value& after, const std::string& key,
                      const std::map<std::string, size_t>& new_items) {
    std::set<std::string> seen;
    for (size_t i = 0; i < before.size(); ++i) {
      std::string name = name_text(before[i][key]);
      auto found = new_items.find(name);
      seen.insert(name);
      if (found == new_items.end())
        removed(at.item(i, key, name), before[i]);
      else
        compare(at.item(found->second, key, name), before[i], after[found->second]);
    }
    for (size_t i = 0; i < after.size(); ++i) {
      std::string name = name_text(after[i][key]);
      if (!seen.contains(name)) added(at.item(i, key, name), after[i]);
    }
  }

  const DiffOptions& options_;
  std::vector<Difference> out_;
};

// One line of at most kLongestText bytes, cut between characters.
std::string short_text(const Value& value) {
  std::string text =
      value.is_string() && value.text().find('\n') == std::string::npos && !value.text().empty()
          ? value.text()
          : to_json(value, {0, false});
  if (text.size() <= kLongestText) return text;
  size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

std::vector<Difference> diff(const Value& before, const Value& after, const DiffOptions& options) {
  Differ differ(options);
  differ.compare({}, before, after);
  return differ.take();
}

DiffOptions match_by_name() {
  DiffOptions out;
  out.list_key = [](std::string_view) { return std::string("name"); };
  return out;
}

std::string render(const std::vector<Difference>& differences) {
  std::string out;
  for (const Difference& d : differences) {
    std::string where = d.where.empty() ? "the whole value" : d.where;
    if (d.before && d.after)
      out += "~ " + where + ": " + short_text(*d.before) + " → " + short_text(*d.after) + "\n";
    else if (d.after)
      out += "+ " + where + ": " + short_text(*d.after) + "\n";
    else
      out += "- " + where + ": " + short_text(*d.before) + "\n";
  }
  return out;
}

}  // namespace jibe::data
