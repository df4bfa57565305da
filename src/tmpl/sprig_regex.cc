// Regular expressions. Go's package regexp and RE2 share syntax and matching; iteration over
// matches and replacement templates follow Go here.
#include <re2/re2.h>

#include "tmpl/format.h"
#include "tmpl/regex.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

using re2::RE2;
using Groups = std::vector<re2::StringPiece>;

std::string problem(const RE2& re) {
  struct Known {
    RE2::ErrorCode code;
    const char* text;
  };
  constexpr Known kKnown[] = {
      {RE2::ErrorBadEscape, "invalid escape sequence"},
      {RE2::ErrorBadCharClass, "invalid character class"},
      {RE2::ErrorBadCharRange, "invalid character class range"},
      {RE2::ErrorMissingBracket, "missing closing ]"},
      {RE2::ErrorMissingParen, "missing closing )"},
      {RE2::ErrorUnexpectedParen, "unexpected )"},
      {RE2::ErrorTrailingBackslash, "trailing backslash at end of expression"},
      {RE2::ErrorRepeatArgument, "missing argument to repetition operator"},
      {RE2::ErrorRepeatSize, "invalid repeat count"},
      {RE2::ErrorRepeatOp, "invalid nested repetition operator"},
      {RE2::ErrorBadPerlOp, "invalid or unsupported Perl syntax"},
      {RE2::ErrorBadUTF8, "invalid UTF-8"},
      {RE2::ErrorBadNamedCapture, "invalid named capture"},
      {RE2::ErrorPatternTooLarge, "expression too large"},
  };
  std::string text = "internal error";
  for (const Known& known : kKnown)
    if (known.code == re.error_code()) text = known.text;
  bool whole =
      re.error_code() == RE2::ErrorMissingParen || re.error_code() == RE2::ErrorUnexpectedParen;
  std::string argument = whole ? re.pattern() : re.error_arg();
  if (re.error_code() == RE2::ErrorTrailingBackslash) argument.clear();
  return "error parsing regexp: " + text + ": `" + argument + "`";
}

}  // namespace

std::optional<std::string> regex_mistake(const std::string& pattern) {
  RE2 re(pattern, RE2::Quiet);
  if (re.ok()) return std::nullopt;
  return problem(re);
}

namespace {

// Panics put the expression before the problem; errors do not.
enum class OnError { kError, kPanic };

class Regex {
 public:
  Regex(const std::string& pattern, OnError on_error) : re_(pattern, options()) {
    if (re_.ok()) return;
    if (on_error == OnError::kError) throw InvalidInput(problem(re_));
    bool raw = pattern.find('`') == std::string::npos && pattern.find('\n') == std::string::npos;
    std::string quoted = raw ? "`" + pattern + "`" : quote(pattern);
    throw InvalidInput("regexp: Compile(" + quoted + "): " + problem(re_));
  }

  bool match(std::string_view text, size_t from, Groups& groups) const {
    groups.assign(static_cast<size_t>(re_.NumberOfCapturingGroups()) + 1, {});
    return re_.Match(re2::StringPiece(text.data(), text.size()), from, text.size(), RE2::UNANCHORED,
                     groups.data(), static_cast<int>(groups.size()));
  }

  // [begin, end) of up to `count` matches (all where negative). An empty match right behind a
  // match does not count.
  std::vector<std::pair<size_t, size_t>> find_all(std::string_view text, int64_t count) const {
    std::vector<std::pair<size_t, size_t>> out;
    Groups groups;
    size_t at = 0;
    size_t before = std::string_view::npos;
    while (at <= text.size() && (count < 0 || static_cast<int64_t>(out.size()) < count)) {
      if (!match(text, at, groups)) break;
      auto begin = static_cast<size_t>(groups[0].data() - text.data());
      size_t end = begin + groups[0].size();
      bool accept = true;
      if (end == at) {
        accept = begin != before;
        at += std::max<size_t>(decode_rune(text.substr(at)).width, 1);
      } else {
        at = end;
      }
      before = end;
      if (accept) out.emplace_back(begin, end);
    }
    return out;
  }

  template <class Expand>
  std::string replace_all(std::string_view text, Expand expand) const {
    std::string out;
    Groups groups;
    size_t copied = 0;
    size_t at = 0;
    while (at <= text.size() && match(text, at, groups)) {
      auto begin = static_cast<size_t>(groups[0].data() - text.data());
      size_t end = begin + groups[0].size();
      out += text.substr(copied, begin - copied);
      if (end > copied || begin == 0) expand(out, groups);
      copied = end;
      size_t width = decode_rune(text.substr(at)).width;
      if (at + width > end)
        at += width;
      else if (at + 1 > end)
        ++at;
      else
        at = end;
    }
    return out + std::string(text.substr(copied));
  }

  int group_of(const std::string& name) const {
    const auto& names = re_.NamedCapturingGroups();
    auto at = names.find(name);
    return at == names.end() ? -1 : at->second;
  }

 private:
  static RE2::Options options() {
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(int64_t{64} << 20);
    return options;
  }

