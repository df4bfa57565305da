// What the server leaves in a workload cluster for the installer, and what the installer answers.
//
// Per revision, in namespace gm-iop-<rev>:
//   Deployment and Service istio-operator-<rev> (port 8383), with ServiceAccount and RBAC: the
//     installer, `jibe installer` with $REVISION and $POD_NAMESPACE
//   Secret istio-charts-<version>: the release's bundle (istio/release.h) under key bundle.tgz
//   IstioOperator, one per ILM or GLM installation: spec is the operator spec with every default
//     that the server fills in; the annotations below say the rest
// The installer applies what the spec renders to (field manager jibe, server-side apply), prunes
// what it no longer renders to, corrects drift, and reports in IstioOperator.status.
#pragma once
#include <string>
#include <string_view>

#include "base/names.h"

namespace jibe::lifecycle {

inline constexpr std::string_view kFieldManager = "jibe";

// On every object that an installation consists of: "<namespace>.<name>" of its IstioOperator.
// It is how the installer finds what to prune and how discovery knows jibe's own.
inline constexpr std::string_view kInstallationLabel = "jibe.dev/installation";
// On namespaces that jibe created.
inline constexpr std::string_view kRevisionLabel = "jibe.dev/revision";
// On an IstioOperator: "control-plane" or "gateway".
inline constexpr std::string_view kRoleLabel = "jibe.dev/role";
// On an IstioOperator: the chart version ("1.15.3") whose Secret holds the bundle.
inline constexpr std::string_view kChartVersionAnnotation = "jibe.dev/chart-version";
// On a gateway's IstioOperator: "true" where its Service selects this revision.
inline constexpr std::string_view kActiveGatewayAnnotation = "jibe.dev/active-gateway";
// On an IstioOperator: `<namespace>/<name>` of the ILM or GLM, for messages.
inline constexpr std::string_view kManagerAnnotation = "jibe.dev/managed-by";
// Finalizer of an IstioOperator: the installer removes it when everything else is gone.
inline constexpr std::string_view kInstallerFinalizer = "jibe.dev/installer";

// IstioOperator.status, written by the installer alone:
//   {state, message, observedGeneration, version}, where state is one of
inline constexpr std::string_view kStateInstalling = "INSTALLING";
inline constexpr std::string_view kStateUpdating = "UPDATING";
inline constexpr std::string_view kStateReconciling = "RECONCILING";  // correcting drift
inline constexpr std::string_view kStateHealthy = "HEALTHY";
inline constexpr std::string_view kStateUnhealthy = "UNHEALTHY";  // applied, workloads not ready
inline constexpr std::string_view kStateFailed = "FAILED";
inline constexpr std::string_view kStateUninstalling = "UNINSTALLING";

std::string installer_namespace(const base::Revision& revision);  // gm-iop-<rev>
std::string installer_name(const base::Revision& revision);       // istio-operator-<rev>
std::string charts_secret(const std::string& version);            // istio-charts-<version>

}  // namespace jibe::lifecycle
