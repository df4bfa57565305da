// OpenSSL's types with owners; private to pki (and used by net for its contexts).
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace jibe::pki {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using BignumPtr = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Freer<X509_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, Freer<ASN1_TIME_free>>;

// The newest sentence of OpenSSL's error queue, which is emptied.
std::string openssl_error();
// Throws base::Error("<what>: <openssl_error()>") where `ok` is false.
void check(bool ok, std::string_view what);

BioPtr memory_bio(std::string_view text);
std::string bio_text(BIO* bio);

// `what` names the text in the sentence of the base::InvalidInput that they throw.
KeyPtr parse_key(std::string_view pem, std::string_view what = "the private key");
// At least one.
std::vector<CertPtr> parse_certificates(std::string_view pem,
                                        std::string_view what = "the certificate");
std::string certificate_pem(X509* certificate);

base::Time time_of(const ASN1_TIME* time);
bool is_self_signed(X509* certificate);

// Subject alternative names by kind.
struct AlternativeNames {
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
  std::vector<std::string> uris;
};
AlternativeNames names_of(const GENERAL_NAMES* names);
// Values of one attribute of a subject: NID_commonName, NID_organizationName.
std::vector<std::string> name_entries(const X509_NAME* name, int nid);

}  // namespace jibe::pki
