// What is left to do in one cluster, as a list of steps: a pure function of what is there. The
// runner takes the first step, looks again and plans again, so a takeover may be ended at any
// instant and goes on from what it finds.
//
// Order (the guide's, with its gaps closed): activate → relabel and restart workloads, one
// microservice at a time → gateways → remove the old gateways → remove the old control plane
// → its operator → namespaces that nobody needs any more.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "kube/object.h"
#include "takeover/cluster_state.h"
#include "takeover/goal.h"

namespace jibe::takeover {

enum class StepKind {
  kAsk,               // somebody must do something first; nothing after it is done
  kActivate,          // defaultRevision: true in the IstioLifecycleManager
  kRelabelNamespace,  // istio.io/rev of a namespace: old → new
  kRestart,           // of one workload, waiting until its proxies are moved
  kSwitchService,     // a user's own Service selects the new gateway
  kDeleteOperator,    // an IstioOperator; the in-cluster operator prunes what it owns, less what
                      // every revision shares, which is taken off its list before
  kDeleteComponents,  // what `istioctl uninstall --revision` would delete, less what is shared
  kDeleteController,  // the in-cluster operator itself
  kDeleteNamespace,
};
// "restart", "delete-namespace": for machines and tests.
std::string_view to_string(StepKind kind);

struct Step {
  StepKind kind = StepKind::kAsk;
  std::string object_kind;  // "Deployment"; "" where there is no object
  kube::ObjectName object;
  // What is done, or (kAsk) what somebody must do. One sentence without a full stop.
  std::string sentence;
  // Of kDeleteComponents: values of operator.istio.io/component.
  std::vector<std::string> components;
  // Of what is removed: it takes an istiod away, so no proxy may use it any more (S1), save those
  // of gateways that go with it.
  bool takes_istiod = false;
  // Namespaces that this removal may leave without use.
  std::vector<std::string> namespaces;
  bool operator==(const Step&) const = default;
};

std::vector<Step> make_plan(const ClusterState& state, const Goal& goal);

// Parts of make_plan, each for a stretch of the journey.
std::vector<Step> plan_workloads(const ClusterState& state, const Goal& goal,
                                 const base::Revision& from);
std::vector<Step> plan_gateways(const ClusterState& state, const Goal& goal,
                                const base::Revision& from);
std::vector<Step> plan_removal(const ClusterState& state, const Goal& goal,
                               const base::Revision& from);
// The in-cluster operators that have nothing left to reconcile, and the namespaces that were for
// the old installation alone. `from` is not set once the old control plane is gone.
std::vector<Step> plan_cleanup(const ClusterState& state,
                               const std::optional<base::Revision>& from);

// On a namespace that a takeover may have left without use, until that has been looked into.
inline constexpr std::string_view kLeftBehindAnnotation = "jibe.dev/left-by-takeover";

}  // namespace jibe::takeover
