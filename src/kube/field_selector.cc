// Field selectors (apimachinery fields.ParseSelector, 1.36).
#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/selector.h"

namespace jibe::kube {

namespace {

// At commas that no backslash escapes; the backslashes stay.
std::vector<std::string_view> split_terms(std::string_view text) {
  std::vector<std::string_view> out;
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      out.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  out.push_back(text.substr(start));
  return out;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == ',' || c == '=')
      throw base::InvalidInput("invalid field selector: unescaped character in value: " +
                               std::to_string(static_cast<int>(c)));
    if (c != '\\') {
      out += c;
      continue;
    }
    char next = ++i < text.size() ? text[i] : '\0';
    if (next != '\\' && next != ',' && next != '=')
      throw base::InvalidInput("invalid field selector: invalid escape sequence: \\" +
                               (next ? std::string(1, next) : ""));
    out += next;
  }
  return out;
}

FieldSelector::Term parse_term(std::string_view selector, std::string_view term) {
  size_t at = term.find_first_of("=!");
  while (at != std::string_view::npos && term[at] == '!' && term.substr(at, 2) != "!=")
    at = term.find_first_of("=!", at + 1);
  if (at == std::string_view::npos)
    throw base::InvalidInput("invalid selector: '" + std::string(selector) +
                             "'; can't understand '" + std::string(term) + "'");
  bool equal = term[at] == '=';
  size_t length = !equal || term.substr(at, 2) == "==" ? 2 : 1;
  return {std::string(term.substr(0, at)), unescape(term.substr(at + length)), equal};
}

const data::Value& walk(const data::Value& object, std::string_view path) {
  const data::Value* at = &object;
  for (std::string_view step : base::split(path, '.')) at = &(*at)[step];
  return *at;
}

std::string text_of(const data::Value& value) {
  if (value.is_string()) return value.text();
  return value.is_null() ? "" : data::to_json(value);
}

}  // namespace

FieldSelector FieldSelector::parse(std::string_view text) {
  FieldSelector out;
  auto terms = split_terms(text);
  std::sort(terms.begin(), terms.end());
  for (std::string_view term : terms)
    if (!term.empty()) out.terms_.push_back(parse_term(text, term));
  return out;
}

bool FieldSelector::matches(const data::Value& object) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& t) {
    return (text_of(walk(object, t.path)) == t.value) == t.equal;
  });
}

}  // namespace jibe::kube