  RE2 re_;
};

// Cuts the name of `$name` or `${name}` off the template behind the dollar sign.
bool take_name(std::string_view& rest, std::string& name) {
  bool brace = rest.starts_with('{');
  std::string_view text = rest.substr(brace ? 1 : 0);
  size_t size = 0;
  while (size < text.size()) {
    Rune r = decode_rune(text.substr(size));
    if (!is_letter(r.value) && !is_digit(r.value) && r.value != '_') break;
    size += r.width;
  }
  if (size == 0) return false;
  if (brace && (size >= text.size() || text[size] != '}')) return false;
  name = text.substr(0, size);
  rest = text.substr(size + (brace ? 1 : 0));
  return true;
}

void append_group(std::string& out, const std::string& name, const Regex& re,
                  const Groups& groups) {
  constexpr size_t kMostDigits = 8;
  bool number = name.find_first_not_of("0123456789") == std::string::npos;
  if (number && name.size() > 1 && name[0] == '0') number = false;
  int index = -1;
  if (number && name.size() <= kMostDigits)
    index = std::stoi(name);
  else if (!number)
    index = re.group_of(name);
  if (index < 0 || static_cast<size_t>(index) >= groups.size()) return;
  const re2::StringPiece& group = groups[static_cast<size_t>(index)];
  out.append(group.data() ? group.data() : "", group.size());
}

void expand_template(std::string& out, std::string_view rest, const Regex& re,
                     const Groups& groups) {
  for (;;) {
    size_t dollar = rest.find('$');
    out += rest.substr(0, dollar);
    if (dollar == std::string_view::npos) return;
    rest.remove_prefix(dollar + 1);
    std::string name;
    if (rest.starts_with('$')) {
      out += '$';
      rest.remove_prefix(1);
    } else if (take_name(rest, name)) {
      append_group(out, name, re, groups);
    } else {
      out += '$';
    }
  }
}

Any find_all(const Args& a, OnError on_error) {
  Regex re(a[0].as_string(), on_error);
  const std::string& text = a[1].as_string();
  std::vector<std::string> out;
  for (auto [begin, end] : re.find_all(text, a[2].as_int()))
    out.push_back(text.substr(begin, end - begin));
  return out.empty() ? List::nil(kStringList) : List::of_strings(out);
}

Any find(const Args& a, OnError on_error) {
  Groups groups;
  Regex re(a[0].as_string(), on_error);
  if (!re.match(a[1].as_string(), 0, groups)) return Any("");
  return Any(std::string(groups[0].data(), groups[0].size()));
}

Any replace(const Args& a, OnError on_error) {
  Regex re(a[0].as_string(), on_error);
  const std::string& form = a[2].as_string();
  return Any(re.replace_all(a[1].as_string(), [&](std::string& out, const Groups& groups) {
    expand_template(out, form, re, groups);
  }));
}

Any replace_literal(const Args& a, OnError on_error) {
  Regex re(a[0].as_string(), on_error);
  const std::string& literal = a[2].as_string();
  return Any(
      re.replace_all(a[1].as_string(), [&](std::string& out, const Groups&) { out += literal; }));
}

Any split(const Args& a, OnError on_error) {
  Regex re(a[0].as_string(), on_error);
  const std::string& text = a[1].as_string();
  int64_t count = a[2].as_int();
  if (count == 0) return List::nil(kStringList);
  if (!a[0].as_string().empty() && text.empty()) return List::of_strings({""});
  std::vector<std::string> out;
  size_t from = 0;
  size_t until = 0;
  for (auto [begin, end] : re.find_all(text, count)) {
    if (count > 0 && static_cast<int64_t>(out.size()) == count - 1) break;
    until = begin;
    if (end != 0) out.push_back(text.substr(from, begin - from));
    from = end;
  }
  if (until != text.size()) out.push_back(text.substr(from));
  return List::of_strings(out);
}

Any matches(const Args& a, OnError on_error) {
  Groups groups;
  return Any(Regex(a[0].as_string(), on_error).match(a[1].as_string(), 0, groups));
}

std::string quote_meta(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

void add_both(FunctionTable& table, const std::string& name, const char* signature,
              Any (*function)(const Args&, OnError)) {
  table.add(name, signature,
            [function](CallContext&, Args a) { return function(a, OnError::kPanic); });
  table.add("mustR" + name.substr(1), signature,
            [function](CallContext&, Args a) { return function(a, OnError::kError); });
}

}  // namespace

void add_regular_expressions(FunctionTable& table) {
  add_both(table, "regexMatch", "string, string", matches);
  // The plain form alone does not complain.
  table.add("regexMatch", "string, string", [](CallContext&, Args a) {
    try {
      return matches(a, OnError::kError);
    } catch (const InvalidInput&) {
      return Any(false);
    }
  });
  add_both(table, "regexFindAll", "string, string, int", find_all);
  add_both(table, "regexFind", "string, string", find);
  add_both(table, "regexReplaceAll", "string, string, string", replace);
  add_both(table, "regexReplaceAllLiteral", "string, string, string", replace_literal);
  add_both(table, "regexSplit", "string, string, int", split);
  table.add("regexQuoteMeta", "string",
            [](CallContext&, Args a) { return Any(quote_meta(a[0].as_string())); });
}

}  // namespace jibe::tmpl
