#include "tmpl/lexer.h"

#include <fmt/core.h>

#include <algorithm>

#include "tmpl/format.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr size_t kTrimMarker = 2;  // the dash and the space beside it

bool blank(char32_t rune) {
  return rune == ' ' || rune == '\t' || rune == '\r' || rune == '\n';
}

bool alphanumeric(char32_t rune) {
  if (rune < 0x80)
    return rune == '_' || (rune >= '0' && rune <= '9') ||
           ((rune | 0x20) >= 'a' && (rune | 0x20) <= 'z');
  return rune == '_' || (rune <= kMaxRune && (is_letter(rune) || is_digit(rune)));
}

Rune rune_at(std::string_view text, size_t at) {
  auto byte = static_cast<unsigned char>(text[at]);
  return byte < 0x80 ? Rune{byte, 1} : decode_rune(text.substr(at));
}

bool left_trims(std::string_view text) {
  return text.size() >= 2 && text[0] == '-' && blank(static_cast<unsigned char>(text[1]));
}

bool right_trims(std::string_view text) {
  return text.size() >= 2 && blank(static_cast<unsigned char>(text[0])) && text[1] == '-';
}

std::string code_point(char32_t rune) {
  if (rune > kMaxRune) return "U+FFFFFFFFFFFFFFFF";  // Go formats the end as rune -1
  std::string out = fmt::format("U+{:04X}", static_cast<uint32_t>(rune));
  if (!is_print(rune)) return out;
  out += " '";
  append_rune(out, rune);
  return out + "'";
}

size_t leading_spaces(std::string_view text) {
  return std::min(text.find_first_not_of(kSpaces), text.size());
}

}  // namespace

std::string describe(const Item& item) {
  if (item.kind == ItemKind::kEof) return "EOF";
  if (item.kind == ItemKind::kError) return std::string(item.text);
  if (item.kind > ItemKind::kKeyword) return "<" + std::string(item.text) + ">";
  if (item.text.size() <= 10) return quote(item.text);
  size_t cut = 0;
  for (int i = 0; i < 10 && cut < item.text.size(); ++i)
    cut += decode_rune(item.text.substr(cut)).width;
  return quote(item.text.substr(0, cut)) + "...";
}

Item Lexer::next() {
  item_ = {ItemKind::kEof, static_cast<uint32_t>(pos_), "EOF", start_line_};
  if (inside_) {
    inside_action();
  } else {
    while (!text()) {
    }
  }
  return item_;
}

char32_t Lexer::take() {
  if (pos_ >= input_.size()) {
    last_width_ = 0;
    return kEnd;
  }
  Rune r = rune_at(input_, pos_);
  pos_ += r.width;
  last_width_ = r.width;
  if (r.value == '\n') ++line_;
  return r.value;
}

void Lexer::back() {
  pos_ -= last_width_;
  if (last_width_ > 0 && input_[pos_] == '\n') --line_;
  last_width_ = 0;
}

char32_t Lexer::peek() {
  if (pos_ >= input_.size()) return kEnd;
  return rune_at(input_, pos_).value;
}

bool Lexer::accept(std::string_view valid) {
  char32_t rune = take();
  if (rune < 0x80 && valid.find(static_cast<char>(rune)) != std::string_view::npos) return true;
  back();
  return false;
}

void Lexer::accept_run(std::string_view valid) {
  while (accept(valid)) {
  }
}

bool Lexer::starts_with(size_t at, std::string_view prefix) const {
  return at <= input_.size() && input_.substr(at).starts_with(prefix);
}

bool Lexer::at_right_delim(bool& trims) const {
  trims = right_trims(input_.substr(std::min(pos_, input_.size()))) &&
          starts_with(pos_ + kTrimMarker, "}}");
  return trims || starts_with(pos_, "}}");
}

void Lexer::emit(ItemKind kind) {
  item_ = {kind, static_cast<uint32_t>(start_), input_.substr(start_, pos_ - start_), start_line_};
  start_ = pos_;
  start_line_ = line_;
}

void Lexer::ignore() {
  line_ += static_cast<int>(std::count(input_.begin() + static_cast<ptrdiff_t>(start_),
                                       input_.begin() + static_cast<ptrdiff_t>(pos_), '\n'));
  start_ = pos_;
  start_line_ = line_;
}

