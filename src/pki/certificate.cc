// Reading and verifying certificates.
#include "pki/certificate.h"

#include <fmt/core.h>
#include <openssl/x509_vfy.h>

#include "base/error.h"
#include "base/strings.h"
#include "pki/digest.h"
#include "pki/openssl.h"

namespace jibe::pki {

namespace {

using StorePtr = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using StoreContextPtr = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;

std::string name_text(const X509_NAME* name) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return bio_text(bio.get());
}

std::string serial_text(X509* certificate) {
  BignumPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* hex = BN_bn2hex(number.get());
  std::string text = base::lower(hex);
  OPENSSL_free(hex);
  return text;
}

std::string fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  check(size > 0, "cannot write a certificate");
  std::string text = sha256_hex({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return text;
}

std::string key_text(X509* certificate) {
  EVP_PKEY* key = X509_get0_pubkey(certificate);
  if (key == nullptr) return "unknown";
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
    return fmt::format("RSA {}", EVP_PKEY_get_bits(key));
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
    return fmt::format("EC P-{}", EVP_PKEY_get_bits(key));
  const char* name = EVP_PKEY_get0_type_name(key);
  return name != nullptr ? name : "unknown";
}

int purpose_of(Usage usage) {
  switch (usage) {
    case Usage::kServer:
      return X509_PURPOSE_SSL_SERVER;
    case Usage::kClient:
      return X509_PURPOSE_SSL_CLIENT;
    case Usage::kServerAndClient:
    case Usage::kCa:
      break;
  }
  return X509_PURPOSE_ANY;
}

bool allows(X509* certificate, Usage usage) {
  if (usage == Usage::kCa) return X509_check_ca(certificate) == 1;
  if (usage != Usage::kServerAndClient) return true;
  return X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) == 1 &&
         X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) == 1;
}

}  // namespace

CertificateInfo inspect(std::string_view pem) {
  auto certificates = parse_certificates(pem);
  X509* certificate = certificates.front().get();
  const X509_NAME* subject = X509_get_subject_name(certificate);
  CertificateInfo info;
  info.subject = name_text(subject);
  info.issuer = name_text(X509_get_issuer_name(certificate));
  auto common = name_entries(subject, NID_commonName);
  // Go takes the last one where a subject names several.
  if (!common.empty()) info.common_name = common.back();
  info.organizations = name_entries(subject, NID_organizationName);
  GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names) {
    auto found = names_of(names.get());
    info.dns_names = std::move(found.dns_names);
    info.ips = std::move(found.ips);
    info.uris = std::move(found.uris);
  }
  info.not_before = time_of(X509_get0_notBefore(certificate));
  info.not_after = time_of(X509_get0_notAfter(certificate));
  info.is_ca = X509_check_ca(certificate) == 1;
  info.self_signed = is_self_signed(certificate);
  info.serial = serial_text(certificate);
  info.fingerprint = fingerprint_of(certificate);
  info.key = key_text(certificate);
  return info;
}

std::vector<std::string> split_bundle(std::string_view pem) {
  std::vector<std::string> parts;
  for (const auto& certificate : parse_certificates(pem, "the bundle"))
    parts.push_back(certificate_pem(certificate.get()));
  return parts;
}

bool key_matches(std::string_view cert_pem, std::string_view key_pem) {
  auto certificates = parse_certificates(cert_pem);
  auto key = parse_key(key_pem);
  bool matches = X509_check_private_key(certificates.front().get(), key.get()) == 1;
  if (!matches) openssl_error();
  return matches;
}

std::string verify_chain(std::string_view chain_pem, std::string_view roots_pem, base::Time now,
                         Usage usage) {
  auto chain = parse_certificates(chain_pem, "the certificate chain");
  auto roots = parse_certificates(roots_pem, "the bundle of roots");
  StorePtr store(X509_STORE_new());
  for (const auto& root : roots) X509_STORE_add_cert(store.get(), root.get());
  std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> untrusted(
      sk_X509_new_null(), [](STACK_OF(X509) * stack) { sk_X509_free(stack); });
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(untrusted.get(), chain[i].get());
  StoreContextPtr context(X509_STORE_CTX_new());
  X509* leaf = chain.front().get();
  check(X509_STORE_CTX_init(context.get(), store.get(), leaf, untrusted.get()) == 1,
        "cannot verify a certificate");
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(
      parameters, std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  // As Go does: whatever stands among the roots is trusted, signed by itself or not.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_purpose(parameters, purpose_of(usage));
  bool trusted = X509_verify_cert(context.get()) == 1;
  int code = X509_STORE_CTX_get_error(context.get());
  openssl_error();
  if (trusted && allows(leaf, usage)) return "";
  std::string why = trusted ? "it may not be used for this" : X509_verify_cert_error_string(code);
  X509* culprit = X509_STORE_CTX_get_current_cert(context.get());
  return fmt::format("the certificate of \"{}\" does not verify: {}",
                     name_text(X509_get_subject_name(culprit != nullptr ? culprit : leaf)), why);
}

void check_dns_name(std::string_view name) {
  std::string_view rest = name;
  if (rest.substr(0, 2) == "*.") rest.remove_prefix(2);
  if (base::is_dns_subdomain(base::lower(rest))) return;
  throw base::InvalidInput(fmt::format(
      "\"{}\" cannot stand in a certificate as a DNS name: it must consist of labels of letters, "
      "digits and '-' (RFC 1123{}), at most 253 characters in all",
      name, base::contains(name, "_") ? ", which has no '_'" : ""));
}

}  // namespace jibe::pki
