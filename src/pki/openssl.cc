#include "pki/openssl.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/error.h"

namespace jibe::pki {

std::string openssl_error() {
  unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "unknown error";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", code);
}

void check(bool ok, std::string_view what) {
  if (!ok) throw base::Error(fmt::format("{}: {}", what, openssl_error()));
}

BioPtr memory_bio(std::string_view text) {
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  check(bio != nullptr, "cannot read from memory");
  return bio;
}

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

KeyPtr parse_key(std::string_view pem, std::string_view what) {
  auto bio = memory_bio(pem);
  // Without this callback OpenSSL would ask for a passphrase on the terminal.
  auto no_passphrase = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key)
    throw base::InvalidInput(fmt::format("{} is not an unencrypted private key in PEM form ({})",
                                         what, openssl_error()));
  return key;
}

std::vector<CertPtr> parse_certificates(std::string_view pem, std::string_view what) {
  auto bio = memory_bio(pem);
  std::vector<CertPtr> certificates;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    certificates.emplace_back(certificate);
  bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end || certificates.empty())
    throw base::InvalidInput(
        fmt::format("{} is not a certificate in PEM form ({})", what, openssl_error()));
  ERR_clear_error();
  return certificates;
}

std::string certificate_pem(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  check(bio && PEM_write_bio_X509(bio.get(), certificate) == 1, "cannot write a certificate");
  return bio_text(bio.get());
}

base::Time time_of(const ASN1_TIME* time) {
  TimePtr epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  check(ASN1_TIME_diff(&days, &seconds, epoch.get(), time) == 1,
        "cannot read a certificate's time");
  auto span = std::chrono::seconds(int64_t{days} * 86'400 + seconds);
  // Certificates "without end" (year 9999) lie beyond what 64 bits of nanoseconds reach.
  auto last = std::chrono::floor<std::chrono::seconds>(base::Time::max().time_since_epoch());
  return base::Time(std::min<std::chrono::seconds>(span, last));
}

bool is_self_signed(X509* certificate) {
  return X509_self_signed(certificate, 0) == 1;
}

namespace {

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

std::string ip_text(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return "";
  inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof(text));
  return text;
}

}  // namespace

AlternativeNames names_of(const GENERAL_NAMES* names) {
  AlternativeNames found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) found.dns_names.push_back(text_of(name->d.dNSName));
    if (name->type == GEN_URI) found.uris.push_back(text_of(name->d.uniformResourceIdentifier));
    if (name->type == GEN_IPADD) found.ips.push_back(ip_text(name->d.iPAddress));
  }
  return found;
}

std::vector<std::string> name_entries(const X509_NAME* name, int nid) {
  std::vector<std::string> entries;
  for (int i = X509_NAME_get_index_by_NID(name, nid, -1); i >= 0;
       i = X509_NAME_get_index_by_NID(name, nid, i)) {
    unsigned char* utf8 = nullptr;
    int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
    if (size < 0) continue;
    entries.emplace_back(reinterpret_cast<char*>(utf8), static_cast<size_t>(size));
    OPENSSL_free(utf8);
  }
  return entries;
}

}  // namespace jibe::pki