void Lexer::fail(std::string message) {
  error_ = std::move(message);
  item_ = {ItemKind::kError, static_cast<uint32_t>(start_), error_, start_line_};
  input_ = {};
  pos_ = start_ = 0;
}

// True when an item is there; false to go on.
bool Lexer::text() {
  size_t open = input_.find("{{", pos_);
  if (open == std::string_view::npos) {
    pos_ = input_.size();
    bool any = pos_ > start_;
    if (any)
      line_ += static_cast<int>(
          std::count(input_.begin() + static_cast<ptrdiff_t>(start_), input_.end(), '\n'));
    emit(any ? ItemKind::kText : ItemKind::kEof);
    return true;
  }
  if (open > pos_) {
    size_t end = open;
    if (left_trims(input_.substr(open + 2))) {
      size_t last = input_.substr(start_, open - start_).find_last_not_of(kSpaces);
      end = last == std::string_view::npos ? start_ : start_ + last + 1;
    }
    pos_ = end;
    line_ += static_cast<int>(std::count(input_.begin() + static_cast<ptrdiff_t>(start_),
                                         input_.begin() + static_cast<ptrdiff_t>(pos_), '\n'));
    bool any = pos_ > start_;
    if (any) emit(ItemKind::kText);
    pos_ = open;
    ignore();
    if (any) return true;
  }
  return left_delim();
}

bool Lexer::left_delim() {
  pos_ += 2;
  bool trims = left_trims(input_.substr(pos_));
  size_t after = trims ? kTrimMarker : 0;
  if (starts_with(pos_ + after, "/*")) {
    pos_ += after;
    ignore();
    return comment();
  }
  emit(ItemKind::kLeftDelim);
  inside_ = true;
  pos_ += after;
  ignore();
  parens_ = 0;
  return true;
}

bool Lexer::comment() {
  size_t end = input_.find("*/", pos_ + 2);
  if (end == std::string_view::npos) {
    fail("unclosed comment");
    return true;
  }
  pos_ = end + 2;
  bool trims = false;
  if (!at_right_delim(trims)) {
    fail("comment ends before closing delimiter");
    return true;
  }
  pos_ += 2 + (trims ? kTrimMarker : 0);
  if (trims) pos_ += leading_spaces(input_.substr(pos_));
  ignore();
  return false;
}

void Lexer::right_delim() {
  bool trims = false;
  at_right_delim(trims);
  if (trims) {
    pos_ += kTrimMarker;
    ignore();
  }
  pos_ += 2;
  emit(ItemKind::kRightDelim);
  if (trims) {
    pos_ += leading_spaces(input_.substr(pos_));
    ignore();
  }
  inside_ = false;
}

bool Lexer::inside_action() {
  bool trims = false;
  if (at_right_delim(trims)) {
    if (parens_ == 0)
      right_delim();
    else
      fail("unclosed left paren");
    return true;
  }
  character(take());
  return true;
}

void Lexer::character(char32_t rune) {
  if (rune == kEnd) return fail("unclosed action");
  if (blank(rune)) {
    back();
    return space();
  }
  switch (rune) {
    case '=':
      return emit(ItemKind::kAssign);
    case ':':
      if (take() != '=') return fail("expected :=");
      return emit(ItemKind::kDeclare);
    case '|':
      return emit(ItemKind::kPipe);
    case '"':
      if (delimited('"', "unterminated quoted string")) emit(ItemKind::kString);
      return;
    case '\'':
      if (delimited('\'', "unterminated character constant")) emit(ItemKind::kCharConstant);
      return;
    case '`':
      return raw_quote();
    case '$':
      if (at_terminator()) return emit(ItemKind::kVariable);
      return field_or_variable(ItemKind::kVariable);
    case '(':
      ++parens_;
      return emit(ItemKind::kLeftParen);
    case ')':
      if (--parens_ < 0) return fail("unexpected right paren");
      return emit(ItemKind::kRightParen);
    default:
      break;
  }
  if (rune == '.' && pos_ < input_.size() && (input_[pos_] < '0' || input_[pos_] > '9'))
    return field_or_variable(ItemKind::kField);
  if (rune == '.' || rune == '+' || rune == '-' || (rune >= '0' && rune <= '9')) {
    back();
    return number();
  }
  if (alphanumeric(rune)) {
    back();
    return identifier();
  }
  if (rune < 0x80 && is_print(rune)) return emit(ItemKind::kChar);
  fail("unrecognized character in action: " + code_point(rune));
}

