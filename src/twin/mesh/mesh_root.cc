#include "twin/mesh/mesh_root.h"

#include "base/coroutine.h"
#include "base/strings.h"
#include "pki/certificate.h"
#include "twin/controllers/kinds.h"

namespace jibe::twin {

using data::Value;

namespace {

constexpr const char* kOwnSecret = "istio-ca-secret";
constexpr base::Duration kLifetime = std::chrono::hours(24 * 3650);

std::string decoded(const Value& secret, const char* key) {
  return base::base64_decode(secret["data"][key].text());
}

Value new_secret(const std::string& ns, const std::string& trust_domain, base::Time now) {
  pki::CertificateSpec spec;
  spec.organizations = {trust_domain};
  spec.usage = pki::Usage::kCa;
  spec.not_before = now;
  spec.not_after = now + kLifetime;
  const pki::Identity root = pki::make_self_signed(spec);
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "Secret"},
                     {"type", "istio.io/ca-root"},
                     {"metadata", Value::map({{"name", kOwnSecret}, {"namespace", ns}})},
                     {"data", Value::map({{"ca-cert.pem", base::base64_encode(root.cert_pem)},
                                          {"ca-key.pem", base::base64_encode(root.key_pem)},
                                          {"cert-chain.pem", ""},
                                          {"key.pem", ""},
                                          {"root-cert.pem", ""}})}});
}

}  // namespace

Task<std::string> ensure_mesh_root(kube::Client& client, std::string ns, std::string trust_domain) {
  const auto plugged = co_await client.try_get(kSecrets, {ns, "cacerts"});
  if (plugged) co_return decoded(*plugged, "root-cert.pem");
  auto own = co_await client.try_get(kSecrets, {ns, kOwnSecret});
  if (!own) {
    try {
      own = co_await client.create(kSecrets, new_secret(ns, trust_domain, client.runtime().now()));
    } catch (const kube::StatusError& error) {
      if (!error.is_already_exists()) throw;
    }
  }
  // Another istiod was faster.
  if (!own) own = co_await client.get(kSecrets, {ns, kOwnSecret});
  co_return decoded(*own, "ca-cert.pem");
}

}  // namespace jibe::twin
