#include "cli/embedded.h"

#include <fmt/core.h>

#include <fstream>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "cli/app_pods.h"
#include "cli/installer_pod.h"
#include "cli/releases.h"
#include "data/yaml.h"
#include "twin/mesh/mesh.h"
#include "twin/mesh/operator.h"
#include "twin/serve.h"
#include "twin/server/server.h"

namespace jibe::cli {

namespace {

// Adds a bearer token to every request: the identity of an administrator, without a socket.
class AdminTransport : public http::Handler {
 public:
  AdminTransport(twin::Cluster& cluster, std::string token)
      : cluster_(cluster), header_("Bearer " + token) {
    twin::Caller caller;
    caller.user = "jibe-admin";
    cluster.server().add_token(std::move(token), caller);
  }
  Task<http::Response> handle(http::Request request) override {
    request.headers.set("Authorization", header_);
    auto response = co_await cluster_.http().handle(std::move(request));
    co_return response;
  }

 private:
  twin::Cluster& cluster_;
  std::string header_;
};

// What runs in the pods of every embedded cluster.
void add_behaviours(twin::Cluster& cluster, Releases* releases) {
  cluster.add_behaviour(kJibeImagePattern, installer_behaviour());
  add_app_behaviours(cluster);
  twin::add_mesh(cluster);
  if (!releases) return;
  auto release_of = [releases](const std::string& tag) { return releases->of_tag(tag); };
  cluster.add_behaviour(twin::kOperatorImagePattern, twin::operator_behaviour(release_of));
}

std::string random_token(rt::Runtime& runtime) {
  std::string bytes;
  for (int i = 0; i < 3; ++i) {
    uint64_t word = runtime.random().next();
    for (int k = 0; k < 8; ++k) bytes += static_cast<char>(word >> (8 * k));
  }
  return base::hex_encode(bytes);
}

}  // namespace

EmbeddedClusters::EmbeddedClusters(rt::Runtime& runtime, EmbeddedOptions options)
    : runtime_(runtime) {
  int index = 0;
  for (const auto& name : options.names) {
    Member member;
    member.ca = twin::make_cluster_ca(name.str(), runtime.now());
    twin::ClusterOptions cluster;
    cluster.name = name;
    cluster.start_delay = options.start_delay;
    cluster.ready_delay = options.ready_delay;
    cluster.index = ++index;
    cluster.ca_pem = member.ca.cert_pem;
    member.cluster = twin::make_cluster(runtime, cluster);
    add_behaviours(*member.cluster, options.releases);
    member.admin = std::make_unique<AdminTransport>(*member.cluster, random_token(runtime));
    members_.push_back(std::move(member));
  }
}

Task<void> EmbeddedClusters::start(rt::TaskGroup& group) {
  for (auto& member : members_)
    group.spawn("cluster " + member.cluster->name().str(), member.cluster->run());
  for (auto& member : members_) co_await member.cluster->wait_ready();
}

EmbeddedClusters::Member& EmbeddedClusters::member(const base::ClusterName& name) {
  for (auto& member : members_)
    if (member.cluster->name() == name) return member;
  throw base::InvalidInput(fmt::format("there is no embedded cluster \"{}\"", name.str()));
}

twin::Cluster& EmbeddedClusters::find(const base::ClusterName& name) {
  return *member(name).cluster;
}

http::Handler& EmbeddedClusters::admin(const base::ClusterName& name) {
  return *member(name).admin;
}

EmbeddedClusters::~EmbeddedClusters() = default;

void EmbeddedClusters::serve(rt::TaskGroup& group, const std::string& kubeconfig) {
  std::vector<twin::KubeconfigEntry> entries;
  for (auto& member : members_) {
    twin::ServeOptions options;
    options.ca = member.ca;
    member.sockets = std::make_unique<twin::ClusterSockets>(*member.cluster, options);
    group.spawn("sockets", member.sockets->run());
    entries.push_back({base::ContextName(member.cluster->name().str()), member.sockets->admin()});
  }
  std::ofstream out(kubeconfig, std::ios::trunc);
  out << data::to_yaml(twin::make_kubeconfig(entries));
  if (!out.flush()) throw base::InvalidInput(fmt::format("cannot write {}", kubeconfig));
}

}  // namespace jibe::cli
