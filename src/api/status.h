// The status of IstioLifecycleManager and GatewayLifecycleManager: states with the exact strings of
// the API, and building the status map. Pure.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/names.h"
#include "data/value.h"

namespace jibe::api {

enum class State {
  kPending,
  kFailed,
  kInstallingController,
  kControllerInstallFailed,
  kInstallingControlPlane,
  kControlPlaneInstallFailed,
  kHealthy,
  kUnhealthy,
  kActionRequired,
  kUpdatingControlPlane,
  kReconcilingControlPlane,
  kUnknown,
  kUninstallingControlPlane,
  kUninstalledControlPlane,
  kInstallPending,
  kNoControlPlaneAvailable,
  kInstallingGateway,
  kUpdatingGateway,
  kReconcilingGateway,
  kUninstallingGateway,
  kUninstalledGateway,
};
// "INSTALLING_CONTROL_PLANE".
std::string_view to_string(State state);
std::optional<State> parse_state(std::string_view text);
// Which of the two kinds knows the state.
bool is_istio_state(State state);
bool is_gateway_state(State state);
// Nothing will change by itself: HEALTHY, FAILED, …
bool is_settled(State state);
bool is_trouble(State state);

struct InstallationStatus {
  State state = State::kPending;
  std::string message;
  base::Revision observed_revision;
  data::Value observed_operator;  // the IstioOperator spec that is deployed; null where none is
  bool operator==(const InstallationStatus&) const = default;
};

// cluster → revision → status. What clusters.<name>.installations.<rev> says.
using InstallationStatuses =
    std::map<base::ClusterName, std::map<base::Revision, InstallationStatus>>;

// Unknown states read as UNKNOWN; anything malformed is left out.
InstallationStatuses installation_statuses(const data::Value& status);

struct LifecycleStatus {
  InstallationStatuses installations;
  int64_t observed_generation = 0;
  data::Value conditions;  // metav1.Condition list, or null
};
// The whole status, with a summary for printer columns: {state, healthy: "2/4", clusters,
// revisions: "1-14,1-15", message}. state is the worst one, message its message.
data::Value to_value(const LifecycleStatus& status);
LifecycleStatus lifecycle_status(const data::Value& status);

// common.State of the networking kinds and of KubernetesCluster: PENDING, ACCEPTED, INVALID,
// WARNING, FAILED, UNLICENSED.
enum class Approval { kPending, kAccepted, kInvalid, kWarning, kFailed };
std::string_view to_string(Approval approval);
// {common: {State: {observedGeneration, approval, message}}}, as the networking kinds carry it.
data::Value common_status(Approval approval, std::string_view message, int64_t generation);
// {observedGeneration, state, message} of RootTrustPolicy.
data::Value policy_status(Approval approval, std::string_view message, int64_t generation);

}  // namespace jibe::api
