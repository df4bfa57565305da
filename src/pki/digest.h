// Digests and tokens.
#pragma once
#include <string>
#include <string_view>

#include "base/random.h"

namespace jibe::pki {

std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits
// SHA-256 of pieces that come one after the other.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  // Once, after the last piece.
  std::string hex();

 private:
  void* context_;
};

// `length` characters of [a-z0-9]; with the real runtime's random() it is fit for secrets.
std::string random_token(base::Random& random, size_t length);

}  // namespace jibe::pki
