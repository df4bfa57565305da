#include "tmpl/case.h"

#include <re2/re2.h>

#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

bool is_connector(char32_t r) {
  return r == '-' || r == '_' || is_space(r);
}

bool is_in(const re2::RE2& pattern, char32_t r) {
  std::string text;
  append_rune(text, r);
  return re2::RE2::FullMatch(text, pattern);
}

bool is_punctuation(char32_t r) {
  static const re2::RE2 pattern(R"(\p{P})");
  return is_in(pattern, r);
}

bool is_number(char32_t r) {
  static const re2::RE2 pattern(R"(\p{N})");
  return is_in(pattern, r);
}

// Letters other than CJK characters.
bool is_alphabet(char32_t r) {
  if (!is_letter(r)) return false;
  bool cjk = (r >= 0x4E00 && r <= 0x9FCC) || (r >= 0x3400 && r <= 0x4D85) ||
             (r >= 0x20000 && r <= 0x2B81D);
  return !cjk;
}

enum class Word { kInvalid, kNumber, kUpper, kAlphabet, kConnector, kPunctuation, kOther };

struct Part {
  Word kind = Word::kInvalid;
  std::string_view text;
};

// Cuts the next run of like characters off `rest`.
class Cutter {
 public:
  explicit Cutter(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }

  Part next() {
    if (rest_.empty()) return {};
    Rune first = decode_rune(rest_);
    if (is_connector(first.value)) return run(Word::kConnector, is_connector);
    if (is_punctuation(first.value)) return run(Word::kPunctuation, is_punctuation);
    if (is_upper(first.value)) return upper(first.width);
    if (is_alphabet(first.value)) return run(Word::kAlphabet, is_lower_letter);
    if (is_number(first.value)) return run(Word::kNumber, is_number);
    return run(Word::kOther, is_other);
  }

 private:
  static bool is_lower_letter(char32_t r) { return is_alphabet(r) && !is_upper(r); }
  static bool is_other(char32_t r) {
    return !is_connector(r) && !is_alphabet(r) && !is_number(r) && !is_punctuation(r);
  }

  template <class Belongs>
  size_t extent(size_t from, Belongs belongs) const {
    while (from < rest_.size()) {
      Rune r = decode_rune(rest_.substr(from));
      if (!belongs(r.value)) break;
      from += r.width;
    }
    return from;
  }

  template <class Belongs>
  Part run(Word kind, Belongs belongs) {
    return cut(kind, extent(decode_rune(rest_).width, belongs));
  }

  Part upper(size_t width) {
    size_t capitals = extent(width, is_upper);
    if (capitals == width) return cut(Word::kUpper, extent(width, is_lower_letter));
    // "HTTPStatus" is "HTTP" and "Status": the last capital belongs to what follows.
    bool letters_follow =
        capitals < rest_.size() && is_alphabet(decode_rune(rest_.substr(capitals)).value);
    if (letters_follow) {
      --capitals;
      while ((static_cast<unsigned char>(rest_[capitals]) & 0xC0) == 0x80) --capitals;
    }
    return cut(Word::kUpper, capitals);
  }

  Part cut(Word kind, size_t size) {
    Part part{kind, rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return part;
  }

  std::string_view rest_;
};

class Separator {
 public:
  Separator(std::string_view text, char connector) : cutter_(text), connector_(connector) {}

  std::string run() {
    Part part = cutter_.next();
    while (!cutter_.done()) {
      if (part.kind != Word::kConnector) write(part);
      Part before = part;
      part = cutter_.next();
      part = after(before, part);
    }
    write(part);
    return out_;
  }

 private:
  static bool separate(const Part& part) {
    return part.kind != Word::kConnector && part.kind != Word::kPunctuation;
  }

  Part after(const Part& before, Part part) {
    switch (before.kind) {
      case Word::kNumber:
        return join_letters(part);
      case Word::kConnector:
        write(before);
        return part;
      case Word::kPunctuation:
        return part;
      default:
        break;
    }
    if (part.kind != Word::kNumber) {
      if (separate(part)) out_ += connector_;
      return part;
    }
    if (cutter_.done()) return part;
    Part number = part;
    part = cutter_.next();
    if (part.kind != Word::kAlphabet) {
      // "Bld4Floor": the number belongs to the word before it.
      write(number);
      if (separate(part)) out_ += connector_;
      return part;
    }
    out_ += connector_;
    write(number);
    return join_letters(part);
  }

  // Letters and digits behind a number stay with it: "2xx".
  Part join_letters(Part part) {
    while (part.kind == Word::kAlphabet || part.kind == Word::kNumber) {
      write(part);
      part = cutter_.next();
    }
    if (part.kind != Word::kInvalid && separate(part)) out_ += connector_;
    return part;
  }

  void write(const Part& part) {
    if (part.kind != Word::kUpper && part.kind != Word::kConnector) {
      out_ += part.text;
      return;
    }
    for (char32_t r : to_runes(part.text)) {
      if (is_connector(r))
        out_ += connector_;
      else
        append_rune(out_, to_lower(r));
    }
  }

  Cutter cutter_;
  char connector_;
  std::string out_;
};

}  // namespace

std::string separated_case(std::string_view text, char connector) {
  if (text.empty()) return "";
  return Separator(text, connector).run();
}

std::string pascal_case(std::string_view text) {
  std::vector<char32_t> runes = to_runes(text);
  std::string out;
  size_t at = 0;
  while (at < runes.size() && is_connector(runes[at])) append_rune(out, runes[at++]);
  if (at == runes.size()) {
    // xstrings writes the last one twice where there is nothing else.
    if (at > 0) append_rune(out, runes.back());
    return out;
  }
  bool capitals = is_upper(runes[at]);
  char32_t now = to_upper(runes[at++]);
  for (; at < runes.size(); ++at) {
    char32_t before = now;
    now = runes[at];
    if (is_connector(now) && is_connector(before)) {
      append_rune(out, before);
    } else if (is_connector(before)) {
      capitals = is_upper(now);
      now = to_upper(now);
    } else {
      if (capitals && is_upper(now))
        now = to_lower(now);
      else
        capitals = false;
      append_rune(out, before);
    }
  }
  append_rune(out, now);
  return out;
}

}  // namespace jibe::tmpl
