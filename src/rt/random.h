// The two sources of randomness; private to src/rt.
#pragma once
#include <array>
#include <cstddef>

#include "base/random.h"

namespace jibe::rt {

// xoshiro256** of Blackman and Vigna, its state filled by splitmix64: the same seed gives the same
// numbers on every machine.
class SeededRandom : public base::Random {
 public:
  explicit SeededRandom(uint64_t seed);
  uint64_t next() override;

 private:
  std::array<uint64_t, 4> state_;
};

// The kernel's generator, fit for tokens and keys.
class KernelRandom : public base::Random {
 public:
  uint64_t next() override;

 private:
  std::array<uint64_t, 32> buffer_;
  size_t left_ = 0;
};

}  // namespace jibe::rt
