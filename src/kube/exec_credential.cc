// The document that an exec plugin prints, and the one that it reads.
#include <fmt/core.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/credentials.h"
#include "kube/time.h"

namespace jibe::kube {
namespace {

[[noreturn]] void refuse(const ExecConfig& config, const std::string& clause) {
  throw base::InvalidInput(fmt::format("the exec plugin {} {}", config.command, clause));
}

}  // namespace

Credential parse_exec_credential(std::string_view json, const ExecConfig& config) {
  data::Value document;
  try {
    document = data::parse_json(json);
  } catch (const base::InvalidInput& error) {
    refuse(config, fmt::format("printed something that is not JSON: {}", error.what()));
  }
  const std::string& kind = document["kind"].text();
  if (kind != "ExecCredential") refuse(config, "printed no ExecCredential");
  const std::string& version = document["apiVersion"].text();
  if (version != config.api_version) {
    refuse(config, fmt::format("is configured for the API version {} and printed {}",
                               config.api_version, version));
  }
  const data::Value& status = document["status"];
  if (status.is_null()) refuse(config, "printed no status");
  Credential out;
  out.token = status["token"].text();
  out.client_cert_pem = status["clientCertificateData"].text();
  out.client_key_pem = status["clientKeyData"].text();
  if (out.client_cert_pem.empty() != out.client_key_pem.empty()) {
    refuse(config, "printed a certificate without a key, or a key without a certificate");
  }
  if (out.token.empty() && out.client_cert_pem.empty()) {
    refuse(config, "printed neither a token nor a certificate");
  }
  const std::string& expires = status["expirationTimestamp"].text();
  if (!expires.empty()) {
    out.expires = parse_time(expires);
    if (!out.expires) refuse(config, fmt::format("printed the expiry \"{}\"", expires));
  }
  return out;
}

data::Value exec_info(const Connection& connection) {
  data::Value out = data::Value::map({{"kind", "ExecCredential"},
                                      {"apiVersion", connection.exec->api_version},
                                      {"spec", data::Value::map({{"interactive", false}})}});
  if (!connection.exec->provide_cluster_info) return out;
  data::Value cluster = data::Value::map({{"server", connection.server}});
  if (!connection.tls_server_name.empty()) {
    cluster.set("tls-server-name", connection.tls_server_name);
  }
  if (connection.insecure) cluster.set("insecure-skip-tls-verify", true);
  if (!connection.ca_pem.empty()) {
    cluster.set("certificate-authority-data", base::base64_encode(connection.ca_pem));
  }
  cluster.set("config", connection.cluster_extension);
  out.edit("spec").set("cluster", std::move(cluster));
  return out;
}

}  // namespace jibe::kube
