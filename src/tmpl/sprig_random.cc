// Random strings and numbers, from the rendering's own source.
#include <fmt/core.h>

#include "base/strings.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::string draw(base::Random& random, int64_t count, std::string_view alphabet) {
  constexpr int64_t kMost = 1 << 26;
  if (count > kMost) throw InvalidInput("the random string asked for is too long");
  std::string out;
  for (int64_t i = 0; i < count; ++i) out += alphabet[random.below(alphabet.size())];
  return out;
}

std::string random_bytes(base::Random& random, size_t count) {
  std::string out(count, '\0');
  for (char& c : out) c = static_cast<char>(random.next() >> 56);
  return out;
}

std::string uuid_v4(base::Random& random) {
  std::string bytes = random_bytes(random, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  std::string hex = base::hex_encode(bytes);
  for (size_t at : {20, 16, 12, 8}) hex.insert(at, "-");
  return hex;
}

std::string shuffled(base::Random& random, std::string_view text) {
  std::vector<char32_t> runes = to_runes(text);
  for (size_t i = runes.size(); i > 1; --i) std::swap(runes[i - 1], runes[random.below(i)]);
  return from_runes(runes);
}

void add_alphabet(FunctionTable& table, const char* name, std::string alphabet) {
  table.add(name, "int", [alphabet](CallContext& c, Args a) {
    return Any(draw(c.random(), a[0].as_int(), alphabet));
  });
}

}  // namespace

void add_random(FunctionTable& table) {
  std::string ascii;
  for (char c = ' '; c < 127; ++c) ascii += c;
  add_alphabet(table, "randAlphaNum", std::string(kLetters) + std::string(kDigits));
  add_alphabet(table, "randAlpha", std::string(kLetters));
  add_alphabet(table, "randNumeric", std::string(kDigits));
  add_alphabet(table, "randAscii", ascii);
  table.add("randBytes", "int", [](CallContext& c, Args a) {
    if (a[0].as_int() < 0) throw InvalidInput("runtime error: makeslice: len out of range");
    auto count = static_cast<size_t>(a[0].as_int());
    return Any(base::base64_encode(random_bytes(c.random(), count)));
  });
  table.add("randInt", "int, int", [](CallContext& c, Args a) {
    int64_t least = a[0].as_int();
    int64_t width = a[1].as_int() - least;
    if (width <= 0) throw InvalidInput("invalid argument to Intn");
    auto offset = static_cast<int64_t>(c.random().below(static_cast<uint64_t>(width)));
    return Any::integer(least + offset);
  });
  table.add("shuffle", "string",
            [](CallContext& c, Args a) { return Any(shuffled(c.random(), a[0].as_string())); });
  table.add("uuidv4", "", [](CallContext& c, Args) { return Any(uuid_v4(c.random())); });
}

}  // namespace jibe::tmpl
