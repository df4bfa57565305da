#include "twin/controllers/deployment_plan.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/strings.h"
#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

std::optional<int64_t> number_annotation(const data::Value& object, std::string_view key) {
  const std::string& text = kube::annotation_of(object, key);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

data::Value without_hash(data::Value pod_template) {
  if (!pod_template["metadata"]["labels"].has(kTemplateHash)) return pod_template;
  pod_template.edit("metadata").edit("labels").erase(kTemplateHash);
  return pod_template;
}

struct Fenceposts {
  int64_t surge;
  int64_t unavailable;
};

// Both zero would never move: then one may be unavailable (deployment_util.go ResolveFenceposts).
Fenceposts fenceposts(const data::Value& deployment) {
  const data::Value& rolling = deployment["spec"]["strategy"]["rollingUpdate"];
  const int64_t replicas = desired_replicas(deployment);
  Fenceposts posts{scaled_value(rolling["maxSurge"], replicas, Round::kUp),
                   scaled_value(rolling["maxUnavailable"], replicas, Round::kDown)};
  if (posts.surge == 0 && posts.unavailable == 0) posts.unavailable = 1;
  return posts;
}

// Annotations that belong to the Deployment or the ReplicaSet alone.
bool stays_behind(std::string_view key) {
  return key == "kubectl.kubernetes.io/last-applied-configuration" || key == kRevision ||
         key == "deployment.kubernetes.io/revision-history" || key == kDesiredReplicas ||
         key == kMaxReplicas || key == "deprecated.deployment.rollback.to";
}

void copy_annotations(const data::Value& deployment, data::Value& replica_set) {
  for (const data::Entry& entry : deployment["metadata"]["annotations"].entries()) {
    if (stays_behind(entry.key)) continue;
    if (replica_set["metadata"]["annotations"][entry.key] == entry.value) continue;
    replica_set.edit("metadata").edit("annotations").set(entry.key, entry.value);
  }
}

void set_annotation(data::Value& object, std::string_view key, const std::string& value) {
  if (kube::annotation_of(object, key) == value) return;
  object.edit("metadata").edit("annotations").set(key, value);
}

data::Value with_hash_label(data::Value labels, const std::string& hash) {
  labels.set(kTemplateHash, hash);
  return labels;
}

}  // namespace

std::vector<data::Value> ReplicaSetView::all() const {
  std::vector<data::Value> sets = old;
  if (!current.is_null()) sets.push_back(current);
  return sets;
}

ReplicaSetView view_replica_sets(const data::Value& deployment, std::vector<data::Value> sets) {
  std::sort(sets.begin(), sets.end(), created_before);
  const data::Value wanted = without_hash(deployment["spec"]["template"]);
  ReplicaSetView view;
  for (data::Value& set : sets) {
    // The oldest of several equal ones, so that the choice never changes.
    if (view.current.is_null() && without_hash(set["spec"]["template"]) == wanted) {
      view.current = std::move(set);
    } else {
      view.old.push_back(std::move(set));
    }
  }
  return view;
}

bool is_rolling_update(const data::Value& deployment) {
  return deployment["spec"]["strategy"]["type"].text() == "RollingUpdate";
}

bool has_progress_deadline(const data::Value& deployment) {
  const data::Value& deadline = deployment["spec"]["progressDeadlineSeconds"];
  return deadline.is_int() && deadline.as_int() != 2147483647;
}

int64_t desired_replicas(const data::Value& object) {
  return object["spec"]["replicas"].int_or(1);
}

int64_t max_surge(const data::Value& deployment) {
  return is_rolling_update(deployment) ? fenceposts(deployment).surge : 0;
}

int64_t max_unavailable(const data::Value& deployment) {
  const int64_t replicas = desired_replicas(deployment);
  if (!is_rolling_update(deployment) || replicas == 0) return 0;
  return std::min(fenceposts(deployment).unavailable, replicas);
}

int64_t sum_desired(const std::vector<data::Value>& sets) {
  int64_t sum = 0;
  for (const data::Value& set : sets) sum += desired_replicas(set);
  return sum;
}

int64_t sum_status(const std::vector<data::Value>& sets, std::string_view field) {
  int64_t sum = 0;
  for (const data::Value& set : sets) sum += set["status"][field].int_or(0);
  return sum;
}

int64_t current_set_replicas(const data::Value& deployment, const ReplicaSetView& sets) {
  const int64_t wanted = desired_replicas(deployment);
  const int64_t have = sets.current.is_null() ? 0 : desired_replicas(sets.current);
  if (!is_rolling_update(deployment) || have >= wanted) return wanted;
  const data::Value& rolling = deployment["spec"]["strategy"]["rollingUpdate"];
  const int64_t limit = wanted + scaled_value(rolling["maxSurge"], wanted, Round::kUp);
  const int64_t total = sum_desired(sets.all());
  if (total >= limit) return have;
  return have + std::min(limit - total, wanted - have);
}

