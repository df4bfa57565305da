// JSON in and out, with the bytes that Go's encoding/json writes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace jibe::data {

// Deeper nesting is refused everywhere in this folder, so that hostile input cannot end the stack.
inline constexpr int kMaxDepth = 1000;

// Integers that fit int64 become kInt, every other number kDouble. Of duplicate keys the last wins.
// Throws base::InvalidInput with Go's words for the mistake and its line and column.
Value parse_json(std::string_view text);

struct JsonDocument {
  Value value;
  // Paths of fields that came more than once, in the order of the text and each once, as in
  // kube-apiserver's `duplicate field "spec.containers[0].name"`.
  std::vector<std::string> duplicates;
};
JsonDocument parse_json_reporting_duplicates(std::string_view text);

struct JsonStyle {
  // Spaces per level; 0 writes everything in one line without blanks.
  int indent = 0;
  // <, > and & as \u003c, \u003e and \u0026, as json.Marshal does and SetEscapeHTML(false) does
  // not.
  bool escape_html = true;
};
// What kubectl -o json prints (without the newline behind it).
inline constexpr JsonStyle kKubectlJson{4, true};

// Keys in byte order. Infinities and NaN throw base::InvalidInput, as in Go.
std::string to_json(const Value& value, JsonStyle style = {});
void append_json(std::string& out, const Value& value, JsonStyle style = {});
// A quoted string alone.
void append_json_string(std::string& out, std::string_view text, bool escape_html = true);

// Shortest digits that read back as the same number.
// As encoding/json: 1000000, 1e+21, 1e-7.
std::string json_number(double number);
// As strconv.FormatFloat(number, 'g', -1, 64), which is also fmt's %v: 1e+06, 0.0001, +Inf.
std::string go_number(double number);
// The same for bitSize 32.
std::string go_number32(float number);
// As strconv.Quote (fmt's %q): "a\"b", \n, \x00, \u200b; what is printable stays as it is.
std::string go_quote(std::string_view text);

}  // namespace jibe::data
