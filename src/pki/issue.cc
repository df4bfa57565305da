// Making keys, certificates and requests.
#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/error.h"
#include "base/strings.h"
#include "base/time_text.h"
#include "pki/certificate.h"
#include "pki/openssl.h"

namespace jibe::pki {

namespace {

KeyPtr new_key(KeyType type) {
  EVP_PKEY* key = nullptr;
  switch (type) {
    case KeyType::kEcP256:
      key = EVP_EC_gen("P-256");
      break;
    case KeyType::kRsa2048:
      key = EVP_RSA_gen(2048);
      break;
    case KeyType::kRsa4096:
      key = EVP_RSA_gen(4096);
      break;
  }
  check(key != nullptr, "cannot generate a key");
  return KeyPtr(key);
}

std::string key_pem(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  check(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr),
        "cannot write a key");
  return bio_text(bio.get());
}

void add_entry(X509_NAME* name, int nid, const std::string& value) {
  bool added = X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                          reinterpret_cast<const unsigned char*>(value.data()),
                                          static_cast<int>(value.size()), -1, 0) == 1;
  if (!added)
    throw base::InvalidInput(
        fmt::format("\"{}\" cannot stand in a certificate's subject: {}", value, openssl_error()));
}

// Organizations first, as Go writes them, so that RFC 4514 text (back to front) starts with CN.
void fill_subject(X509_NAME* name, const CertificateSpec& spec) {
  for (const auto& organization : spec.organizations)
    add_entry(name, NID_organizationName, organization);
  if (!spec.common_name.empty()) add_entry(name, NID_commonName, spec.common_name);
}

void add_text_name(GENERAL_NAMES* names, int type, const std::string& value) {
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  check(text != nullptr && ASN1_STRING_set(text, value.data(), static_cast<int>(value.size())) == 1,
        "cannot write a name");
  GENERAL_NAME* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, text);
  sk_GENERAL_NAME_push(names, name);
}

void add_ip_name(GENERAL_NAMES* names, const std::string& value) {
  unsigned char bytes[16];
  bool v4 = inet_pton(AF_INET, value.c_str(), bytes) == 1;
  if (!v4 && inet_pton(AF_INET6, value.c_str(), bytes) != 1)
    throw base::InvalidInput(fmt::format("\"{}\" is not an IP address", value));
  ASN1_OCTET_STRING* address = ASN1_OCTET_STRING_new();
  check(ASN1_OCTET_STRING_set(address, bytes, v4 ? 4 : 16) == 1, "cannot write an address");
  GENERAL_NAME* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, GEN_IPADD, address);
  sk_GENERAL_NAME_push(names, name);
}

GeneralNamesPtr alternative_names(const CertificateSpec& spec) {
  GeneralNamesPtr names(sk_GENERAL_NAME_new_null());
  for (const auto& name : spec.dns_names) {
    check_dns_name(name);
    add_text_name(names.get(), GEN_DNS, name);
  }
  for (const auto& ip : spec.ips) add_ip_name(names.get(), ip);
  for (const auto& uri : spec.uris) add_text_name(names.get(), GEN_URI, uri);
  return names;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  check(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1,
        "cannot write a certificate's extension");
  X509_EXTENSION_free(extension);
}

void add_usage(X509* certificate, X509* issuer, const CertificateSpec& spec) {
  if (spec.usage == Usage::kCa) {
    std::string constraints = "critical,CA:TRUE";
    if (spec.path_length) constraints += fmt::format(",pathlen:{}", *spec.path_length);
    add_extension(certificate, issuer, NID_basic_constraints, constraints);
    add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    return;
  }
  add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature,keyEncipherment");
  const char* extended = spec.usage == Usage::kServer   ? "serverAuth"
                         : spec.usage == Usage::kClient ? "clientAuth"
                                                        : "serverAuth,clientAuth";
  add_extension(certificate, issuer, NID_ext_key_usage, extended);
}

void set_serial(X509* certificate) {
  // 127 bits keep the number positive in at most 16 bytes; RFC 5280 allows 20.
  BignumPtr number(BN_new());
  check(number && BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
            BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
        "cannot make a serial number");
}

void set_times(X509* certificate, const CertificateSpec& spec) {
  if (spec.not_after <= spec.not_before)
    throw base::InvalidInput("a certificate must end after it begins");
  auto seconds = [](base::Time time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  };
  check(ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(spec.not_before)) != nullptr &&
            ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(spec.not_after)) != nullptr,
        "cannot write a certificate's times");
}