void Lexer::space() {
  size_t count = 0;
  while (blank(peek())) {
    take();
    ++count;
  }
  // A closing delimiter that trims starts with a space, which is not ours.
  if (right_trims(input_.substr(pos_ - 1)) && starts_with(pos_ + 1, "}}")) {
    last_width_ = 1;
    back();
    if (count == 1) return right_delim();
  }
  emit(ItemKind::kSpace);
}

ItemKind Lexer::keyword(std::string_view word) const {
  struct Keyword {
    std::string_view word;
    ItemKind kind;
  };
  constexpr Keyword kKeywords[] = {
      {"block", ItemKind::kBlock},
      {"break", ItemKind::kBreak},
      {"continue", ItemKind::kContinue},
      {"define", ItemKind::kDefine},
      {"else", ItemKind::kElse},
      {"end", ItemKind::kEnd},
      {"if", ItemKind::kIf},
      {"nil", ItemKind::kNil},
      {"range", ItemKind::kRange},
      {"template", ItemKind::kTemplate},
      {"with", ItemKind::kWith},
      {"true", ItemKind::kBool},
      {"false", ItemKind::kBool},
  };
  for (const Keyword& k : kKeywords) {
    if (k.word != word) continue;
    if (k.kind == ItemKind::kBreak && !break_) break;
    if (k.kind == ItemKind::kContinue && !continue_) break;
    return k.kind;
  }
  return ItemKind::kIdentifier;
}

void Lexer::identifier() {
  while (alphanumeric(peek())) take();
  if (!at_terminator()) return fail("bad character " + code_point(peek()));
  emit(keyword(input_.substr(start_, pos_ - start_)));
}

void Lexer::field_or_variable(ItemKind kind) {
  if (at_terminator()) return emit(kind == ItemKind::kVariable ? kind : ItemKind::kDot);
  while (alphanumeric(peek())) take();
  if (!at_terminator()) return fail("bad character " + code_point(peek()));
  emit(kind);
}

bool Lexer::at_terminator() {
  char32_t rune = peek();
  if (rune == kEnd || blank(rune)) return true;
  if (rune < 0x80 &&
      std::string_view(".,|:)(").find(static_cast<char>(rune)) != std::string_view::npos)
    return true;
  return starts_with(pos_, "}}");
}

bool Lexer::delimited(char mark, const char* complaint) {
  for (;;) {
    char32_t rune = take();
    if (rune == '\\') {
      rune = take();
      if (rune != kEnd && rune != '\n') continue;
    }
    if (rune == kEnd || rune == '\n') {
      fail(complaint);
      return false;
    }
    if (rune == static_cast<char32_t>(mark)) return true;
  }
}

void Lexer::raw_quote() {
  for (;;) {
    char32_t rune = take();
    if (rune == kEnd) return fail("unterminated raw quoted string");
    if (rune == '`') return emit(ItemKind::kRawString);
  }
}

void Lexer::number() {
  auto bad = [this] { fail("bad number syntax: " + quote(input_.substr(start_, pos_ - start_))); };
  if (!scan_number()) return bad();
  char32_t sign = peek();
  if (sign != '+' && sign != '-') return emit(ItemKind::kNumber);
  if (!scan_number() || input_[pos_ - 1] != 'i') return bad();
  emit(ItemKind::kComplex);
}

bool Lexer::scan_number() {
  accept("+-");
  std::string_view digits = "0123456789_";
  bool hex = false;
  bool decimal = true;
  if (accept("0")) {
    hex = accept("xX");
    decimal = !hex;
    if (hex) {
      digits = "0123456789abcdefABCDEF_";
    } else if (accept("oO")) {
      digits = "01234567_";
      decimal = false;
    } else if (accept("bB")) {
      digits = "01_";
      decimal = false;
    }
  }
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  if ((decimal && accept("eE")) || (hex && accept("pP"))) {
    accept("+-");
    accept_run("0123456789_");
  }
  accept("i");
  if (!alphanumeric(peek())) return true;
  take();
  return false;
}

}  // namespace jibe::tmpl
