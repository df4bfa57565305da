#include <charconv>

#include "base/strings.h"
#include "data/json.h"
#include "data/patch.h"

namespace jibe::data {

namespace {

constexpr std::string_view kMissing = "missing value";

[[noreturn]] void fail(const std::string& sentence) {
  throw base::InvalidInput(sentence);
}

std::string decode_key(std::string_view part) {
  return base::replace_all(base::replace_all(part, "~1", "/"), "~0", "~");
}

// strconv.Atoi.
int64_t index_of(const std::string& key) {
  std::string_view digits = key;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int64_t out = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    fail("strconv.Atoi: parsing " + go_quote(key) + ": invalid syntax");
  return out;
}

// A position below `limit`; negative ones count from it.
size_t position(const std::string& key, size_t limit) {
  int64_t index = index_of(key);
  auto end = static_cast<int64_t>(limit);
  if (index >= end || index < -end)
    fail("Unable to access invalid index: " + std::to_string(index) + ": invalid index referenced");
  return static_cast<size_t>(index < 0 ? index + end : index);
}

// An object or array and the key or index in it that a path ends with.
struct Place {
  Value* container = nullptr;
  std::string key;

  // nullptr where an object lacks the key.
  const Value* get() const {
    if (container->is_map()) return container->find(key);
    return &container->items()[position(key, container->size())];
  }

  void set(Value value) {
    if (container->is_map())
      container->set(key, std::move(value));
    else
      container->edit(position(key, container->size())) = std::move(value);
  }

  void add(Value value) {
    if (container->is_map()) return container->set(key, std::move(value));
    if (key == "-") return container->push_back(std::move(value));
    try {
      index_of(key);
    } catch (const base::InvalidInput& e) {
      fail("value was not a proper array index: '" + key + "': " + e.what());
    }
    size_t at = position(key, container->size() + 1);
    auto& items = container->edit_items();
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(at), std::move(value));
  }

  void remove() {
    if (container->is_map()) {
      if (!container->erase(key))
        fail("Unable to remove nonexistent key: " + key + ": missing value");
      return;
    }
    size_t at = position(key, container->size());
    auto& items = container->edit_items();
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
  }
};

class Patcher {
 public:
  explicit Patcher(const Value& target) : document_(target) {}

  void apply(const Value& operation) {
    const std::string& kind = operation["op"].text();
    if (kind == "add")
      add(operation);
    else if (kind == "remove")
      remove(operation);
    else if (kind == "replace")
      replace(operation);
    else if (kind == "move")
      move(operation);
    else if (kind == "copy")
      copy(operation);
    else if (kind == "test")
      test(operation);
    else
      fail("Unexpected kind: " + (kind.empty() ? "unknown" : kind));
  }

  Value take() { return std::move(document_); }

 private:
  static const std::string& pointer(const Value& operation, std::string_view field) {
    const Value& path = operation[field];
    if (path.is_string()) return path.text();
    const std::string& kind = operation["op"].text();
    bool terse = field == "path" && (kind == "add" || kind == "remove" || kind == "copy");
    fail(kind + " operation failed to decode " + std::string(field) + ": " +
         (terse ? "" : "operation missing " + std::string(field) + " field: ") +
         std::string(kMissing));
  }

  // Without a container where a step before the last is absent.
  Place find(const std::string& path) {
    auto parts = base::split(path, '/');
    Place out;
    if (parts.size() < 2) return out;
    Value* at = &document_;
    for (size_t i = 1; i + 1 < parts.size(); ++i) {
      at = step(*at, decode_key(parts[i]));
      if (!at) return out;
    }
    if (!at->is_map() && !at->is_list()) return out;
    out.container = at;
    out.key = decode_key(parts.back());
    return out;
  }

  static Value* step(Value& from, const std::string& key) {
    if (from.is_map()) return from.has(key) ? &from.edit(key) : nullptr;
    if (!from.is_list()) return nullptr;
    try {
      return &from.edit(position(key, from.size()));
    } catch (const base::InvalidInput&) {
      return nullptr;
    }
  }

