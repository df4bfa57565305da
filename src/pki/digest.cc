#include "pki/digest.h"

#include <openssl/evp.h>

#include "base/error.h"
#include "base/strings.h"
#include "pki/openssl.h"

namespace jibe::pki {

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  check(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                   nullptr, EVP_sha256(), nullptr) == 1,
        "cannot compute a digest");
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  return base::hex_encode(sha256(bytes));
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  check(context_ != nullptr &&
            EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1,
        "cannot compute a digest");
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_));
}

void Sha256::add(std::string_view bytes) {
  check(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1,
        "cannot compute a digest");
}

std::string Sha256::hex() {
  std::string digest(32, '\0');
  check(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_),
                           reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1,
        "cannot compute a digest");
  return base::hex_encode(digest);
}

std::string random_token(base::Random& random, size_t length) {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string token(length, ' ');
  // next() % 36 is uneven by less than one part in 10^17.
  for (char& c : token) c = kAlphabet[random.below(kAlphabet.size())];
  return token;
}

}  // namespace jibe::pki
