#include "twin/controllers/daemon_set_plan.h"

#include <algorithm>
#include <map>

#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/revisions.h"
#include "twin/controllers/scheduler_plan.h"

namespace jibe::twin {

namespace {

using data::Value;
using PodsByNode = std::map<std::string, std::vector<Value>>;

// A pod that waits to be bound names its node in the affinity that it was made with.
std::string node_of(const Value& pod) {
  const std::string& bound = pod["spec"]["nodeName"].text();
  if (!bound.empty()) return bound;
  const Value& terms = pod["spec"]["affinity"]["nodeAffinity"]
                          ["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
  return terms[0]["matchFields"][0]["values"][0].text();
}

PodsByNode by_node(const std::vector<Value>& pods) {
  PodsByNode nodes;
  for (const Value& pod : pods) nodes[node_of(pod)].push_back(pod);
  for (auto& [node, list] : nodes) std::sort(list.begin(), list.end(), created_before);
  return nodes;
}

bool is_new(const DaemonView& view, const Value& pod) {
  return kube::label_of(pod, kControllerRevisionHash) == view.hash;
}

bool available(const DaemonView& view, const Value& pod) {
  return is_pod_available(pod, view.set["spec"]["minReadySeconds"].int_or(0), view.now);
}

Value toleration(const char* key, const char* effect) {
  return Value::map({{"key", key}, {"operator", "Exists"}, {"effect", effect}});
}

void add_tolerations(Value& spec) {
  Value list = spec["tolerations"].is_list() ? spec["tolerations"] : Value::list();
  const auto add = [&list](const Value& wanted) {
    for (const Value& known : list.items())
      if (known == wanted) return;
    list.push_back(wanted);
  };
  add(toleration("node.kubernetes.io/not-ready", "NoExecute"));
  add(toleration("node.kubernetes.io/unreachable", "NoExecute"));
  add(toleration("node.kubernetes.io/disk-pressure", "NoSchedule"));
  add(toleration("node.kubernetes.io/memory-pressure", "NoSchedule"));
  add(toleration("node.kubernetes.io/pid-pressure", "NoSchedule"));
  add(toleration("node.kubernetes.io/unschedulable", "NoSchedule"));
  if (spec["hostNetwork"].bool_or(false))
    add(toleration("node.kubernetes.io/network-unavailable", "NoSchedule"));
  spec.set("tolerations", list);
}

bool should_run(const Value& set, const Value& node) {
  Value pod = Value::map({{"spec", set["spec"]["template"]["spec"]}});
  add_tolerations(pod.edit("spec"));
  return misfit(pod, node).empty();
}

// What every node should have, whatever the template's age.
void manage(const DaemonView& view, const PodsByNode& pods, DaemonPlan& plan) {
  const bool surges = !view.set["spec"]["updateStrategy"]["rollingUpdate"]["maxSurge"].is_null() &&
                      scaled_value(view.set["spec"]["updateStrategy"]["rollingUpdate"]["maxSurge"],
                                   100, Round::kUp) > 0;
  for (const Value& node : view.nodes) {
    const auto it = pods.find(object_name(node));
    const std::vector<Value> none;
    const std::vector<Value>& here = it == pods.end() ? none : it->second;
    if (!should_run(view.set, node)) {
      for (const Value& pod : here)
        if (!kube::is_terminating(pod)) plan.remove.push_back(pod);
      continue;
    }
    bool failed = false;
    bool ending = false;
    std::vector<Value> live;
    for (const Value& pod : here) {
      if (kube::is_terminating(pod)) {
        ending = true;
      } else if (is_pod_finished(pod)) {
        failed = true;
        plan.remove.push_back(pod);
      } else {
        live.push_back(pod);
      }
    }
    if (live.empty() && !failed && !ending) plan.create.push_back(object_name(node));
    const size_t allowed = surges ? 2 : 1;
    for (size_t i = allowed; i < live.size(); ++i) plan.remove.push_back(live[i]);
  }
}

struct OnNode {
  Value fresh;
  Value old;
};

OnNode pair_on(const DaemonView& view, const std::vector<Value>& pods) {
  OnNode pair;
  for (const Value& pod : pods) {
    if (kube::is_terminating(pod)) continue;
    (is_new(view, pod) ? pair.fresh : pair.old) = pod;
  }
  return pair;
}

int64_t desired_nodes(const DaemonView& view) {
  return std::count_if(view.nodes.begin(), view.nodes.end(),
                       [&](const Value& node) { return should_run(view.set, node); });
}

void replace_in_place(const DaemonView& view, const PodsByNode& pods, int64_t max_unavailable,
                      DaemonPlan& plan) {
  int64_t unavailable = 0;
  std::vector<Value> candidates;
  for (const auto& [node, here] : pods) {
    const OnNode pair = pair_on(view, here);
    if (pair.fresh.is_null() == pair.old.is_null()) {
      ++unavailable;
    } else if (!pair.fresh.is_null()) {
      if (!available(view, pair.fresh)) ++unavailable;
    } else if (!available(view, pair.old)) {
      plan.remove.push_back(pair.old);
      ++unavailable;
    } else {
      candidates.push_back(pair.old);
    }
  }
  for (const Value& pod : candidates) {
    if (unavailable >= max_unavailable) return;
    plan.remove.push_back(pod);
    ++unavailable;
  }
}

void replace_by_surge(const DaemonView& view, const PodsByNode& pods, int64_t max_surge,
                      DaemonPlan& plan) {
  int64_t surge = 0;
  std::vector<std::string> candidates;
  for (const auto& [node, here] : pods) {
    const OnNode pair = pair_on(view, here);
    if (pair.old.is_null()) continue;
    if (pair.fresh.is_null()) {
      if (available(view, pair.old)) {
        candidates.push_back(node);
      } else {
        plan.create.push_back(node);
      }
    } else if (available(view, pair.fresh)) {
      plan.remove.push_back(pair.old);
    } else {
      ++surge;
    }
  }
  for (const std::string& node : candidates) {
    if (surge++ >= max_surge) return;
    plan.create.push_back(node);
  }
}

}  // namespace

Value make_daemon_pod(const Value& set, const std::string& hash, const std::string& node) {
  Value pod = pod_from_template(set["spec"]["template"], set);
  pod.edit("metadata").edit("labels").set(kControllerRevisionHash, hash);
  const std::string& generation =
      kube::annotation_of(set, "deprecated.daemonset.template.generation");
  if (!generation.empty())
    pod.edit("metadata").edit("labels").set("pod-template-generation", generation);
  Value& spec = pod.edit("spec");
  const Value field =
      Value::map({{"key", "metadata.name"}, {"operator", "In"}, {"values", Value::list({node})}});
  const Value term = Value::map({{"matchFields", Value::list({field})}});
  spec.edit("affinity")
      .edit("nodeAffinity")
      .set("requiredDuringSchedulingIgnoredDuringExecution",
           Value::map({{"nodeSelectorTerms", Value::list({term})}}));
  add_tolerations(spec);
  return pod;
}

DaemonPlan plan_daemon_set(const DaemonView& view) {
  DaemonPlan plan;
  if (kube::is_terminating(view.set)) return plan;
  const PodsByNode pods = by_node(view.pods);
  manage(view, pods, plan);
  const Value& strategy = view.set["spec"]["updateStrategy"];
  if (strategy["type"].text() == "OnDelete" || !plan.create.empty() || !plan.remove.empty())
    return plan;
  const int64_t desired = desired_nodes(view);
  const Value& rolling = strategy["rollingUpdate"];
  const int64_t surge = scaled_value(rolling["maxSurge"], desired, Round::kUp);
  if (surge > 0) {
    replace_by_surge(view, pods, surge, plan);
  } else {
    const int64_t allowed = rolling["maxUnavailable"].is_null()
                                ? 1
                                : scaled_value(rolling["maxUnavailable"], desired, Round::kUp);
    replace_in_place(view, pods, std::max<int64_t>(1, allowed), plan);
  }
  return plan;
}

Value daemon_set_status(const DaemonView& view) {
  const PodsByNode pods = by_node(view.pods);
  int64_t desired = 0;
  int64_t current = 0;
  int64_t misplaced = 0;
  int64_t ready = 0;
  int64_t updated = 0;
  int64_t ready_for_long = 0;
  for (const Value& node : view.nodes) {
    const auto it = pods.find(object_name(node));
    const bool has_pod = it != pods.end();
    if (!should_run(view.set, node)) {
      if (has_pod) ++misplaced;
      continue;
    }
    ++desired;
    if (!has_pod) continue;
    ++current;
    // Of several the oldest counts, as what has been serving longest.
    const Value& pod = it->second.front();
    if (is_pod_ready(pod)) ++ready;
    if (available(view, pod)) ++ready_for_long;
    if (is_new(view, it->second.back())) ++updated;
  }
  Value status = Value::map({{"currentNumberScheduled", current},
                             {"numberMisscheduled", misplaced},
                             {"desiredNumberScheduled", desired},
                             {"numberReady", ready}});
  set_count(status, "observedGeneration", generation_of(view.set));
  set_count(status, "updatedNumberScheduled", updated);
  set_count(status, "numberAvailable", ready_for_long);
  set_count(status, "numberUnavailable", desired - ready_for_long);
  if (view.set["status"].has("collisionCount"))
    status.set("collisionCount", view.set["status"]["collisionCount"]);
  return status;
}

}  // namespace jibe::twin
