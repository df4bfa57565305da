// Letter case and words, as github.com/Masterminds/goutils 1.1 and huandu/xstrings 1.5 have them.
#include "tmpl/case.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

bool separates_words(char32_t r) {
  if (r < 0x80) return !(is_letter(r) || is_digit(r) || r == '_');
  if (is_letter(r) || is_digit(r)) return false;
  return is_space(r);
}

// strings.Title.
std::string title(std::string_view text) {
  std::vector<char32_t> runes = to_runes(text);
  char32_t before = ' ';
  for (char32_t& r : runes) {
    char32_t here = r;
    if (separates_words(before)) r = to_upper(r);
    before = here;
  }
  return from_runes(runes);
}

std::string untitle(std::string_view text) {
  std::vector<char32_t> runes = to_runes(text);
  bool next = true;
  for (char32_t& r : runes) {
    if (is_space(r)) {
      next = true;
    } else if (next) {
      r = to_lower(r);
      next = false;
    }
  }
  return from_runes(runes);
}

std::string swap_case(std::string_view text) {
  std::vector<char32_t> runes = to_runes(text);
  for (char32_t& r : runes) {
    if (is_upper(r))
      r = to_lower(r);
    else if (is_lower(r))
      r = to_upper(r);
  }
  return from_runes(runes);
}

// goutils looks at bytes as if they were runes, and so do these two.
std::string no_space(const std::string& text) {
  std::string out;
  bool dropped = false;
  for (unsigned char c : text) {
    if (is_space(c))
      dropped = true;
    else
      append_rune(out, c);
  }
  return dropped ? out : text;
}

std::string initials(std::string_view text) {
  std::string out;
  bool gap = true;
  for (unsigned char c : text) {
    if (is_space(c)) {
      gap = true;
    } else if (gap) {
      append_rune(out, c);
      gap = false;
    }
  }
  return out;
}

// Breaks lines at spaces; words that are too long stay whole or are cut.
std::string wrap(const std::string& text, int64_t width, std::string newline, bool cut_long) {
  if (newline.empty()) newline = "\n";
  auto length = static_cast<size_t>(std::max<int64_t>(width, 1));
  std::string out;
  size_t at = 0;
  while (at < text.size() && text.size() - at > length) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    size_t space = std::string_view(text).substr(at, length + 1).rfind(' ');
    if (space != std::string_view::npos) {
      out += text.substr(at, space) + newline;
      at += space + 1;
    } else if (cut_long) {
      out += text.substr(at, length) + newline;
      at += length;
    } else {
      size_t end = text.find(' ', at + length);
      if (end == std::string::npos) return out + text.substr(at);
      out += text.substr(at, end - at) + newline;
      at = end + 1;
    }
  }
  return out + text.substr(std::min(at, text.size()));
}

std::string abbreviate(std::string text, int64_t offset, int64_t width) {
  auto size = static_cast<int64_t>(text.size());
  if (text.empty() || width < 4) return "";
  if (size <= width) return text;
  offset = std::min(offset, size);
  if (size - offset < width - 3) offset = size - (width - 3);
  if (offset <= 4) return text.substr(0, static_cast<size_t>(width - 3)) + "...";
  if (width < 7) return "";
  if (offset + width - 3 < size)
    return "..." + abbreviate(text.substr(static_cast<size_t>(offset)), 0, width - 3);
  return "..." + text.substr(static_cast<size_t>(size - (width - 3)));
}

using Change = std::string (*)(std::string_view);

void add_change(FunctionTable& table, const char* name, Change change) {
  table.add(name, "string",
            [change](CallContext&, Args a) { return Any(change(a[0].as_string())); });
}

}  // namespace

void add_words(FunctionTable& table) {
  add_change(table, "title", title);
  add_change(table, "untitle", untitle);
  add_change(table, "swapcase", swap_case);
  add_change(table, "initials", initials);
  add_change(table, "camelcase", pascal_case);
  add_change(table, "snakecase", [](std::string_view t) { return separated_case(t, '_'); });
  add_change(table, "kebabcase", [](std::string_view t) { return separated_case(t, '-'); });
  table.add("nospace", "string",
            [](CallContext&, Args a) { return Any(no_space(a[0].as_string())); });
  table.add("wrap", "int, string", [](CallContext&, Args a) {
    return Any(wrap(a[1].as_string(), a[0].as_int(), "", false));
  });
  table.add("wrapWith", "int, string, string", [](CallContext&, Args a) {
    return Any(wrap(a[2].as_string(), a[0].as_int(), a[1].as_string(), true));
  });
  table.add("abbrev", "int, string", [](CallContext&, Args a) {
    if (a[0].as_int() < 4) return a[1];
    return Any(abbreviate(a[1].as_string(), 0, a[0].as_int()));
  });
  table.add("abbrevboth", "int, int, string", [](CallContext&, Args a) {
    int64_t left = a[0].as_int();
    int64_t right = a[1].as_int();
    if (right < 4 || (left > 0 && right < 7)) return a[2];
    return Any(abbreviate(a[2].as_string(), left, right));
  });
}

}  // namespace jibe::tmpl
