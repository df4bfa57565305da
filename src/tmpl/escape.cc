// html, js and urlquery.
#include <fmt/core.h>

#include "tmpl/builtins.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

std::string html_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '\0':
        out += "\uFFFD";
        break;
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string js_escape(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    Rune r = decode_rune(text);
    if (r.value >= 0x80) {
      if (is_print(r.value))
        out += text.substr(0, r.width);
      else
        out += fmt::format("\\u{:04X}", static_cast<uint32_t>(r.value));
    } else if (r.value == '\\' || r.value == '\'' || r.value == '"') {
      out += '\\';
      out += text[0];
    } else if (r.value < ' ' || std::string_view("<>&=").find(text[0]) != std::string_view::npos) {
      out += fmt::format("\\u{:04X}", static_cast<uint32_t>(r.value));
    } else {
      out += text[0];
    }
    text.remove_prefix(r.width);
  }
  return out;
}

std::string query_escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain_char =
        isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain_char)
      out += c;
    else if (c == ' ')
      out += '+';
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace jibe::tmpl