// Signed by `issuer`, or by itself where that is null.
CertPtr sign(const CertificateSpec& spec, EVP_PKEY* subject_key, X509* issuer,
             EVP_PKEY* issuer_key) {
  CertPtr certificate(X509_new());
  check(certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1,
        "cannot make a certificate");
  set_serial(certificate.get());
  set_times(certificate.get(), spec);
  fill_subject(X509_get_subject_name(certificate.get()), spec);
  X509* by = issuer != nullptr ? issuer : certificate.get();
  check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(by)) == 1 &&
            X509_set_pubkey(certificate.get(), subject_key) == 1,
        "cannot fill a certificate");
  add_extension(certificate.get(), by, NID_subject_key_identifier, "hash");
  // A certificate signed by itself needs no pointer to its signer's key.
  if (issuer != nullptr)
    add_extension(certificate.get(), by, NID_authority_key_identifier, "keyid");
  add_usage(certificate.get(), by, spec);
  auto names = alternative_names(spec);
  if (sk_GENERAL_NAME_num(names.get()) > 0) {
    int critical = X509_NAME_entry_count(X509_get_subject_name(certificate.get())) == 0 ? 1 : 0;
    check(X509_add1_ext_i2d(certificate.get(), NID_subject_alt_name, names.get(), critical, 0) == 1,
          "cannot write a certificate's names");
  }
  check(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0, "cannot sign a certificate");
  return certificate;
}

// The new certificate and what leads from it towards the root.
std::string issue_with(const Identity& ca, EVP_PKEY* subject_key, const CertificateSpec& spec) {
  auto chain = parse_certificates(ca.cert_pem, "the CA's certificate");
  X509* issuer = chain.front().get();
  if (X509_check_ca(issuer) != 1)
    throw base::InvalidInput("the certificate that should sign does not belong to a CA");
  auto ca_key = parse_key(ca.key_pem, "the CA's key");
  if (X509_check_private_key(issuer, ca_key.get()) != 1) {
    openssl_error();
    throw base::InvalidInput("the CA's key does not belong to the CA's certificate");
  }
  base::Time ca_end = time_of(X509_get0_notAfter(issuer));
  if (spec.not_after > ca_end)
    throw base::InvalidInput(fmt::format("the certificate would end at {}, after its CA at {}",
                                         base::format_rfc3339(spec.not_after),
                                         base::format_rfc3339(ca_end)));
  std::string pem = certificate_pem(sign(spec, subject_key, issuer, ca_key.get()).get());
  for (const auto& certificate : chain)
    if (!is_self_signed(certificate.get())) pem += certificate_pem(certificate.get());
  return pem;
}

RequestPtr parse_request(std::string_view pem) {
  auto bio = memory_bio(pem);
  RequestPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (!request)
    throw base::InvalidInput(
        fmt::format("the text is not a certificate request in PEM form ({})", openssl_error()));
  if (X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())) != 1)
    throw base::InvalidInput(
        fmt::format("the certificate request's own signature is wrong ({})", openssl_error()));
  return request;
}

}  // namespace

std::string generate_key(KeyType type) {
  return key_pem(new_key(type).get());
}

Identity make_self_signed(const CertificateSpec& spec) {
  auto key = new_key(spec.key_type);
  auto certificate = sign(spec, key.get(), nullptr, key.get());
  return {certificate_pem(certificate.get()), key_pem(key.get())};
}

Identity issue(const Identity& ca, const CertificateSpec& spec) {
  auto key = new_key(spec.key_type);
  return {issue_with(ca, key.get(), spec), key_pem(key.get())};
}

std::string make_request(const CertificateSpec& spec, std::string_view private_key_pem) {
  auto key = parse_key(private_key_pem);
  RequestPtr request(X509_REQ_new());
  check(request && X509_REQ_set_pubkey(request.get(), key.get()) == 1, "cannot make a request");
  fill_subject(X509_REQ_get_subject_name(request.get()), spec);
  auto names = alternative_names(spec);
  if (sk_GENERAL_NAME_num(names.get()) > 0) {
    STACK_OF(X509_EXTENSION)* extensions = nullptr;
    X509V3_add1_i2d(&extensions, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT);
    int added = X509_REQ_add_extensions(request.get(), extensions);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    check(added == 1, "cannot write a request's names");
  }
  check(X509_REQ_sign(request.get(), key.get(), EVP_sha256()) > 0, "cannot sign a request");
  BioPtr bio(BIO_new(BIO_s_mem()));
  check(bio && PEM_write_bio_X509_REQ(bio.get(), request.get()) == 1, "cannot write a request");
  return bio_text(bio.get());
}

RequestInfo inspect_request(std::string_view request_pem) {
  auto request = parse_request(request_pem);
  const X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  RequestInfo info;
  auto common = name_entries(subject, NID_commonName);
  if (!common.empty()) info.common_name = common.back();
  info.organizations = name_entries(subject, NID_organizationName);
  STACK_OF(X509_EXTENSION)* extensions = X509_REQ_get_extensions(request.get());
  GeneralNamesPtr names(static_cast<GENERAL_NAMES*>(
      X509V3_get_d2i(extensions, NID_subject_alt_name, nullptr, nullptr)));
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  if (!names) return info;
  auto found = names_of(names.get());
  info.dns_names = std::move(found.dns_names);
  info.ips = std::move(found.ips);
  info.uris = std::move(found.uris);
  return info;
}

std::string issue_for_request(const Identity& ca, std::string_view request_pem,
                              const CertificateSpec& spec) {
  auto request = parse_request(request_pem);
  return issue_with(ca, X509_REQ_get0_pubkey(request.get()), spec);
}

}  // namespace jibe::pki
