#include "twin/serve.h"

#include <fmt/core.h>

#include <map>

#include "base/coroutine.h"
#include "base/strings.h"
#include "http/server.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "rt/sync.h"
#include "rt/task_group.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

using data::Value;

constexpr auto kValidity = std::chrono::hours(24 * 365);

pki::CertificateSpec spec_of(const std::string& common_name, pki::Usage usage, base::Time now) {
  pki::CertificateSpec spec;
  spec.common_name = common_name;
  spec.usage = usage;
  // Clocks of clients may be a little behind.
  spec.not_before = now - std::chrono::minutes(5);
  spec.not_after = now + kValidity;
  return spec;
}

net::TlsServerOptions tls_options(const ServeOptions& options, base::Time now) {
  pki::CertificateSpec spec = spec_of("kube-apiserver", pki::Usage::kServer, now);
  spec.dns_names = {"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                    "kubernetes.default.svc.cluster.local"};
  spec.ips = {options.host};
  const pki::Identity server = pki::issue(options.ca, spec);
  net::TlsServerOptions tls;
  tls.cert_pem = server.cert_pem;
  tls.key_pem = server.key_pem;
  tls.client_ca_pem = options.ca.cert_pem;
  tls.client_certificate = net::ClientCertificate::kOptional;
  return tls;
}

// Sends requests to whatever stands behind a LoadBalancer address at the time.
class Forward : public http::Handler {
 public:
  Forward(Cluster& cluster, std::string ip, int port)
      : cluster_(cluster), ip_(std::move(ip)), port_(port) {}

  Task<http::Response> handle(http::Request request) override {
    http::Handler* target = cluster_.connect(ip_, port_);
    if (target == nullptr) {
      co_return http::make_response(503, "text/plain",
                                    "no pod that is ready listens behind this address\n");
    }
    http::Response response = co_await target->handle(std::move(request));
    co_return response;
  }

 private:
  Cluster& cluster_;
  std::string ip_;
  int port_;
};

struct Opening {
  Opening(Cluster& cluster, std::unique_ptr<net::Listener> l, const std::string& ip, int port)
      : listener(std::move(l)), forward(cluster, ip, port), server(cluster.runtime(), forward) {}
  std::unique_ptr<net::Listener> listener;
  Forward forward;
  http::Server server;
};

Task<void> serve_opening(std::shared_ptr<Opening> opening) {
  co_await opening->server.serve(*opening->listener);
}

using Addresses = std::map<std::string, std::pair<std::string, int>>;

Addresses wanted_addresses(Cluster& cluster) {
  Addresses wanted;
  for (const Value& service : cluster.api().items(kServices))
    for (const Value& ingress : service["status"]["loadBalancer"]["ingress"].items())
      for (const Value& port : service["spec"]["ports"].items()) {
        const std::string& ip = ingress["ip"].text();
        const auto number = static_cast<int>(port["port"].int_or(0));
        if (ip.starts_with("127.") && port["protocol"].text() != "UDP")
          wanted[net::join_host_port(ip, number)] = {ip, number};
      }
  return wanted;
}

class LoadBalancers {
 public:
  explicit LoadBalancers(Cluster& cluster)
      : cluster_(cluster),
        changed_(cluster.runtime()),
        group_(cluster.runtime()),
        subscription_(
            cluster.api().subscribe(kServices, [this](const WatchEvent&) { changed_.set(); })) {}

  Task<void> run() {
    std::exception_ptr end;
    try {
      while (true) {
        changed_.reset();
        reconcile();
        co_await changed_.wait();
      }
    } catch (...) {
      end = std::current_exception();
    }
    for (const auto& [address, opening] : open_)
      if (opening) opening->listener->close();
    co_await group_.stop();
    std::rethrow_exception(end);
  }

 private:
  void reconcile() {
    const Addresses wanted = wanted_addresses(cluster_);
    std::erase_if(open_, [&](const auto& entry) {
      if (wanted.contains(entry.first)) return false;
      if (entry.second) entry.second->listener->close();
      return true;
    });
    for (const auto& [address, where] : wanted)
      if (!open_.contains(address)) open_[address] = try_open(address, where.first, where.second);
  }

  // nullptr where the address cannot be had: it is not tried again while the Service has it.
  std::shared_ptr<Opening> try_open(const std::string& address, const std::string& ip, int port) {
    try {
      auto opening = std::make_shared<Opening>(
          cluster_, net::listen_tcp(cluster_.runtime(), ip, port), ip, port);
      group_.spawn("load balancer " + address, serve_opening(opening));
      return opening;
    } catch (const base::Error& error) {
      cluster_.runtime().log().warning(
          "a LoadBalancer address is reachable inside of the cluster alone",
          {{"cluster", cluster_.name().str()}, {"address", address}, {"error", error.what()}});
      return nullptr;
    }
  }

  Cluster& cluster_;
  rt::Event changed_;
  rt::TaskGroup group_;
  std::map<std::string, std::shared_ptr<Opening>> open_;
  std::unique_ptr<Subscription> subscription_;
};

Task<void> serve_load_balancers(Cluster& cluster) {
  LoadBalancers balancers(cluster);
  co_await balancers.run();
}

}  // namespace

