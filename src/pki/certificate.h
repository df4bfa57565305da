// Keys and X.509 certificates as PEM text.
//
// Pure apart from the randomness of keys and serial numbers, which is OpenSSL's. Everything throws
// base::InvalidInput with a sentence where text does not parse or a rule is broken.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace jibe::pki {

enum class KeyType { kEcP256, kRsa2048, kRsa4096 };

// PKCS #8, "-----BEGIN PRIVATE KEY-----".
std::string generate_key(KeyType type = KeyType::kEcP256);

// A certificate and the key that belongs to it. cert_pem may hold more certificates: the rest of
// the chain, without the root.
struct Identity {
  std::string cert_pem;
  std::string key_pem;
};

enum class Usage { kServer, kClient, kServerAndClient, kCa };

struct CertificateSpec {
  std::string common_name;
  std::vector<std::string> organizations;
  // DNS names obey RFC 1123 (no underscores: Go, and with it every part of Kubernetes and Istio,
  // refuses them); a leading "*." is allowed.
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
  std::vector<std::string> uris;
  Usage usage = Usage::kServer;
  // kCa only: how many CAs may stand below; nullopt = any number.
  std::optional<int> path_length;
  base::Time not_before;
  base::Time not_after;
  KeyType key_type = KeyType::kEcP256;
};

// A new key and a certificate that signs itself.
Identity make_self_signed(const CertificateSpec& spec);
// A new key and a certificate signed by `ca`. Its cert_pem ends with ca's own chain where `ca` is
// not self-signed. Refuses a validity that outlives the CA's.
Identity issue(const Identity& ca, const CertificateSpec& spec);

// PKCS #10: subject and SANs from `spec`, signed with `key_pem`.
std::string make_request(const CertificateSpec& spec, std::string_view key_pem);
struct RequestInfo {
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
  std::vector<std::string> uris;
};
// Throws where the request's own signature is wrong.
RequestInfo inspect_request(std::string_view request_pem);
// A certificate (with chain) for the request's key; everything else comes from `spec`.
std::string issue_for_request(const Identity& ca, std::string_view request_pem,
                              const CertificateSpec& spec);

struct CertificateInfo {
  std::string subject;  // RFC 4514: "CN=admin,O=system:masters"
  std::string issuer;
  std::string common_name;
  std::vector<std::string> organizations;
  std::vector<std::string> dns_names;
  std::vector<std::string> ips;
  std::vector<std::string> uris;
  base::Time not_before;
  base::Time not_after;
  bool is_ca = false;
  bool self_signed = false;
  std::string serial;       // lower-case hex
  std::string fingerprint;  // SHA-256 of the DER form, lower-case hex
  std::string key;          // "EC P-256", "RSA 2048"
};
// The first certificate of the text.
CertificateInfo inspect(std::string_view pem);
// Every certificate of a bundle as its own PEM text; what stands between them is dropped.
std::vector<std::string> split_bundle(std::string_view pem);
// True where the key belongs to the first certificate.
bool key_matches(std::string_view cert_pem, std::string_view key_pem);

// "" where the first certificate of `chain_pem` leads to a root of `roots_pem` at that time, with
// the rest of the chain as intermediates; otherwise a sentence that says why not.
std::string verify_chain(std::string_view chain_pem, std::string_view roots_pem, base::Time now,
                         Usage usage);

// Throws base::InvalidInput where `name` cannot stand in a certificate as a DNS name.
void check_dns_name(std::string_view name);

}  // namespace jibe::pki
