#include "cli/variables.h"

#include <cctype>

namespace jibe::cli {

namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

}  // namespace

std::string substitute(std::string_view text, const Variables& variables,
                       std::set<std::string>* unknown) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    bool braces = text.substr(i, 2) == "${";
    size_t start = i + (braces ? 2 : 1);
    size_t end = start;
    if (text[i] == '$')
      while (end < text.size() && is_name(text[end])) ++end;
    bool whole = end > start && (!braces || (end < text.size() && text[end] == '}'));
    if (text[i] != '$' || !whole) {
      out += text[i++];
      continue;
    }
    std::string name(text.substr(start, end - start));
    auto found = variables.find(name);
    if (found != variables.end())
      out += found->second;
    else if (unknown)
      unknown->insert(name);
    i = end + (braces ? 1 : 0);
  }
  return out;
}

}  // namespace jibe::cli
