#include "data/utf8.h"

namespace jibe::data {

namespace {

constexpr uint32_t kReplacement = 0xfffd;

struct Range {
  uint32_t first;
  uint32_t last;
};

// Spaces, format characters, surrogates, private use and noncharacters above Latin-1.
constexpr Range kUnprintable[] = {{0x061c, 0x061c},   {0x1680, 0x1680},   {0x180e, 0x180e},
                                  {0x2000, 0x200f},   {0x2028, 0x202f},   {0x205f, 0x206f},
                                  {0x3000, 0x3000},   {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},
                                  {0xfeff, 0xfeff},   {0xfff0, 0xfffb},   {0xfffe, 0xffff},
                                  {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff}};

}  // namespace

Rune decode_rune(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  constexpr auto kInvalid = Rune{kReplacement, 1, false};
  unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return kInvalid;
  uint32_t code = first & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return kInvalid;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return kInvalid;
  return {code, size, true};
}

void append_rune(std::string& out, uint32_t code) {
  auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) code = kReplacement;
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

bool is_valid_utf8(std::string_view text) {
  // Mostly ASCII, which many characters at a time can tell.
  unsigned char all = 0;
  for (char c : text) all |= static_cast<unsigned char>(c);
  if (all < 0x80) return true;
  for (size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    Rune rune = decode_rune(text.substr(i));
    if (!rune.valid) return false;
    i += rune.size;
  }
  return true;
}

bool is_go_printable(uint32_t code) {
  if (code <= 0xff) return (code >= 0x20 && code <= 0x7e) || (code >= 0xa1 && code != 0xad);
  for (const Range& range : kUnprintable)
    if (code >= range.first && code <= range.last) return false;
  return code <= 0x10ffff;
}

}  // namespace jibe::data
