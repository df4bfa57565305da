// JSON Schema, drafts 4 to 2020-12, as far as values.schema.json files use it: everything but
// remote references, dynamic references and content assertions.
//
// Violations are worded as github.com/santhosh-tekuri/jsonschema v6 words them in English.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::helm {

// What is wrong at one place, with the reasons below it.
struct Violation {
  enum Kind { kPlain, kGroup, kReference };
  Kind kind = kPlain;
  // The steps to the value.
  std::vector<std::string> path;
  std::string text;
  std::vector<Violation> causes;
};

class JsonSchema {
 public:
  // Throws ChartError where the document is no schema, or one of an unknown draft.
  explicit JsonSchema(data::Value document);

  // One line per violation, indented below its reason; empty where the value is valid.
  std::string check(const data::Value& value) const;

 private:
  friend class SchemaRun;
  void index(const data::Value& schema, const std::string& base, int depth);

  data::Value root_;
  int draft_ = 2020;
  // Absolute addresses of everything that has one.
  std::map<std::string, const data::Value*> addresses_;
};

// Nothing where the text has the format; else why not. Unknown formats hold always.
std::optional<std::string> check_format(std::string_view format, const std::string& text);

}  // namespace jibe::helm
