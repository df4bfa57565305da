#include "rt/random.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/error.h"

namespace jibe::rt {

SeededRandom::SeededRandom(uint64_t seed) {
  for (auto& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

uint64_t SeededRandom::next() {
  auto& s = state_;
  uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

uint64_t KernelRandom::next() {
  if (left_ == 0) {
    // Up to 256 bytes come whole and are not interrupted by signals (getrandom(2)).
    ssize_t got = getrandom(buffer_.data(), sizeof(buffer_), 0);
    if (got != static_cast<ssize_t>(sizeof(buffer_)))
      throw base::Error(std::string("the kernel gave no random numbers: ") + std::strerror(errno));
    left_ = buffer_.size();
  }
  uint64_t word = std::exchange(buffer_[--left_], 0);
  return word;
}

}  // namespace jibe::rt
