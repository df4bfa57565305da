// The controllers of IstioLifecycleManager and GatewayLifecycleManager. They differ in what they
// want of a cluster (wanted_of_*); what happens with it is the same.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/kinds.h"
#include "api/lifecycle.h"
#include "api/status.h"
#include "control/controller.h"
#include "control/events.h"
#include "istio/chart_store.h"
#include "kube/client.h"
#include "lifecycle/clusters.h"
#include "lifecycle/workload_cluster.h"

namespace jibe::lifecycle {

// One revision in one cluster, as the user asked for it.
struct Wanted {
  base::ClusterName cluster;
  base::Revision revision;
  base::Revision control_plane;  // of a gateway: the revision that it connects to
  bool gateway = false;
  bool active = false;  // defaultRevision, activeGateway
  std::string trust_domain;
  data::Value operator_spec;
  api::IstioController controller;  // of a control plane
};

// A user's object in the form that both kinds share.
struct Wish {
  api::ObjectHead head;
  std::vector<Wanted> wanted;
  std::string problem;  // "" = usable
  // What the status said when the reconciler looked.
  api::InstallationStatuses before;
};
Wish wish_of_istio(const data::Value& object, const std::vector<istio::Version>& known);
Wish wish_of_gateway(const data::Value& object, const std::vector<istio::Version>& known);

class ManagerReconciler : public control::Reconciler {
 public:
  using Read = Wish (*)(const data::Value& object, const std::vector<istio::Version>& known);

  ManagerReconciler(kube::Client& management, Clusters& clusters, const istio::ChartStore& charts,
                    std::string installer_image, api::KindInfo kind, Read read);
  Task<control::Outcome> reconcile(control::Key key) override;

 private:
  void tell(const data::Value& before, const api::InstallationStatuses& now);
  Task<data::Value> record_pending(Wish wish, data::Value object);
  Task<api::InstallationStatus> bring(Wanted wanted, kube::ObjectName manager);
  Task<api::InstallationStatus> bring_to(kube::Client& client, Wanted wanted,
                                         kube::ObjectName manager);
  Task<std::optional<api::InstallationStatus>> obstacle(kube::Client& client, Wanted wanted,
                                                        Deployment what);
  Task<api::InstallationStatus> finish(kube::Client& client, Wanted wanted, Deployment what,
                                       api::InstallationStatus status);
  Task<void> work_on_all(Wish wish, kube::ObjectName manager, api::InstallationStatuses& statuses);
  Task<void> work_on(base::ClusterName cluster, Wish wish, kube::ObjectName manager,
                     api::InstallationStatuses& statuses);
  Task<void> remove_in(base::ClusterName cluster, Wish wish, kube::ObjectName manager,
                       api::InstallationStatuses& statuses);
  istio::ReleasePtr release_for(const data::Value& operator_spec);

  kube::Client& management_;
  Clusters& clusters_;
  const istio::ChartStore& charts_;
  std::string installer_image_;
  api::KindInfo kind_;
  Read read_;
  std::map<std::string, istio::ReleasePtr> releases_;
};

}  // namespace jibe::lifecycle
