// Private keys as PEM text, in the forms that Go writes and reads.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace jibe::tmpl {

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using CertificatePtr = std::unique_ptr<X509, FreeOpenSsl>;
using BioPtr = std::unique_ptr<BIO, FreeOpenSsl>;

// These draw on OpenSSL's own random source: keys must not follow from a seed.
KeyPtr generate_rsa(int bits);
// "rsa" (4096 bits), "dsa", "ecdsa" (P-256) or "ed25519"; nullptr for any other word.
KeyPtr generate_key(std::string_view type);

// PKCS#1 for RSA, SEC 1 for EC, OpenSSL's own for DSA, PKCS#8 for the rest.
std::string key_to_pem(EVP_PKEY* key);
// Throws base::InvalidInput with Sprig's words.
KeyPtr key_from_pem(const std::string& pem);

// The first certificate of the text; nullptr where there is none, base::InvalidInput where it is
// broken.
CertificatePtr certificate_from_pem(const std::string& pem);
std::string certificate_to_pem(X509* certificate);

}  // namespace jibe::tmpl
