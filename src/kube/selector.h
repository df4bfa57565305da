// Label and field selectors, in both of their spellings.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::kube {

// What labels must be; the empty selector matches everything.
class LabelSelector {
 public:
  enum class Op { kIn, kNotIn, kExists, kDoesNotExist, kGreaterThan, kLessThan };
  struct Requirement {
    std::string key;
    Op op;
    std::vector<std::string> values;
  };

  LabelSelector() = default;
  // "a=b,c!=d,e in (f,g),!h", as in ?labelSelector= and kubectl -l (apimachinery labels.Parse).
  static LabelSelector parse(std::string_view text);
  // {matchLabels, matchExpressions}; null matches nothing and {} everything, as in the API.
  static LabelSelector from_value(const data::Value& selector);
  // A plain map, as in Service.spec.selector; an empty one matches nothing there, so ask first.
  static LabelSelector from_map(const data::Value& map);

  // `labels` is metadata.labels: a map of strings or null.
  bool matches(const data::Value& labels) const;
  bool empty() const { return requirements_.empty() && !nothing_; }
  std::string str() const;
  const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;
  bool nothing_ = false;
};

// "metadata.name=x,status.phase!=Running". Throws base::InvalidInput.
class FieldSelector {
 public:
  struct Term {
    std::string path;
    std::string value;
    bool equal;
  };
  static FieldSelector parse(std::string_view text);
  bool matches(const data::Value& object) const;
  bool empty() const { return terms_.empty(); }
  const std::vector<Term>& terms() const { return terms_; }

 private:
  std::vector<Term> terms_;
};

}  // namespace jibe::kube
