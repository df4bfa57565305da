// What Istio's in-cluster operator (up to 1.23) and `istioctl install` have in common: apply what
// an IstioOperator resource renders to, component after component, prune what it no longer renders
// to, remove all of it (operator/pkg/helmreconciler; operator/pkg/install from 1.24). Which labels
// it goes by is in istio/ownership.h.
//
// Known difference: the annotation kubectl.kubernetes.io/last-applied-configuration, which the real
// one still writes, is left out.
#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "istio/manifest.h"
#include "istio/ownership.h"
#include "istio/release.h"
#include "kube/client.h"

namespace jibe::twin {

class HelmReconciler {
 public:
  // A component's workloads may take `patience` to become ready. The client outlives it.
  HelmReconciler(kube::Client& client, istio::ReleasePtr release, base::Duration patience);

  // Applies and prunes; gives an InstallStatus: {status, componentStatus.<name>.{status, error}}.
  // An object that is as this reconciler applied it last is not applied again, whatever became of
  // it in the cluster. A component's failure is in the status; throws where nothing can be
  // rendered.
  Task<data::Value> reconcile(data::Value iop, istio::Owner owner);
  // Removes what the resource owns. From 1.16 on a control plane with a revision is not removed
  // while proxies are connected to it: throws base::Error that names them.
  Task<void> remove(data::Value iop, istio::Owner owner);
  // The object was deleted: it is to be applied again.
  void forget(const data::Value& object);

 private:
  // group, kind, namespace, name
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  static Key key_of(const data::Value& object);

  Task<std::vector<istio::ComponentManifest>> render(data::Value iop);
  Task<void> ensure_istio_namespace(data::Value iop);
  Task<void> apply_component(istio::ComponentManifest component, istio::Owner owner);
  Task<void> wait_for(std::vector<data::Value> objects);
  Task<void> prune(std::vector<istio::ComponentManifest> wanted, istio::Owner owner);
  Task<std::vector<data::Value>> list(kube::Gvr gvr, std::string labels);
  Task<void> refuse_while_connected(istio::Owner owner);
  Task<void> remove_matching(std::string labels);

  kube::Client& client_;
  istio::ReleasePtr release_;
  base::Duration patience_;
  // As applied last.
  std::map<Key, data::Value> applied_;
};

}  // namespace jibe::twin