  Place find_or_fail(const std::string& path, const std::string& sentence) {
    Place out = find(path);
    if (!out.container) fail(sentence + ": " + std::string(kMissing));
    return out;
  }

  // Puts a sentence before what `body` complains about.
  template <class Body>
  static auto explained(const std::string& start, Body body) {
    try {
      return body();
    } catch (const base::InvalidInput& e) {
      fail(start + e.what());
    }
  }

  void add(const Value& operation) {
    const std::string& path = pointer(operation, "path");
    Place place =
        find_or_fail(path, "add operation does not apply: doc is missing path: \"" + path + "\"");
    explained("error in add for path: '" + path + "': ", [&] { place.add(operation["value"]); });
  }

  void remove(const Value& operation) {
    const std::string& path = pointer(operation, "path");
    Place place = find_or_fail(
        path, "remove operation does not apply: doc is missing path: \"" + path + "\"");
    explained("error in remove for path: '" + path + "': ", [&] { place.remove(); });
  }

  void replace(const Value& operation) {
    const std::string& path = pointer(operation, "path");
    const Value& value = operation["value"];
    if (path.empty()) {
      if (!value.is_map() && !value.is_list())
        fail("replace operation value must be object or array");
      document_ = value;
      return;
    }
    Place place =
        find_or_fail(path, "replace operation does not apply: doc is missing path: " + path);
    try {
      place.get();
    } catch (const base::InvalidInput&) {
      fail("replace operation does not apply: doc is missing key: " + path + ": " +
           std::string(kMissing));
    }
    place.set(value);
  }

  void move(const Value& operation) {
    const std::string& from = pointer(operation, "from");
    Place source =
        find_or_fail(from, "move operation does not apply: doc is missing from path: " + from);
    Value value = explained("error in move for path: '" + source.key + "': ", [&] {
      const Value* found = source.get();
      Value taken = found ? *found : Value();
      source.remove();
      return taken;
    });
    const std::string& path = pointer(operation, "path");
    Place place = find_or_fail(
        path, "move operation does not apply: doc is missing destination path: " + path);
    explained("error in move for path: '" + path + "': ", [&] { place.add(value); });
  }

  void copy(const Value& operation) {
    const std::string& from = pointer(operation, "from");
    Place source =
        find_or_fail(from, "copy operation does not apply: doc is missing from path: " + from);
    Value value = explained("error in copy for from: '" + from + "': ", [&] {
      const Value* found = source.get();
      return found ? *found : Value();
    });
    const std::string& path = pointer(operation, "path");
    Place place = find_or_fail(
        path, "copy operation does not apply: doc is missing destination path: " + path);
    explained("error while adding value during copy: ", [&] { place.add(value); });
  }

  void test(const Value& operation) {
    const std::string& path = pointer(operation, "path");
    const Value* found = &document_;
    Place place;
    if (!path.empty()) {
      place = find_or_fail(path, "test operation does not apply: is missing path: " + path);
      found = explained("error in test for path: '" + path + "': ", [&] { return place.get(); });
    }
    if ((found ? *found : Value()) != operation["value"])
      fail("testing value " + path + " failed: test failed");
  }

  Value document_;
};

}  // namespace

Value json_patch(const Value& target, const Value& operations) {
  if (!operations.is_list()) fail("a JSON patch is an array of operations");
  constexpr size_t kMost = 10'000;  // maxJSONPatchOperations of kube-apiserver
  if (operations.size() > kMost)
    fail("The allowed maximum operations in a JSON patch is " + std::to_string(kMost) + ", got " +
         std::to_string(operations.size()));
  Patcher patcher(target);
  for (const Value& operation : operations.items()) patcher.apply(operation);
  return patcher.take();
}

}  // namespace jibe::data
