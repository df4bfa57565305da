#include "lifecycle/rollout.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/object.h"
#include "kube/selector.h"
#include "kube/wait.h"

namespace jibe::lifecycle {

namespace {

const kube::Gvr kPods{"", "v1", "pods"};

std::string condition_message(const data::Value& live, std::string_view type,
                              std::string_view status) {
  for (const auto& condition : live["status"]["conditions"].items())
    if (condition["type"].text() == type && condition["status"].text() == status)
      return condition["message"].text();
  return "";
}

bool is_observed(const data::Value& live) {
  return live["status"]["observedGeneration"].int_or(0) >= live["metadata"]["generation"].int_or(0);
}

std::string deployment_trouble(const data::Value& live) {
  if (kube::deployment_complete(live)) return "";
  auto failure = condition_message(live, "ReplicaFailure", "True");
  if (failure.empty()) failure = condition_message(live, "Progressing", "False");
  if (!failure.empty()) return failure;
  return fmt::format("{} of {} replicas are available",
                     live["status"]["availableReplicas"].int_or(0),
                     live["spec"]["replicas"].int_or(1));
}

std::string daemon_set_trouble(const data::Value& live) {
  const auto& status = live["status"];
  int64_t wanted = status["desiredNumberScheduled"].int_or(0);
  int64_t available = status["numberAvailable"].int_or(0);
  if (is_observed(live) && available >= wanted &&
      status["updatedNumberScheduled"].int_or(0) >= wanted)
    return "";
  return fmt::format("{} of {} pods are available", available, wanted);
}

std::string stateful_set_trouble(const data::Value& live) {
  const auto& status = live["status"];
  int64_t wanted = live["spec"]["replicas"].int_or(1);
  bool updated = status["updateRevision"] == status["currentRevision"];
  if (is_observed(live) && updated && status["readyReplicas"].int_or(0) >= wanted) return "";
  return fmt::format("{} of {} pods are updated", status["updatedReplicas"].int_or(0), wanted);
}

// What the kubelet says while all is well.
bool is_starting(const std::string& reason) {
  return reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing";
}

std::string container_trouble(const data::Value& status) {
  const auto& waiting = status["state"]["waiting"];
  if (is_starting(waiting["reason"].text())) return "";
  const auto& message = waiting["message"].text();
  return fmt::format("container {}: {}{}{}", status["name"].text(), waiting["reason"].text(),
                     message.empty() ? "" : ": ", message);
}

std::string pod_trouble(const data::Value& pod) {
  if (kube::is_terminating(pod)) return "";
  auto unscheduled = condition_message(pod, "PodScheduled", "False");
  if (!unscheduled.empty()) return unscheduled;
  for (auto list : {"initContainerStatuses", "containerStatuses"})
    for (const auto& status : pod["status"][list].items()) {
      auto trouble = container_trouble(status);
      if (!trouble.empty()) return trouble;
    }
  return "";
}

}  // namespace

std::string not_ready_reason(const data::Value& live) {
  const auto& kind = live["kind"].text();
  std::string trouble;
  if (kind == "Deployment") trouble = deployment_trouble(live);
  if (kind == "DaemonSet") trouble = daemon_set_trouble(live);
  if (kind == "StatefulSet") trouble = stateful_set_trouble(live);
  return trouble.empty() ? "" : fmt::format("{}: {}", kube::describe(live), trouble);
}

std::string not_ready_reason(const data::Value& live, const std::vector<data::Value>& pods) {
  auto reason = not_ready_reason(live);
  if (reason.empty()) return "";
  auto selector = kube::LabelSelector::from_value(live["spec"]["selector"]);
  for (const auto& pod : pods) {
    if (kube::name_of(pod).ns != kube::name_of(live).ns ||
        !selector.matches(pod["metadata"]["labels"]))
      continue;
    auto trouble = pod_trouble(pod);
    if (!trouble.empty())
      return fmt::format("{}; pod {}: {}", reason, kube::name_of(pod).name, trouble);
  }
  return reason;
}

Task<std::string> ask_not_ready_reason(kube::Client& client, data::Value live) {
  auto reason = not_ready_reason(live);
  if (reason.empty()) co_return reason;
  kube::ListOptions which;
  which.labels = kube::LabelSelector::from_value(live["spec"]["selector"]).str();
  auto pods = co_await client.list(kPods, kube::name_of(live).ns, which);
  co_return not_ready_reason(live, pods.items);
}

}  // namespace jibe::lifecycle
