// One workload cluster as the lifecycle controllers act on it: what is there, what is in the way,
// and the writes. Every function takes the cluster's client; none remembers anything.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/lifecycle.h"
#include "api/status.h"
#include "base/task.h"
#include "data/value.h"
#include "istio/release.h"
#include "kube/client.h"
#include "lifecycle/workload_objects.h"

namespace jibe::lifecycle {

// One installation of one revision in one cluster, ready to be deployed.
struct Deployment {
  OperatorMeta meta;
  data::Value spec;
  istio::ReleasePtr release;
  std::string installer_image;
  api::IstioController controller;
};

// The sentence that forbids the installation, or nothing: an Istio of the same revision that jibe
// did not install; an IstioOperator of that name that belongs to another manager.
Task<std::optional<std::string>> revision_conflict(kube::Client& client, OperatorMeta meta);
// A Deployment or Service of a gateway's name that jibe did not install.
Task<std::optional<std::string>> gateway_conflict(kube::Client& client, OperatorMeta meta,
                                                  data::Value spec);
// Whether an istiod of that revision is installed, by jibe or by anybody, and can take a gateway: a
// gateway's pods are injected, so they need an injector that answers.
enum class ControlPlane { kAbsent, kStarting, kReady };
Task<ControlPlane> find_control_plane(kube::Client& client, base::Revision revision);

// Applies everything and tells how far it is.
Task<api::InstallationStatus> deploy(kube::Client& client, Deployment what);

// Pure: from why the installer does not run ("" where it does) and the IstioOperator to the state
// that users see.
api::InstallationStatus state_of(const std::string& installer_trouble, const data::Value& iop);

// Every IstioOperator of the manager in this cluster.
Task<std::vector<data::Value>> operators_of(kube::Client& client, kube::ObjectName manager);

// Removes one installation, if nothing uses it (or `force`): UNINSTALLING_*, UNINSTALLED_* once it
// is gone, ACTION_REQUIRED with the proxies that hold it.
Task<api::InstallationStatus> remove_installation(kube::Client& client, data::Value iop,
                                                  bool force);

}  // namespace jibe::lifecycle
