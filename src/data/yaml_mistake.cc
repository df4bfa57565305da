#include "data/yaml_mistake.h"

#include <algorithm>

#include "base/strings.h"

namespace jibe::data {

namespace {

struct Wording {
  std::string_view libfyaml;  // how its message starts
  std::string_view go;
};

constexpr std::string_view kNoKey = "did not find expected key";
constexpr std::string_view kNoColon = "could not find expected ':'";
constexpr std::string_view kNoContent = "did not find expected node content";
constexpr std::string_view kNoStart = "found character that cannot start any token";
constexpr std::string_view kNoMapping = "mapping values are not allowed in this context";
constexpr std::string_view kNoSequence = "block sequence entries are not allowed in this context";
constexpr std::string_view kNoDash = "did not find expected '-' indicator";
constexpr std::string_view kNoBrace = "did not find expected ',' or '}'";
constexpr std::string_view kNoBracket = "did not find expected ',' or ']'";
constexpr std::string_view kNoLetter = "did not find expected alphabetic or numeric character";
constexpr std::string_view kTab = "found a tab character that violates indentation";
constexpr std::string_view kMultilineKey = "invalid multiline ";
constexpr std::string_view kAfterMapping = "invalid value after mapping";

constexpr Wording kWordings[] = {
    {kMultilineKey, kNoMapping},
    {"invalid nested block mapping", kNoMapping},
    {kAfterMapping, kNoKey},
    {"invalid indentation in mapping", kNoKey},
    {"invalid trailing content after", kNoKey},
    {"two anchors for a single value", kNoKey},
    {"two tags for a single value", kNoKey},
    {"wrongly indented block scalar", kNoKey},
    {"block scalar with wrongly indented", kNoKey},
    {"missing ':'", kNoColon},
    {"flow sequence with invalid", kNoContent},
    {"flow mapping with invalid", kNoContent},
    {"Illegal placement of ':'", kNoBracket},
    {"missing comma in flow mapping", kNoBrace},
    {"flow mapping without a closing", kNoBrace},
    {"mismatched flow sequence end", kNoBrace},
    {"missing comma in flow sequence", kNoBracket},
    {"flow sequence without a closing", kNoBracket},
    {"mismatched flow mapping end", kNoBracket},
    {"invalid comment after", kNoBracket},
    {"double-quoted scalar without closing quote", "found unexpected end of stream"},
    {"single-quoted scalar without closing quote", "found unexpected end of stream"},
    {"invalid document-start marker", "found unexpected document indicator"},
    {"invalid document-end marker", "found unexpected document indicator"},
    {"block scalar no linebreak found", "did not find expected comment or line break"},
    {"plain scalar cannot start with", kNoStart},
    {"invalid tab as indendation", kNoStart},
    {"tab character may not be used as indentation", kNoStart},
    {"invalid tab used as indentation", kTab},
    {"invalid tab character as indent",
     "found a tab character where an indentation space is expected"},
    {"invalid anchor detected", kNoLetter},
    {"invalid alias detected", kNoLetter},
    {"invalid scalar at the end of block sequence", kNoDash},
    {"block sequence on the same line", kNoSequence},
    {"block sequence entries not allowed", kNoSequence},
    {"invalid mapping key (not allowed", "mapping keys are not allowed in this context"},
    {"invalid tag terminator", "did not find expected whitespace or line break"},
    {"missing '>' uri terminator", "did not find the expected '>'"},
    {"undefined tag prefix", "found undefined tag handle"},
    {"invalid escape", "found unknown escape character"},
    {"double-quoted scalar has invalid hex escape", "did not find expected hexdecimal number"},
    {"double-quoted scalar has invalid UTF8 escape", "found invalid Unicode character escape code"},
    {"Unsupported directive", "found unknown directive name"},
};

std::string_view line_of(std::string_view text, int line) {
  auto lines = base::split(text, '\n');
  auto index = static_cast<size_t>(std::max(line, 1) - 1);
  return index < lines.size() ? lines[index] : std::string_view();
}

// A plain scalar that turns out to be a key on a later line: the first line behind `line` with a
// key is what is not allowed.
int line_with_key(std::string_view text, int line) {
  auto lines = base::split(text, '\n');
  for (auto i = static_cast<size_t>(line); i < lines.size(); ++i) {
    std::string_view content = base::trim(lines[i]);
    if (content.ends_with(':') || base::contains(content, ": ")) return static_cast<int>(i) + 1;
  }
  return line;
}

int last_line(std::string_view text) {
  size_t end = text.find_last_not_of(" \t\r\n");
  std::string_view all = text.substr(0, end == std::string_view::npos ? 0 : end);
  return static_cast<int>(std::count(all.begin(), all.end(), '\n')) + 1;
}

// A flow collection that ends where a value must follow.
bool ends_expecting_a_value(std::string_view text) {
  size_t end = text.find_last_not_of(" \t\r\n");
  return end != std::string_view::npos && std::string_view("[{,:").find(text[end]) != text.npos;
}

// True where nothing but blanks stands before the column.
bool starts_line(std::string_view text, int line, int column) {
  auto before = static_cast<size_t>(std::max(column, 1) - 1);
  return base::trim(line_of(text, line).substr(0, before)).empty();
}

}  // namespace

YamlMistake explain_yaml_mistake(std::string_view text, std::string_view message, int line,
                                 int column) {
  auto known = std::find_if(std::begin(kWordings), std::end(kWordings),
                            [&](const Wording& w) { return message.starts_with(w.libfyaml); });
  if (known == std::end(kWordings))
    return YamlMistake(std::min(line, last_line(text)), std::string(message));
  if (known->libfyaml == kMultilineKey) {
    line = line_with_key(text, line);
    if (line_of(text, line).starts_with('\t')) return YamlMistake(line, std::string(kTab));
  }
  bool flow = known->go == kNoBracket || known->go == kNoBrace || known->go == kNoContent;
  if (flow && ends_expecting_a_value(text))
    return YamlMistake(last_line(text), std::string(kNoContent));
  // What is missing at the end is missing in the last line that says something.
  line = std::min(line, last_line(text));
  bool lonely = known->libfyaml == kAfterMapping && starts_line(text, line, column) &&
                line_of(text, line).find(':') == std::string_view::npos;
  return YamlMistake(line, std::string(lonely ? kNoColon : known->go));
}

}  // namespace jibe::data
