// The clusters that jibe manages, as controllers see them: a name and a client, however the cluster
// is reached (kubeconfig context, embedded twin, agent).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/names.h"
#include "kube/client.h"

namespace jibe::lifecycle {

class Clusters {
 public:
  virtual ~Clusters() = default;
  // In order of name.
  virtual std::vector<base::ClusterName> names() const = 0;
  // nullptr for a cluster that is not registered.
  virtual kube::Client* find(const base::ClusterName& name) = 0;
};

// A fixed set, for embedded clusters and for contexts of a kubeconfig file.
class FixedClusters : public Clusters {
 public:
  // The transport must outlive this object. Field manager and user agent are jibe's.
  void add(base::ClusterName name, http::Handler& transport, rt::Runtime& runtime);
  std::vector<base::ClusterName> names() const override;
  kube::Client* find(const base::ClusterName& name) override;

 private:
  std::map<base::ClusterName, std::unique_ptr<kube::Client>> clients_;
};

}  // namespace jibe::lifecycle
