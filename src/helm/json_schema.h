// JSON Schema, drafts 4 to 2020-12, as far as values.schema.json files use it: everything but
// references into the network, dynamic references and content assertions.
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
  // Throws ChartError where the document is no schema, is one of an unknown draft or refers to what
  // is not there. Files that it refers to are read.
  explicit JsonSchema(data::Value document);

  // One line per violation, indented below its reason; empty where the value is valid.
  std::string check(const data::Value& value) const;
  // What it means depends on more than its own text.
  bool refers_to_files() const { return !loaded_.empty(); }

 private:
  friend class SchemaRun;
  // A schema for schemas: formats count, and nothing is asked of it.
  struct ForSchemas {
    int draft;
  };
  explicit JsonSchema(ForSchemas which);
  static const JsonSchema& for_schemas(int draft);

  // Takes up a document, which `place` keeps.
  void add(data::Value document, const std::string& address, data::Value& place);
  // Holds it to the schema for schemas.
  static void check_form(const data::Value& schema, const std::string& address, int draft);
  void index(const data::Value& schema, const std::string& base, int depth);
  // The schema at an address; `base` becomes the address of its document. nullptr where there is
  // none.
  const data::Value* find(const std::string& address, std::string& base) const;
  void load(const std::string& address);
  void check_references(const data::Value& schema, std::string base,
                        std::set<const data::Value*>& seen, int depth);
  void check_reference(const std::string& address, std::set<const data::Value*>& seen, int depth);

  data::Value root_;
  // What was read because something refers to it, by address.
  std::map<std::string, data::Value> loaded_;
  int draft_ = 2020;
  bool asserts_formats_ = false;
  // Absolute addresses of everything that has one.
  std::map<std::string, const data::Value*> addresses_;
};

// Whose values are schemas by name, one or a list of schemas, or values and no schemas.
bool maps_names_to_schemas(std::string_view keyword);
bool holds_schemas(std::string_view keyword);
bool holds_plain_values(std::string_view keyword);

// Nothing where the text has the format; else why not. Unknown formats hold always.
std::optional<std::string> check_format(std::string_view format, const std::string& text);

}  // namespace jibe::helm
