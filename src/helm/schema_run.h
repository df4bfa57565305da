// One validation of one value against a schema.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "helm/json_schema.h"

namespace jibe::helm {

class SchemaRun {
 public:
  SchemaRun(const JsonSchema& schema, std::string address)
      : schema_(schema), base_(std::move(address)) {}

  std::optional<Violation> check(const data::Value& schema, const data::Value& value);

 private:
  // What the keywords of a schema have looked at, for unevaluatedProperties and …Items.
  struct Evaluated {
    std::set<std::string, std::less<>> properties;
    std::set<size_t> items;
  };
  using Violations = std::vector<Violation>;

  std::optional<Violation> check(const data::Value& schema, const data::Value& value,
                                 Evaluated& seen);
  std::optional<Violation> check_keywords(const data::Value& schema, const data::Value& value,
                                          Evaluated& seen);
  std::optional<Violation> check_child(const data::Value& schema, const data::Value& value,
                                       const std::string& step);
  std::optional<Violation> check_scalar_rules(const data::Value& schema, const data::Value& value);
  std::optional<Violation> check_reference(const std::string& reference, const data::Value& value,
                                           Evaluated& seen);
  void check_object(const data::Value& schema, const data::Value& object, Evaluated& seen,
                    Violations& out);
  void check_properties(const data::Value& schema, const data::Value& object, Evaluated& seen,
                        Violations& out);
  bool check_property(const data::Value& schema, const data::Entry& entry, Violations& out);
  void check_dependencies(const data::Value& schema, const data::Value& object, Evaluated& seen,
                          Violations& out);
  void check_list(const data::Value& schema, const data::Value& list, Evaluated& seen,
                  Violations& out);
  void check_items(const data::Value& schema, const data::Value& list, Evaluated& seen,
                   Violations& out);
  void check_contains(const data::Value& schema, const data::Value& list, Evaluated& seen,
                      Violations& out);
  void check_string(const data::Value& schema, const std::string& text, Violations& out);
  void check_number(const data::Value& schema, double number, Violations& out);
  void check_combinations(const data::Value& schema, const data::Value& value, Evaluated& seen,
                          Violations& out);
  void check_any_of(const data::Value& schemas, const data::Value& value, Evaluated& seen,
                    Violations& out);
  void check_one_of(const data::Value& schemas, const data::Value& value, Evaluated& seen,
                    Violations& out);
  void check_unevaluated(const data::Value& schema, const data::Value& value, Evaluated& seen,
                         Violations& out);
  void check_missing(const data::Value& names, const data::Value& object,
                     const std::string& needed_by, Violations& out);

  Violation violation(std::string text, Violation::Kind kind = Violation::kPlain) const {
    return {kind, path_, std::move(text), {}};
  }
  void add(Violations& out, std::string text) const { out.push_back(violation(std::move(text))); }
  static void add(Violations& out, std::optional<Violation> found) {
    if (found) out.push_back(std::move(*found));
  }
  bool old_draft() const { return schema_.draft_ < 2019; }

  const JsonSchema& schema_;
  std::string base_;
  std::vector<std::string> path_;
  int depth_ = 0;
};

}  // namespace jibe::helm
