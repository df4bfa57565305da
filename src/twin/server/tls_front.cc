#include "twin/server/tls_front.h"

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/yaml.h"
#include "http/server.h"
#include "net/tcp.h"
#include "net/tls.h"

namespace jibe::twin {

namespace {

using data::Value;

constexpr base::Duration kYear = std::chrono::hours(24 * 365);
// Clocks of clients may be a little behind.
constexpr base::Duration kSlack = std::chrono::hours(1);

pki::CertificateSpec valid_for(base::Time now, base::Duration span) {
  pki::CertificateSpec spec;
  spec.not_before = now - kSlack;
  spec.not_after = now + span;
  return spec;
}

pki::Identity make_server_identity(const pki::Identity& ca, const FrontOptions& options,
                                   base::Time now) {
  pki::CertificateSpec spec = valid_for(now, 5 * kYear);
  spec.common_name = "kube-apiserver";
  spec.dns_names = {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                    "kubernetes.default.svc.cluster.local"};
  spec.ips = {options.host};
  spec.usage = pki::Usage::kServer;
  return pki::issue(ca, spec);
}

}  // namespace

pki::Identity make_cluster_ca(const std::string& cluster, base::Time now) {
  pki::CertificateSpec spec = valid_for(now, 10 * kYear);
  spec.common_name = cluster + " kubernetes CA";
  spec.usage = pki::Usage::kCa;
  return pki::make_self_signed(spec);
}

struct TlsFront::State {
  State(rt::Runtime& r, http::Handler& handler, FrontOptions o)
      : runtime(r),
        options(std::move(o)),
        ca(options.ca ? *options.ca : make_cluster_ca(options.cluster_name, r.now())),
        server(r, handler) {}
  rt::Runtime& runtime;
  FrontOptions options;
  pki::Identity ca;
  http::Server server;
  std::unique_ptr<net::Listener> listener;
};

TlsFront::TlsFront(rt::Runtime& runtime, http::Handler& handler, FrontOptions options) {
  if (!options.host.starts_with("127.")) {
    throw base::InvalidInput("the embedded cluster " + options.cluster_name +
                             " listens on loopback alone; " + options.host +
                             " is no address in 127.0.0.0/8");
  }
  state_ = std::make_unique<State>(runtime, handler, std::move(options));
  const FrontOptions& chosen = state_->options;
  pki::Identity identity = make_server_identity(state_->ca, chosen, runtime.now());
  net::TlsServerOptions tls;
  tls.cert_pem = identity.cert_pem;
  tls.key_pem = identity.key_pem;
  tls.client_ca_pem = state_->ca.cert_pem;
  tls.client_certificate = net::ClientCertificate::kOptional;
  state_->listener =
      net::tls_listener(runtime, net::listen_tcp(runtime, chosen.host, chosen.port), tls);
}

TlsFront::~TlsFront() = default;

int TlsFront::port() const {
  return state_->listener->port();
}

std::string TlsFront::url() const {
  return "https://" + net::join_host_port(state_->options.host, port());
}

const pki::Identity& TlsFront::ca() const {
  return state_->ca;
}

pki::Identity TlsFront::issue_client(const std::string& user,
                                     const std::vector<std::string>& groups) const {
  pki::CertificateSpec spec = valid_for(state_->runtime.now(), 5 * kYear);
  spec.common_name = user;
  spec.organizations = groups;
  spec.usage = pki::Usage::kClient;
  return pki::issue(state_->ca, spec);
}

Task<void> TlsFront::serve() {
  return state_->server.serve(*state_->listener);
}

Task<void> TlsFront::stop() {
  state_->listener->close();
  return state_->server.stop();
}

std::string make_kubeconfig(const std::vector<KubeconfigEntry>& entries,
                            const std::string& current) {
  Value clusters = Value::list();
  Value contexts = Value::list();
  Value users = Value::list();
  for (const KubeconfigEntry& entry : entries) {
    auto cluster = Value::map(
        {{"server", entry.url}, {"certificate-authority-data", base::base64_encode(entry.ca_pem)}});
    clusters.push_back(Value::map({{"name", entry.name}, {"cluster", cluster}}));
    auto context = Value::map({{"cluster", entry.name}, {"user", entry.name}});
    if (!entry.ns.empty()) context.set("namespace", entry.ns);
    contexts.push_back(Value::map({{"name", entry.name}, {"context", context}}));
    auto user = Value::map({{"client-certificate-data", base::base64_encode(entry.client.cert_pem)},
                            {"client-key-data", base::base64_encode(entry.client.key_pem)}});
    users.push_back(Value::map({{"name", entry.name}, {"user", user}}));
  }
  std::string chosen = current;
  if (chosen.empty() && !entries.empty()) chosen = entries.front().name;
  return data::to_yaml(Value::map({{"apiVersion", "v1"},
                                   {"kind", "Config"},
                                   {"preferences", Value::map()},
                                   {"clusters", clusters},
                                   {"contexts", contexts},
                                   {"users", users},
                                   {"current-context", chosen}}));
}

}  // namespace jibe::twin
