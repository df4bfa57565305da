// YAML in and out as kubectl and Helm do it: sigs.k8s.io/yaml 1.6 over go.yaml.in/yaml/v2 2.4.3,
// that is YAML 1.1 scalars (yes/no/on/off, 0777, 1_000), merge keys, and values restricted to what
// JSON can say: keys become strings, floats without a fraction become integers.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::data {

struct YamlOptions {
  // A key that comes twice in a map is an error (UnmarshalStrict) instead of "the last one wins".
  bool strict = false;
};

// The first document; null where the text has none. `source` (a file name) starts error sentences:
// "values.yaml: error converting YAML to JSON: yaml: line 3: …". Throws base::InvalidInput.
Value parse_yaml(std::string_view text, std::string_view source = {}, YamlOptions options = {});

struct YamlDocument {
  Value value;
  // Where the document starts in the whole text, from 1.
  int line = 1;
};
// Every document that is not empty or null. Lines in errors count from the start of `text`.
std::vector<YamlDocument> parse_yaml_documents(std::string_view text, std::string_view source = {},
                                               YamlOptions options = {});

struct YamlText {
  std::string_view text;
  int line = 1;
};
// Splits where kubectl does: at lines that start with "---" (apimachinery util/yaml). Pieces
// without anything but blanks and comments are left out.
std::vector<YamlText> split_yaml(std::string_view text);
// Splits where Helm does (releaseutil.SplitManifests): at "---" after a line break, however the
// line goes on. Pieces are trimmed; blank ones are left out, comments are not.
std::vector<std::string> split_manifests(std::string_view text);

// Ends with a newline. Keys in go-yaml's natural order (a2 before a10), two spaces, sequences not
// indented under their key.
std::string to_yaml(const Value& value);

}  // namespace jibe::data
