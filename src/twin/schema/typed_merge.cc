#include <algorithm>
#include <map>
#include <set>

#include "twin/schema/typed.h"

namespace jibe::twin {
namespace {

using data::Value;

bool is_bare(const Value* v) {
  return v == nullptr || v->empty();
}

// nullopt: nothing on either side is worth writing.
std::optional<Value> merge(const SchemaNode& node, const Value* left, const Value* right);

std::optional<Value> leaf(const Value* left, const Value* right) {
  return right != nullptr ? *right : *left;
}

std::optional<Value> merge_maps(const SchemaNode& node, const Value* left, const Value* right) {
  std::set<std::string> keys;
  for (const Value* side : {left, right}) {
    if (side == nullptr) continue;
    for (const data::Entry& e : side->entries()) keys.insert(e.key);
  }
  Value out = Value::map();
  for (const std::string& key : keys) {
    const SchemaNode* child = typed_child(node, key);
    const Value* l = left != nullptr ? left->find(key) : nullptr;
    const Value* r = right != nullptr ? right->find(key) : nullptr;
    std::optional<Value> merged = child != nullptr ? merge(*child, l, r) : leaf(l, r);
    if (merged) out.set(key, std::move(*merged));
  }
  if (out.empty()) return std::nullopt;
  return out;
}

// One side of an associative list: elements in order, and the item of each. An element that comes
// more than once has no item to merge with.
struct IndexedList {
  std::vector<std::string> order;
  std::vector<const Value*> items;
  std::map<std::string, const Value*> by_element;

  IndexedList(const SchemaNode& node, const Value* list) {
    if (list == nullptr) return;
    for (const Value& item : list->items()) {
      const auto element = item_element(node, item, nullptr);
      if (!element) continue;
      const auto [at, is_new] = by_element.emplace(*element, &item);
      if (!is_new) at->second = nullptr;
      order.push_back(*element);
      items.push_back(&item);
    }
  }
  bool has(const std::string& element) const { return by_element.contains(element); }
  const Value* find(const std::string& element) const {
    const auto found = by_element.find(element);
    return found == by_element.end() ? nullptr : found->second;
  }
};

// Interleaves both orders: items of both sides come in the right one's order, items of the left
// alone stay where they were relative to their neighbours (structured-merge-diff typed/merge.go).
class ListMerger {
 public:
  ListMerger(const SchemaNode& node, const Value* left, const Value* right)
      : node_(node), left_(node, left), right_(node, right) {
    for (const std::string& element : right_.order) {
      if (left_.has(element)) shared_.push_back(element);
    }
  }

  std::optional<Value> run() {
    while (l_ < left_.order.size() || r_ < right_.order.size()) step();
    if (out_.empty()) return std::nullopt;
    return Value::list(std::move(out_));
  }

 private:
  const std::string* next_shared() const {
    return next_ < shared_.size() ? &shared_[next_] : nullptr;
  }

  void step() {
    const bool more_left = l_ < left_.order.size();
    const bool more_right = r_ < right_.order.size();
    if (more_left && more_right) {
      const std::string& element = left_.order[l_];
      if (element == right_.order[r_]) {
        take(element, left_.find(element), right_.find(element));
        ++l_;
        ++r_;
        ++next_;
        return;
      }
      const std::string* wanted = next_shared();
      if (right_.has(element) && wanted != nullptr && *wanted != element) {
        ++l_;
        return;
      }
    }
    if (more_left) {
      const std::string& element = left_.order[l_];
      if (!right_.has(element)) {
        take(element, left_.items[l_], nullptr);
        ++l_;
        return;
      }
      if (merged_.contains(element)) ++l_;
    }
    if (more_right) take_right();
  }

  void take_right() {
    const std::string& element = right_.order[r_];
    take(element, left_.find(element), right_.find(element));
    ++r_;
    if (const std::string* wanted = next_shared(); wanted != nullptr && *wanted == element) ++next_;
  }

  void take(const std::string& element, const Value* l, const Value* r) {
    if (r != nullptr || right_.has(element)) merged_.insert(element);
    if (l == nullptr && r == nullptr) return;
    if (auto merged = merge(typed_item(node_), l, r)) out_.push_back(std::move(*merged));
  }

