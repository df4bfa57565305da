#include <array>

#include "data/json.h"
#include "data/utf8.h"

namespace jibe::data {

namespace {

// What stands for an ASCII character in a string: 0 itself, 'u' \u00xx, else a backslash and this.
constexpr std::array<char, 128> kEscapes = [] {
  std::array<char, 128> out{};
  for (size_t c = 0; c < ' '; ++c) out[c] = 'u';
  out['\b'] = 'b';
  out['\f'] = 'f';
  out['\n'] = 'n';
  out['\r'] = 'r';
  out['\t'] = 't';
  out['"'] = '"';
  out['\\'] = '\\';
  return out;
}();

bool is_html(unsigned char c) {
  return c == '<' || c == '>' || c == '&';
}

void append_code(std::string& out, uint32_t code) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[code >> shift & 15];
}

class Writer {
 public:
  Writer(std::string& out, JsonStyle style) : out_(out), style_(style) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Kind::kNull:
        out_ += "null";
        break;
      case Kind::kBool:
        out_ += value.as_bool() ? "true" : "false";
        break;
      case Kind::kInt:
        out_ += std::to_string(value.as_int());
        break;
      case Kind::kDouble:
        out_ += json_number(value.as_double());
        break;
      case Kind::kString:
        append_json_string(out_, value.text(), style_.escape_html);
        break;
      case Kind::kList:
        write_list(value);
        break;
      case Kind::kMap:
        write_map(value);
        break;
    }
  }

 private:
  void open(char bracket) {
    if (++depth_ > kMaxDepth)
      throw base::InvalidInput("the value is nested more than " + std::to_string(kMaxDepth) +
                               " levels deep");
    out_ += bracket;
  }

  void close(char bracket) {
    --depth_;
    break_line();
    out_ += bracket;
  }

  void break_line() {
    if (style_.indent == 0) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(depth_ * style_.indent), ' ');
  }

  void write_list(const Value& value) {
    if (value.empty()) {
      out_ += "[]";
      return;
    }
    open('[');
    bool first = true;
    for (const Value& item : value.items()) {
      if (!first) out_ += ',';
      first = false;
      break_line();
      write(item);
    }
    close(']');
  }

  void write_map(const Value& value) {
    if (value.empty()) {
      out_ += "{}";
      return;
    }
    open('{');
    bool first = true;
    for (const Entry& entry : value.entries()) {
      if (!first) out_ += ',';
      first = false;
      break_line();
      append_json_string(out_, entry.key, style_.escape_html);
      out_ += style_.indent == 0 ? ":" : ": ";
      write(entry.value);
    }
    close('}');
  }

  std::string& out_;
  JsonStyle style_;
  int depth_ = 0;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text, bool escape_html) {
  out += '"';
  size_t copied = 0;
  for (size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80 && !kEscapes[c] && !(escape_html && is_html(c))) {
      ++i;
      continue;
    }
    Rune rune = decode_rune(text.substr(i));
    // U+2028 and U+2029 end a line in JavaScript, so Go escapes them in every mode.
    bool plain = rune.valid && c >= 0x80 && rune.code != 0x2028 && rune.code != 0x2029;
    if (!plain) {
      out += text.substr(copied, i - copied);
      if (c < 0x80 && kEscapes[c] && kEscapes[c] != 'u') {
        out += '\\';
        out += kEscapes[c];
      } else {
        append_code(out, rune.code);
      }
      copied = i + rune.size;
    }
    i += rune.size;
  }
  out += text.substr(copied);
  out += '"';
}

void append_json(std::string& out, const Value& value, JsonStyle style) {
  Writer(out, style).write(value);
}

std::string to_json(const Value& value, JsonStyle style) {
  std::string out;
  append_json(out, value, style);
  return out;
}

}  // namespace jibe::data
