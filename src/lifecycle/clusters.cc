#include "lifecycle/clusters.h"

#include "lifecycle/contract.h"

namespace jibe::lifecycle {

void FixedClusters::add(base::ClusterName name, http::Handler& transport, rt::Runtime& runtime) {
  kube::ClientOptions options;
  options.field_manager = kFieldManager;
  options.where = "cluster " + name.str();
  clients_[name] = std::make_unique<kube::Client>(transport, runtime, options);
}

std::vector<base::ClusterName> FixedClusters::names() const {
  std::vector<base::ClusterName> out;
  for (const auto& [name, client] : clients_) out.push_back(name);
  return out;
}

kube::Client* FixedClusters::find(const base::ClusterName& name) {
  auto found = clients_.find(name);
  return found == clients_.end() ? nullptr : found->second.get();
}

}  // namespace jibe::lifecycle