  const SchemaNode& node_;
  IndexedList left_;
  IndexedList right_;
  std::vector<std::string> shared_;
  size_t next_ = 0;
  size_t l_ = 0;
  size_t r_ = 0;
  std::set<std::string> merged_;
  std::vector<Value> out_;
};

std::optional<Value> merge(const SchemaNode& node, const Value* left, const Value* right) {
  const TypedForm form = typed_form(node, right != nullptr ? right : left);
  if (form == TypedForm::kScalar || is_atomic(node, form)) return leaf(left, right);
  // Empty against absent stays what it is.
  if (is_bare(left) && is_bare(right)) return leaf(left, right);
  const auto usable = [&](const Value* v) {
    const bool fits = v != nullptr && (form == TypedForm::kMap ? v->is_map() : v->is_list());
    return fits ? v : nullptr;
  };
  if (form == TypedForm::kMap) return merge_maps(node, usable(left), usable(right));
  return ListMerger(node, usable(left), usable(right)).run();
}

class Comparer {
 public:
  Comparison result;

  void walk(const SchemaNode& node, const Value* left, const Value* right) {
    const TypedForm form = typed_form(node, right != nullptr ? right : left);
    if (left != nullptr && right != nullptr && typed_form(node, left) != form) {
      return leaf(left, right);
    }
    const bool bare = is_bare(left) && is_bare(right);
    if (form == TypedForm::kScalar || is_atomic(node, form) || bare) return leaf(left, right);
    if (form == TypedForm::kMap) {
      maps(node, left, right);
    } else {
      lists(node, left, right);
    }
    if (left == nullptr) result.added.insert(path_);
    if (right == nullptr) result.removed.insert(path_);
  }

 private:
  void leaf(const Value* left, const Value* right) {
    if (left == nullptr) {
      result.added.insert(path_);
    } else if (right == nullptr) {
      result.removed.insert(path_);
    } else if (!(*left == *right)) {
      result.modified.insert(path_);
    }
  }

  void maps(const SchemaNode& node, const Value* left, const Value* right) {
    std::set<std::string> keys;
    for (const Value* side : {left, right}) {
      if (side == nullptr) continue;
      for (const data::Entry& e : side->entries()) keys.insert(e.key);
    }
    for (const std::string& key : keys) {
      const Value* l = left != nullptr ? left->find(key) : nullptr;
      const Value* r = right != nullptr ? right->find(key) : nullptr;
      path_.push_back(field_element(key));
      if (const SchemaNode* child = typed_child(node, key)) {
        walk(*child, l, r);
      } else {
        leaf(l, r);
      }
      path_.pop_back();
    }
  }

  using Items = std::map<std::string, std::vector<const Value*>>;

  static Items index(const SchemaNode& node, const Value* list) {
    Items out;
    if (list == nullptr) return out;
    for (const Value& item : list->items()) {
      if (const auto element = item_element(node, item, nullptr)) out[*element].push_back(&item);
    }
    return out;
  }

  void lists(const SchemaNode& node, const Value* left, const Value* right) {
    Items l = index(node, left);
    Items r = index(node, right);
    std::set<std::string> elements;
    for (const auto& [element, items] : l) elements.insert(element);
    for (const auto& [element, items] : r) elements.insert(element);
    for (const std::string& element : elements) {
      path_.push_back(element);
      items(typed_item(node), l[element], r[element]);
      path_.pop_back();
    }
  }

  // Items that come twice are compared as a whole.
  void items(const SchemaNode& node, const std::vector<const Value*>& left,
             const std::vector<const Value*>& right) {
    if (left.size() <= 1 && right.size() <= 1) {
      walk(node, left.empty() ? nullptr : left[0], right.empty() ? nullptr : right[0]);
    } else if (left.size() >= 2 && right.size() >= 2) {
      const bool same =
          std::ranges::equal(left, right, [](const Value* a, const Value* b) { return *a == *b; });
      if (!same) result.modified.insert(path_);
    } else if (left.size() >= 2) {
      if (!right.empty()) walk(node, nullptr, right[0]);
      result.removed.insert(path_);
    } else {
      if (!left.empty()) walk(node, left[0], nullptr);
      result.added.insert(path_);
    }
  }

  FieldSet::Path path_;
};

}  // namespace

Value merge_typed(const SchemaNode& node, const Value& left, const Value& right) {
  return merge(node, &left, &right).value_or(Value::map());
}

Comparison compare_typed(const SchemaNode& node, const Value& left, const Value& right) {
  Comparer comparer;
  comparer.walk(node, &left, &right);
  return std::move(comparer.result);
}

}  // namespace jibe::twin
