#include "data/yaml_repair.h"

#include <algorithm>

namespace jibe::data {

namespace {

struct Line {
  std::string_view text;
  size_t start = 0;
  size_t next = 0;

  bool blank() const { return text.find_first_not_of(" \r") == std::string_view::npos; }
  size_t indent() const { return text.find_first_not_of(' '); }
};

Line line_at(std::string_view text, size_t start) {
  size_t end = std::min(text.find('\n', start), text.size());
  return {text.substr(start, end - start), start, std::min(end + 1, text.size())};
}

// Without a comment and the blanks before it.
std::string_view without_comment(std::string_view line) {
  for (size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1)) {
    if (at == 0 || line[at - 1] == ' ' || line[at - 1] == '\t') {
      line = line.substr(0, at);
      break;
    }
  }
  size_t last = line.find_last_not_of(" \t\r");
  return last == line.npos ? std::string_view() : line.substr(0, last + 1);
}

// Where the indicator of a block scalar starts that ends the line; npos where there is none.
size_t indicator_of(std::string_view line) {
  size_t end = line.find_last_not_of("+-0123456789");
  if (end == line.npos || end == 0 || line.size() - end > 3) return line.npos;
  if ((line[end] != '|' && line[end] != '>') || (line[end - 1] != ' ' && line[end - 1] != '\t'))
    return line.npos;
  std::string_view before = line.substr(0, line.find_last_not_of(" \t", end - 1) + 1);
  // Tags and anchors may stand between.
  while (!before.empty()) {
    size_t word = before.find_last_of(" \t");
    word = word == before.npos ? 0 : word + 1;
    if (before[word] != '&' && before[word] != '!') break;
    before = before.substr(0, word);
    before = before.substr(0, before.find_last_not_of(" \t") + 1);
  }
  bool starts_value = before.ends_with(':') || before.ends_with('-') || before.ends_with('?');
  return starts_value ? end : line.npos;
}

// What the content must be deeper than: the column of the key, or of the dash of an item.
size_t parent_column(std::string_view line, size_t indicator) {
  size_t column = line.find_first_not_of(' ');
  while (line[column] == '-' && column + 1 < indicator && line[column + 1] == ' ') {
    size_t next = line.find_first_not_of(' ', column + 1);
    if (next >= indicator || line[next] == '&' || line[next] == '!') break;
    column = next;
  }
  return column;
}

}  // namespace

std::vector<EmptyBlock> find_empty_blocks(std::string_view text) {
  std::vector<EmptyBlock> out;
  for (size_t at = 0; at < text.size();) {
    Line line = line_at(text, at);
    at = line.next;
    std::string_view bare = without_comment(line.text);
    size_t indicator = indicator_of(bare);
    if (indicator == bare.npos) continue;
    size_t parent = parent_column(bare, indicator);
    size_t blanks = 0;
    Line next = line_at(text, at);
    for (; next.start < text.size() && next.blank(); next = line_at(text, next.next)) ++blanks;
    if (next.start >= text.size()) break;
    if (next.indent() > parent) {
      while (next.start < text.size() && (next.blank() || next.indent() > parent))
        next = line_at(text, next.next);
      at = next.start;
      continue;
    }
    std::string_view mark = bare.substr(indicator);
    if (mark.find_first_of("0123456789") != mark.npos) continue;
    EmptyBlock block{line.start + indicator, mark.size(), at, next.start + next.text.size(), "\""};
    if (mark.ends_with('+'))
      for (size_t i = 0; i < blanks; ++i) block.instead += "\\n";
    block.instead += '"';
    out.push_back(std::move(block));
  }
  return out;
}

}  // namespace jibe::data