std::vector<Scaling> plan_scale_down(const data::Value& deployment, const ReplicaSetView& sets) {
  std::vector<Scaling> plan;
  const int64_t min_available = desired_replicas(deployment) - max_unavailable(deployment);
  const auto available = [](const data::Value& set) {
    return set["status"]["availableReplicas"].int_or(0);
  };
  const int64_t current_unavailable = desired_replicas(sets.current) - available(sets.current);
  const int64_t may_go = sum_desired(sets.all()) - min_available - current_unavailable;
  if (sum_desired(sets.old) == 0 || may_go <= 0) return plan;

  // Unhealthy ones first: they keep nobody served, and would block the rollout for ever.
  int64_t gone = 0;
  std::vector<int64_t> left;
  for (const data::Value& set : sets.old) {
    const int64_t have = desired_replicas(set);
    const int64_t unhealthy = std::max<int64_t>(0, have - available(set));
    const int64_t take = std::min({have, unhealthy, may_go - gone});
    gone += take;
    left.push_back(have - take);
  }
  int64_t spare = sum_status(sets.all(), "availableReplicas") - min_available;
  for (size_t i = 0; i < left.size(); ++i) {
    const int64_t take = std::clamp<int64_t>(spare, 0, left[i]);
    spare -= take;
    left[i] -= take;
    if (left[i] != desired_replicas(sets.old[i])) plan.push_back({sets.old[i], left[i]});
  }
  return plan;
}

namespace {

bool is_saturated(const data::Value& deployment, const data::Value& set) {
  const int64_t wanted = desired_replicas(deployment);
  return !set.is_null() && desired_replicas(set) == wanted &&
         number_annotation(set, kDesiredReplicas) == wanted &&
         set["status"]["availableReplicas"].int_or(0) == wanted;
}

// How much the set grows or shrinks by itself when the Deployment goes to its new size.
int64_t proportion(const data::Value& deployment, const data::Value& set, int64_t to_add,
                   int64_t added) {
  const int64_t have = desired_replicas(set);
  if (have == 0 || to_add == added) return 0;
  int64_t fraction = -have;
  if (desired_replicas(deployment) != 0) {
    int64_t before = number_annotation(set, kMaxReplicas).value_or(0);
    if (before == 0) before = deployment["status"]["replicas"].int_or(0);
    if (before == 0) return 0;
    const int64_t after = desired_replicas(deployment) + max_surge(deployment);
    fraction = std::lround(static_cast<double>(have * after) / static_cast<double>(before)) - have;
  }
  const int64_t allowed = to_add - added;
  return to_add > 0 ? std::min(fraction, allowed) : std::max(fraction, allowed);
}

std::vector<data::Value> active_sets(const ReplicaSetView& sets) {
  std::vector<data::Value> active = sets.all();
  std::erase_if(active, [](const data::Value& set) { return desired_replicas(set) == 0; });
  return active;
}

std::vector<Scaling> plan_proportional(const data::Value& deployment,
                                       std::vector<data::Value> active) {
  const int64_t wanted = desired_replicas(deployment);
  const int64_t allowed = wanted > 0 ? wanted + max_surge(deployment) : 0;
  const int64_t to_add = allowed - sum_desired(active);
  // Bigger first; of equal ones the newer grow and the older shrink.
  std::sort(active.begin(), active.end(), [&](const data::Value& a, const data::Value& b) {
    const int64_t size_a = desired_replicas(a);
    const int64_t size_b = desired_replicas(b);
    if (size_a != size_b) return size_a > size_b;
    return to_add > 0 ? created_before(b, a) : created_before(a, b);
  });
  std::vector<Scaling> plan;
  int64_t added = 0;
  for (const data::Value& set : active) {
    const int64_t change = to_add == 0 ? 0 : proportion(deployment, set, to_add, added);
    plan.push_back({set, desired_replicas(set) + change});
    added += change;
  }
  if (!plan.empty() && to_add != 0)
    plan[0].replicas = std::max<int64_t>(0, plan[0].replicas + to_add - added);
  return plan;
}

}  // namespace

std::vector<Scaling> plan_scaling(const data::Value& deployment, const ReplicaSetView& sets) {
  const std::vector<data::Value> active = active_sets(sets);
  const int64_t wanted = desired_replicas(deployment);
  if (active.size() <= 1) {
    data::Value target = sets.current;
    if (active.size() == 1) target = active[0];
    if (target.is_null() && !sets.old.empty()) target = sets.old.back();
    if (target.is_null() || desired_replicas(target) == wanted) return {};
    return {{target, wanted}};
  }
  if (is_saturated(deployment, sets.current)) {
    std::vector<Scaling> plan;
    for (const data::Value& set : sets.old)
      if (desired_replicas(set) != 0) plan.push_back({set, 0});
    return plan;
  }
  if (!is_rolling_update(deployment)) return {};
  return plan_proportional(deployment, active);
}

