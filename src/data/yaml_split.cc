#include "base/strings.h"
#include "data/yaml.h"

namespace jibe::data {

namespace {

constexpr std::string_view kSeparator = "---";
constexpr std::string_view kSpace = " \t\r\n\v\f";

// True where a document has anything but blanks and comments.
bool has_content(std::string_view text) {
  for (std::string_view line : base::split(text, '\n')) {
    std::string_view rest = base::trim(line);
    if (rest.starts_with(kSeparator)) rest = base::trim(rest.substr(kSeparator.size()));
    if (!rest.empty() && rest[0] != '#') return true;
  }
  return false;
}

}  // namespace

std::vector<YamlText> split_yaml(std::string_view text) {
  std::vector<YamlText> out;
  size_t start = 0;
  int start_line = 1;
  auto finish = [&](size_t end) {
    std::string_view piece = text.substr(start, end - start);
    if (has_content(piece)) out.push_back({piece, start_line});
  };
  int line = 1;
  for (size_t at = 0; at < text.size(); ++line) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view content = text.substr(at, end - at);
    size_t next = std::min(end + 1, text.size());
    if (content.starts_with(kSeparator)) {
      std::string_view rest = base::trim(content.substr(kSeparator.size()));
      if (!rest.empty() && rest[0] != '#')
        throw base::InvalidInput("invalid Yaml document separator: " + std::string(rest) +
                                 " (line " + std::to_string(line) + ")");
      finish(at);
      start = next;
      start_line = line + 1;
    }
    at = next;
  }
  finish(text.size());
  return out;
}

// The regular expression (?:^|\s*\n)---\s* cuts; the whitespace it covers belongs to no piece.
std::vector<std::string> split_manifests(std::string_view text) {
  std::vector<std::string> out;
  size_t start = std::min(text.find_first_not_of(kSpace), text.size());
  const size_t first_line = start;
  size_t from = start;
  auto finish = [&](size_t end) {
    std::string_view piece = text.substr(start, end - start);
    size_t first = piece.find_first_not_of(kSpace);
    if (first != std::string_view::npos) out.emplace_back(piece.substr(first));
  };
  while (true) {
    size_t at = text.find(kSeparator, from);
    if (at == std::string_view::npos) break;
    if (at != first_line && (at == start || text[at - 1] != '\n')) {
      from = at + 1;
      continue;
    }
    size_t last = at == 0 ? std::string_view::npos : text.find_last_not_of(kSpace, at - 1);
    finish(last == std::string_view::npos || last < start ? start : last + 1);
    start = std::min(text.find_first_not_of(kSpace, at + kSeparator.size()), text.size());
    from = start;
  }
  finish(text.size());
  return out;
}

}  // namespace jibe::data
