#include "tmpl/private_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::tmpl {

namespace {

using base::InvalidInput;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, FreeOpenSsl>;

KeyPtr generated(EVP_PKEY_CTX* context) {
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_generate(context, &key) != 1) throw base::Error("OpenSSL cannot generate a key");
  return KeyPtr(key);
}

KeyPtr generate_simple(const char* algorithm) {
  ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY_keygen_init(context.get());
  return generated(context.get());
}

KeyPtr generate_dsa() {
  ContextPtr parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
  EVP_PKEY_paramgen_init(parameters.get());
  EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters.get(), 2048);
  EVP_PKEY_CTX_set_dsa_paramgen_q_bits(parameters.get(), 256);
  KeyPtr form = generated(parameters.get());
  ContextPtr context(EVP_PKEY_CTX_new_from_pkey(nullptr, form.get(), nullptr));
  EVP_PKEY_keygen_init(context.get());
  return generated(context.get());
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

BioPtr reader(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// The word of the first "-----BEGIN …-----"; empty without one.
std::string block_type(const std::string& pem) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  size_t begin = pem.find(kBegin);
  if (begin == std::string::npos) return "";
  begin += kBegin.size();
  size_t end = pem.find("-----", begin);
  return end == std::string::npos ? "" : pem.substr(begin, end - begin);
}

}  // namespace

KeyPtr generate_rsa(int bits) {
  ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits);
  return generated(context.get());
}

KeyPtr generate_key(std::string_view type) {
  if (type.empty() || type == "rsa") return generate_rsa(4096);
  if (type == "dsa") return generate_dsa();
  if (type == "ed25519") return generate_simple("ED25519");
  if (type != "ecdsa") return nullptr;
  return KeyPtr(EVP_EC_gen("P-256"));
}

std::string key_to_pem(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  int id = EVP_PKEY_get_base_id(key);
  bool traditional = id == EVP_PKEY_RSA || id == EVP_PKEY_EC || id == EVP_PKEY_DSA;
  int ok = traditional
               ? PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr,
                                                      nullptr)
               : PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  if (ok != 1) throw base::Error("OpenSSL cannot write a private key");
  return text_of(bio.get());
}

KeyPtr key_from_pem(const std::string& pem) {
  std::string type = block_type(pem);
  if (type.empty()) throw InvalidInput("no PEM data in input");
  if (!type.ends_with("PRIVATE KEY"))
    throw InvalidInput("no private key data in PEM block of type " + type);
  std::string form = type.substr(0, type.size() - std::string("PRIVATE KEY").size());
  form = base::trim(form);
  if (form != "" && form != "RSA" && form != "EC" && form != "DSA")
    throw InvalidInput("invalid private key type " + form);
  // Without a pass phrase: an encrypted key must not ask at the terminal.
  auto no_pass_phrase = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  if (!key)
    throw InvalidInput(form.empty() ? "decoding PEM as PKCS#8: the data is not a private key"
                                    : "parsing " + form +
                                          " private key from PEM: the data is not a private key");
  return key;
}

CertificatePtr certificate_from_pem(const std::string& pem) {
  if (block_type(pem).empty()) return nullptr;
  CertificatePtr out(PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!out) throw InvalidInput("x509: malformed certificate");
  return out;
}

std::string certificate_to_pem(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(bio.get(), certificate) != 1)
    throw base::Error("OpenSSL cannot write a certificate");
  return text_of(bio.get());
}

}  // namespace jibe::tmpl