bool is_scaling_event(const data::Value& deployment, const ReplicaSetView& sets) {
  for (const data::Value& set : active_sets(sets)) {
    const auto desired = number_annotation(set, kDesiredReplicas);
    if (desired && *desired != desired_replicas(deployment)) return true;
  }
  return false;
}

std::vector<data::Value> plan_cleanup(const data::Value& deployment, const ReplicaSetView& sets) {
  const data::Value& limit = deployment["spec"]["revisionHistoryLimit"];
  if (!limit.is_int() || limit.as_int() == 2147483647) return {};
  std::vector<data::Value> cleanable = sets.old;
  std::erase_if(cleanable, kube::is_terminating);
  const int64_t surplus = static_cast<int64_t>(cleanable.size()) - limit.as_int();
  if (surplus <= 0) return {};
  std::stable_sort(
      cleanable.begin(), cleanable.end(),
      [](const data::Value& a, const data::Value& b) { return revision_of(a) < revision_of(b); });
  cleanable.resize(static_cast<size_t>(surplus));
  std::erase_if(cleanable, [](const data::Value& set) {
    return set["status"]["replicas"].int_or(0) != 0 || desired_replicas(set) != 0 ||
           generation_of(set) > set["status"]["observedGeneration"].int_or(0);
  });
  return cleanable;
}

int64_t revision_of(const data::Value& object) {
  return number_annotation(object, kRevision).value_or(0);
}

int64_t max_revision(const std::vector<data::Value>& sets) {
  int64_t most = 0;
  for (const data::Value& set : sets) most = std::max(most, revision_of(set));
  return most;
}

data::Value annotate_replicas(const data::Value& deployment, data::Value replica_set) {
  const int64_t wanted = desired_replicas(deployment);
  set_annotation(replica_set, kDesiredReplicas, std::to_string(wanted));
  set_annotation(replica_set, kMaxReplicas, std::to_string(wanted + max_surge(deployment)));
  return replica_set;
}

data::Value annotate_current(const data::Value& deployment, data::Value replica_set,
                             int64_t revision) {
  copy_annotations(deployment, replica_set);
  const std::string before = kube::annotation_of(replica_set, kRevision);
  if (revision_of(replica_set) < revision) {
    set_annotation(replica_set, kRevision, std::to_string(revision));
    if (!before.empty()) {
      constexpr std::string_view kHistory = "deployment.kubernetes.io/revision-history";
      constexpr size_t kMaxHistory = 2000;
      std::string history = kube::annotation_of(replica_set, kHistory);
      history = history.empty() ? before : history + "," + before;
      while (history.size() > kMaxHistory && base::contains(history, ","))
        history = std::string(base::cut(history, ",").after);
      set_annotation(replica_set, kHistory, history);
    }
  }
  const data::Value& min_ready = deployment["spec"]["minReadySeconds"];
  if (replica_set["spec"]["minReadySeconds"].int_or(0) != min_ready.int_or(0))
    replica_set.edit("spec").set("minReadySeconds", min_ready.int_or(0));
  return replica_set;
}

data::Value make_replica_set(const data::Value& deployment, const ReplicaSetView& sets) {
  const data::Value& spec = deployment["spec"];
  const std::string hash = template_hash(spec["template"], deployment["status"]["collisionCount"]);
  constexpr size_t kMaxName = 253;
  const std::string base = object_name(deployment).substr(0, kMaxName - 1 - hash.size());
  data::Value pod_template = spec["template"];
  const data::Value labels = with_hash_label(pod_template["metadata"]["labels"], hash);
  pod_template.edit("metadata").set("labels", labels);
  data::Value selector = spec["selector"];
  selector.set("matchLabels", with_hash_label(selector["matchLabels"], hash));
  data::Value replica_set = data::Value::map(
      {{"apiVersion", "apps/v1"},
       {"kind", "ReplicaSet"},
       {"metadata", data::Value::map({{"name", base + "-" + hash},
                                      {"namespace", object_namespace(deployment)},
                                      {"labels", labels},
                                      {"ownerReferences", data::Value::list({kube::owner_reference(
                                                              deployment, true)})}})},
       {"spec", data::Value::map({{"replicas", current_set_replicas(deployment, sets)},
                                  {"selector", selector},
                                  {"template", pod_template}})}});
  replica_set = annotate_current(deployment, replica_set, max_revision(sets.old) + 1);
  return annotate_replicas(deployment, replica_set);
}

}  // namespace jibe::twin
