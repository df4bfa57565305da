#include "data/yaml_reader.h"

#include <algorithm>

#include "data/yaml_events.h"
#include "data/yaml_style.h"

namespace jibe::data {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kPiece = 512;  // go-yaml's input_raw_buffer_size

size_t width_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if ((lead & 0xE0) == 0xC0) return 2;
  if ((lead & 0xF0) == 0xE0) return 3;
  return (lead & 0xF8) == 0xF0 ? 4 : 0;
}

bool is_allowed(uint32_t c) {
  if (c < 0x80) return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c <= '~');
  return c == 0x85 || (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

// The first place from which on a look at whole characters is needed.
size_t behind_plain(std::string_view text, size_t from, size_t end) {
  while (from < end && ((text[from] >= ' ' && text[from] <= '~') || text[from] == '\n')) ++from;
  return from;
}

[[noreturn]] void refuse(const char* why) {
  throw YamlMistake(0, why);
}

}  // namespace

YamlReader::YamlReader(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  look_ahead(1);
}

bool YamlReader::at_long_break(size_t ahead) const {
  return yaml_break(text_.substr(position_ + ahead)) != 0;
}

bool YamlReader::at_letter() const {
  char c = at();
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-';
}

bool YamlReader::at_document_indicator() const {
  if (mark_.column != 0) return false;
  char c = at();
  return (c == '-' || c == '.') && at(1) == c && at(2) == c && at_blank_or_end(3);
}

size_t YamlReader::behind_long_character() const {
  size_t width = std::max<size_t>(1, width_of(static_cast<unsigned char>(at())));
  return std::min(position_ + width, text_.size());
}

void YamlReader::skip_break() {
  std::string ignored;
  take_break(ignored);
}

void YamlReader::take_break(std::string& into) {
  look_ahead(2);
  bool both = at() == '\r' && at(1) == '\n';
  size_t size = both ? 2 : yaml_break(text_.substr(position_));
  if (size == 0) return;
  if (size == 3) {
    into += text_.substr(position_, size);
  } else {
    into += '\n';
  }
  position_ += size;
  mark_.index += both ? 2 : 1;
  mark_.column = 0;
  ++mark_.line;
  look_ahead(1);
}

void YamlReader::end_last_line() {
  if (mark_.column == 0) return;
  mark_.column = 0;
  ++mark_.line;
}

void YamlReader::check_piece() {
  size_t start = checked_;
  size_t end = std::min(start + kPiece, text_.size());
  size_t before = text_.size();
  while (checked_ < end && checked_ != before) {
    checked_ = behind_plain(text_, checked_, end);
    if (checked_ == end) break;
    before = checked_;
    check_character(checked_, end, end == text_.size() && before == start);
  }
}

// Leaves `at` where it is when the piece ends within the character.
void YamlReader::check_character(size_t& at, size_t piece_end, bool nothing_follows) const {
  auto byte = [this](size_t i) { return static_cast<unsigned char>(text_[i]); };
  size_t width = width_of(byte(at));
  if (width == 0) refuse("invalid leading UTF-8 octet");
  if (at + width > piece_end) {
    if (nothing_follows) refuse("incomplete UTF-8 octet sequence");
    return;
  }
  uint32_t c = byte(at) & (width == 1 ? 0x7Fu : 0xFFu >> (width + 1));
  for (size_t i = 1; i < width; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) refuse("invalid trailing UTF-8 octet");
    c = c << 6 | (byte(at + i) & 0x3Fu);
  }
  static constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[width - 1]) refuse("invalid length of a UTF-8 sequence");
  if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) refuse("invalid Unicode character");
  if (!is_allowed(c)) refuse("control characters are not allowed");
  at += width;
}

}  // namespace jibe::data
