// Paths of IstioOperator overlays and --set: `a.b.[name:x].c`, `a.b[0].c`, `a\.b` for a dot within
// a key (operator/pkg/util/path.go, the same from 1.14 to 1.31; from 1.24 on there is a second,
// stricter writer for --set in operator/pkg/values/map.go).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::istio {

// Keys, "[0]" and "[name:x]". The text goes through Go's filepath.Clean first, so "a//b" and "a/b"
// are the same key; a dot within brackets separates unless it is escaped.
std::vector<std::string> split_operator_path(std::string_view path);

// Whose Go maps the writer walks through: it makes a difference where Istio's code asks for one
// type only.
enum class OperatorTree {
  // A rendered object that an overlay patches: "[0]" behind an absent key is taken for a key, and a
  // value replaces a list.
  kObject,
  // A spec that --set changes (up to 1.23): "[0]" behind an absent key makes a list, a value is
  // appended to a list, and a text that is itself a YAML map replaces its key.
  kSpec,
};

// Writes the value as tpath.WritePathContext does; null deletes. Maps are created on the way; an
// index that the list lacks appends. Throws base::InvalidInput in Istio's words.
void write_operator_path(data::Value& root, std::string_view path, const data::Value& value,
                         OperatorTree tree);

// Writes the value as values.Map.SetPath does (1.24 and later). Throws base::InvalidInput.
void set_values_path(data::Value& root, std::string_view path, const data::Value& value);

// What `--set path=TEXT` means: integers, floats and booleans in all spellings of Go's strconv are
// typed; `\,` is a comma.
data::Value parse_set_value(std::string_view text);

}  // namespace jibe::istio
