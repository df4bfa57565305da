#include "tmpl/bcrypt.h"

#include <fmt/core.h>

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <memory>

#include "base/error.h"

namespace jibe::tmpl {

namespace {

constexpr size_t kSubkeys = 18;
constexpr size_t kBoxes = 4 * 256;

struct Blowfish {
  std::array<uint32_t, kSubkeys> p;
  std::array<uint32_t, kBoxes> s;
};

using boost::multiprecision::cpp_int;

// atan(1/x) as a fixed-point number with one = 1.
cpp_int arc_tangent(const cpp_int& one, unsigned x) {
  cpp_int power = one / x;
  cpp_int sum = power;
  unsigned square = x * x;
  for (unsigned n = 3; power != 0; n += 2) {
    power /= square;
    cpp_int term = power / n;
    if (n % 4 == 3)
      sum -= term;
    else
      sum += term;
  }
  return sum;
}

// Blowfish starts from the fraction of pi, here by Machin's formula rather than from a table.
Blowfish make_initial_state() {
  constexpr unsigned kWords = kSubkeys + kBoxes;
  constexpr unsigned kGuard = 64;
  cpp_int one = cpp_int(1) << (kWords * 32 + kGuard);
  cpp_int pi = 16 * arc_tangent(one, 5) - 4 * arc_tangent(one, 239);
  cpp_int fraction = (pi - 3 * one) >> kGuard;
  std::vector<uint32_t> words;
  boost::multiprecision::export_bits(fraction, std::back_inserter(words), 32);
  words.insert(words.begin(), kWords - words.size(), 0);
  Blowfish out;
  std::copy_n(words.begin(), kSubkeys, out.p.begin());
  std::copy_n(words.begin() + kSubkeys, kBoxes, out.s.begin());
  return out;
}

void encrypt(const Blowfish& b, uint32_t& left, uint32_t& right) {
  for (size_t i = 0; i < 16; ++i) {
    left ^= b.p[i];
    uint32_t f =
        ((b.s[left >> 24] + b.s[256 + ((left >> 16) & 255)]) ^ b.s[512 + ((left >> 8) & 255)]) +
        b.s[768 + (left & 255)];
    right ^= f;
    std::swap(left, right);
  }
  std::swap(left, right);
  right ^= b.p[16];
  left ^= b.p[17];
}

// Reads 32-bit words from bytes again and again.
class Cycle {
 public:
  explicit Cycle(std::string_view bytes) : bytes_(bytes) {}
  uint32_t next() {
    uint32_t word = 0;
    for (int i = 0; i < 4; ++i) {
      word = (word << 8) | static_cast<unsigned char>(bytes_[at_]);
      at_ = (at_ + 1) % bytes_.size();
    }
    return word;
  }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

void expand(Blowfish& b, std::string_view key, std::string_view salt) {
  Cycle keys(key);
  for (uint32_t& word : b.p) word ^= keys.next();
  Cycle salts(salt);
  uint32_t left = 0;
  uint32_t right = 0;
  auto fill = [&](auto& words) {
    for (size_t i = 0; i < words.size(); i += 2) {
      left ^= salts.next();
      right ^= salts.next();
      encrypt(b, left, right);
      words[i] = left;
      words[i + 1] = right;
    }
  };
  fill(b.p);
  fill(b.s);
}

std::string encode(std::string_view bytes) {
  constexpr std::string_view kAlphabet =
      "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (unsigned char c : bytes) {
    bits = (bits << 8) | c;
    count += 8;
    while (count >= 6) {
      out += kAlphabet[(bits >> (count - 6)) & 63];
      count -= 6;
    }
  }
  if (count > 0) out += kAlphabet[(bits << (6 - count)) & 63];
  return out;
}

}  // namespace

std::string bcrypt_hash(std::string_view password, std::string_view salt, int cost) {
  static const Blowfish kInitial = make_initial_state();
  constexpr size_t kMaxPassword = 72;
  if (password.size() > kMaxPassword)
    throw base::InvalidInput("bcrypt: password length exceeds 72 bytes");
  std::string key = std::string(password) + '\0';
  std::string zeros(16, '\0');
  auto state = std::make_unique<Blowfish>(kInitial);
  expand(*state, key, salt);
  for (uint64_t i = 0; i < uint64_t{1} << cost; ++i) {
    expand(*state, key, zeros);
    expand(*state, salt, zeros);
  }
  std::string text = "OrpheanBeholderScryDoubt";
  std::string cipher;
  Cycle words(text);
  for (size_t block = 0; block < text.size() / 8; ++block) {
    uint32_t left = words.next();
    uint32_t right = words.next();
    for (int i = 0; i < 64; ++i) encrypt(*state, left, right);
    for (uint32_t word : {left, right})
      for (int shift = 24; shift >= 0; shift -= 8) cipher += static_cast<char>(word >> shift);
  }
  cipher.pop_back();  // as the first implementation did
  return fmt::format("$2a${:02d}${}{}", cost, encode(salt), encode(cipher));
}

}  // namespace jibe::tmpl