pki::Identity make_cluster_ca(const std::string& cluster, base::Time now) {
  pki::CertificateSpec spec = spec_of(cluster + "-ca", pki::Usage::kCa, now);
  spec.not_after += std::chrono::hours(24);
  return pki::make_self_signed(spec);
}

ClusterSockets::ClusterSockets(Cluster& cluster, ServeOptions options)
    : cluster_(cluster), options_(std::move(options)) {
  rt::Runtime& runtime = cluster.runtime();
  listener_ = net::tls_listener(runtime, net::listen_tcp(runtime, options_.host, options_.port),
                                tls_options(options_, runtime.now()));
}

ClusterSockets::~ClusterSockets() = default;

int ClusterSockets::port() const {
  return listener_->port();
}

AdminAccess ClusterSockets::admin() const {
  pki::CertificateSpec spec =
      spec_of("kubernetes-admin", pki::Usage::kClient, cluster_.runtime().now());
  spec.organizations = {"system:masters"};
  const pki::Identity client = pki::issue(options_.ca, spec);
  return {"https://" + net::join_host_port(options_.host, port()), options_.ca.cert_pem,
          client.cert_pem, client.key_pem};
}

Task<void> ClusterSockets::run() {
  rt::TaskGroup group(cluster_.runtime());
  http::Server server(cluster_.runtime(), cluster_.http());
  group.spawn("api server of " + cluster_.name().str(), server.serve(*listener_));
  if (options_.load_balancers)
    group.spawn("load balancers of " + cluster_.name().str(), serve_load_balancers(cluster_));
  co_await group.join();
}

Value make_kubeconfig(const std::vector<KubeconfigEntry>& entries) {
  Value clusters = Value::list();
  Value users = Value::list();
  Value contexts = Value::list();
  for (const KubeconfigEntry& entry : entries) {
    const std::string& name = entry.context.str();
    clusters.push_back(
        Value::map({{"name", name},
                    {"cluster", Value::map({{"server", entry.access.server},
                                            {"certificate-authority-data",
                                             base::base64_encode(entry.access.ca_pem)}})}}));
    users.push_back(Value::map(
        {{"name", name},
         {"user",
          Value::map({{"client-certificate-data", base::base64_encode(entry.access.cert_pem)},
                      {"client-key-data", base::base64_encode(entry.access.key_pem)}})}}));
    contexts.push_back(
        Value::map({{"name", name}, {"context", Value::map({{"cluster", name}, {"user", name}})}}));
  }
  const std::string current = entries.empty() ? "" : entries.front().context.str();
  return Value::map({{"apiVersion", "v1"},
                     {"kind", "Config"},
                     {"current-context", current},
                     {"clusters", clusters},
                     {"users", users},
                     {"contexts", contexts}});
}

}  // namespace jibe::twin
