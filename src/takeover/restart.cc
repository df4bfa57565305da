// Restarting one workload, as `kubectl rollout restart` does it.
#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/discovery.h"
#include "kube/time.h"
#include "rt/runtime.h"
#include "takeover/actions.h"

namespace jibe::takeover {

namespace {

// kubectl pkg/polymorphichelpers/objectrestarter.go, v0.36.
constexpr std::string_view kRestartedAt = "kubectl.kubernetes.io/restartedAt";

const Workload* find(const std::vector<Workload>& workloads, const Step& step) {
  for (const auto& workload : workloads)
    if (workload.kind == step.object_kind && workload.name == step.object) return &workload;
  return nullptr;
}

std::string missing_of(const ClusterState& state, const Step& step, const base::Revision& to) {
  auto workloads = workloads_of(state);
  const auto* workload = find(workloads, step);
  if (!workload)
    return fmt::format("{} {} has no pod with a proxy", step.object_kind, step.object.str());
  return not_moved_yet(state, *workload, to);
}

}  // namespace

Task<void> restart_workload(Site site, Step step) {
  // Planned a moment ago; what forbids it is asked again on what is there now.
  auto state = co_await observe(site.client, site.cluster);
  auto workloads = workloads_of(state);
  const auto* workload = find(workloads, step);
  if (!workload) co_return;  // somebody deleted it: nothing is left to move
  auto obstacle = restart_obstacle(state, *workload);
  if (!obstacle.empty()) throw base::Error(obstacle);
  auto annotations =
      data::Value::map({{kRestartedAt, kube::format_time(site.client.runtime().now())}});
  auto metadata = data::Value::map({{"annotations", annotations}});
  auto pod_template = data::Value::map({{"metadata", metadata}});
  auto patch = data::Value::map({{"spec", data::Value::map({{"template", pod_template}})}});
  kube::Gvk gvk{"apps", "v1", step.object_kind};
  auto resource = co_await site.client.discovery().for_kind(gvk);
  co_await site.client.patch(resource.gvr, step.object, kube::PatchType::kStrategic, patch);
  auto to = site.goal.to;
  co_await wait_until_nothing_missing(
      site, fmt::format("restarting {} {}", step.object_kind, step.object.str()),
      [step, to](const ClusterState& now) { return missing_of(now, step, to); });
}

}  // namespace jibe::takeover
