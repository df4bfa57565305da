#include "twin/controllers/stateful_set_plan.h"

#include <algorithm>
#include <charconv>

#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/revisions.h"

namespace jibe::twin {

namespace {

using Kind = StatefulStep::Kind;

int64_t first_ordinal(const data::Value& set) {
  return set["spec"]["ordinals"]["start"].int_or(0);
}

int64_t partition(const data::Value& set) {
  return set["spec"]["updateStrategy"]["rollingUpdate"]["partition"].int_or(0);
}

bool rolls(const data::Value& set) {
  return set["spec"]["updateStrategy"]["type"].text() != "OnDelete";
}

bool ordered(const data::Value& set) {
  return set["spec"]["podManagementPolicy"].text() != "Parallel";
}

const std::string& revision_label(const data::Value& pod) {
  return kube::label_of(pod, kControllerRevisionHash);
}

std::string claim_name(const data::Value& set, const data::Value& claim, int64_t ordinal) {
  return object_name(claim) + "-" + object_name(set) + "-" + std::to_string(ordinal);
}

void mount_claims(const data::Value& set, int64_t ordinal, data::Value& pod) {
  const data::Value& claims = set["spec"]["volumeClaimTemplates"];
  if (claims.empty()) return;
  data::Value volumes = data::Value::list();
  for (const data::Value& claim : claims.items())
    volumes.push_back(
        data::Value::map({{"name", object_name(claim)},
                          {"persistentVolumeClaim",
                           data::Value::map({{"claimName", claim_name(set, claim, ordinal)}})}}));
  for (const data::Value& volume : pod["spec"]["volumes"].items()) {
    bool replaced = false;
    for (const data::Value& claim : claims.items())
      replaced = replaced || object_name(claim) == volume["name"].text();
    if (!replaced) volumes.push_back(volume);
  }
  pod.edit("spec").set("volumes", volumes);
}

data::Value make_pod(const StatefulView& view, int64_t ordinal) {
  const data::Value& set = view.set;
  // What must not be updated yet is made anew as it was.
  const bool old = rolls(set) && ordinal < first_ordinal(set) + partition(set);
  const data::Value& revision = old ? view.current : view.update;
  data::Value pod = pod_from_template(template_of(revision), set);
  const std::string name = object_name(set) + "-" + std::to_string(ordinal);
  data::Value& metadata = pod.edit("metadata");
  metadata.set("name", name);
  data::Value& labels = metadata.edit("labels");
  labels.set("statefulset.kubernetes.io/pod-name", name);
  labels.set("apps.kubernetes.io/pod-index", std::to_string(ordinal));
  labels.set(kControllerRevisionHash, object_name(revision));
  pod.edit("spec").set("hostname", name);
  if (!set["spec"]["serviceName"].text().empty())
    pod.edit("spec").set("subdomain", set["spec"]["serviceName"]);
  mount_claims(set, ordinal, pod);
  return pod;
}

struct Slots {
  // By ordinal from the first; null where there is no pod.
  std::vector<data::Value> replicas;
  // Highest ordinal first.
  std::vector<data::Value> condemned;
};

Slots slots_of(const StatefulView& view) {
  const int64_t start = first_ordinal(view.set);
  const int64_t count = view.set["spec"]["replicas"].int_or(1);
  Slots slots;
  slots.replicas.resize(static_cast<size_t>(count));
  for (const data::Value& pod : view.pods) {
    const int64_t ordinal = ordinal_of(view.set, pod);
    if (ordinal < 0) continue;
    if (ordinal >= start && ordinal < start + count) {
      slots.replicas[static_cast<size_t>(ordinal - start)] = pod;
    } else {
      slots.condemned.push_back(pod);
    }
  }
  std::sort(slots.condemned.begin(), slots.condemned.end(),
            [&](const data::Value& a, const data::Value& b) {
              return ordinal_of(view.set, a) > ordinal_of(view.set, b);
            });
  return slots;
}

bool available(const StatefulView& view, const data::Value& pod) {
  return !pod.is_null() && pod_phase(pod) == "Running" &&
         is_pod_available(pod, view.set["spec"]["minReadySeconds"].int_or(0), view.now);
}

bool unavailable(const StatefulView& view, const data::Value& pod) {
  return !available(view, pod) || kube::is_terminating(pod);
}

// Appends what the replicas need; true where the order says to wait for one of them.
bool plan_replicas(const StatefulView& view, const Slots& slots, std::vector<StatefulStep>& steps) {
  const bool in_order = ordered(view.set);
  for (size_t i = 0; i < slots.replicas.size(); ++i) {
    const data::Value& pod = slots.replicas[i];
    if (pod.is_null()) {
      steps.push_back(
          {Kind::kCreate, make_pod(view, first_ordinal(view.set) + static_cast<int64_t>(i))});
      if (in_order) return true;
    } else if (is_pod_finished(pod)) {
      if (!kube::is_terminating(pod)) steps.push_back({Kind::kDelete, pod});
      if (in_order) return true;
    } else if (in_order && unavailable(view, pod)) {
      return true;
    }
  }
  return !steps.empty();
}

bool plan_condemned(const StatefulView& view, const Slots& slots,
                    std::vector<StatefulStep>& steps) {
  const bool in_order = ordered(view.set);
  // The lowest unavailable pod may go although it is not ready: nothing better is left.
  const data::Value* first_unavailable = nullptr;
  for (const data::Value& pod : slots.condemned)
    if (unavailable(view, pod)) first_unavailable = &pod;
  for (const data::Value& pod : slots.condemned) {
    if (kube::is_terminating(pod)) {
      if (in_order) return true;
      continue;
    }
    if (in_order && !available(view, pod) && &pod != first_unavailable) return true;
    steps.push_back({Kind::kDelete, pod});
    if (in_order) return true;
  }
  return !steps.empty();
}

}  // namespace

int64_t ordinal_of(const data::Value& set, const data::Value& pod) {
  const std::string prefix = object_name(set) + "-";
  const std::string& name = object_name(pod);
  if (!name.starts_with(prefix)) return -1;
  int64_t ordinal = -1;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, ordinal);
  return error == std::errc() && stop == end ? ordinal : -1;
}

std::vector<data::Value> claims_of(const data::Value& set, int64_t ordinal) {
  std::vector<data::Value> claims;
  for (data::Value claim : set["spec"]["volumeClaimTemplates"].items()) {
    const std::string name = claim_name(set, claim, ordinal);
    claim.set("apiVersion", "v1");
    claim.set("kind", "PersistentVolumeClaim");
    claim.erase("status");
    data::Value& metadata = claim.edit("metadata");
    metadata.set("name", name);
    metadata.set("namespace", object_namespace(set));
    for (const data::Entry& label : set["spec"]["selector"]["matchLabels"].entries())
      metadata.edit("labels").set(label.key, label.value);
    claims.push_back(std::move(claim));
  }
  return claims;
}

std::vector<StatefulStep> plan_stateful_set(const StatefulView& view) {
  std::vector<StatefulStep> steps;
  if (kube::is_terminating(view.set)) return steps;
  const Slots slots = slots_of(view);
  if (plan_replicas(view, slots, steps)) return steps;
  if (plan_condemned(view, slots, steps)) return steps;
  if (!rolls(view.set)) return steps;
  const int64_t from = partition(view.set);
  for (auto i = static_cast<int64_t>(slots.replicas.size()) - 1; i >= from; --i) {
    const data::Value& pod = slots.replicas[static_cast<size_t>(i)];
    if (revision_label(pod) != object_name(view.update) && !kube::is_terminating(pod)) {
      steps.push_back({Kind::kDelete, pod});
      return steps;
    }
    if (unavailable(view, pod)) return steps;
  }
  return steps;
}

data::Value stateful_set_status(const StatefulView& view) {
  int64_t replicas = 0;
  int64_t ready = 0;
  int64_t ready_for_long = 0;
  int64_t current = 0;
  int64_t updated = 0;
  for (const data::Value& pod : view.pods) {
    ++replicas;
    if (pod_phase(pod) == "Running" && is_pod_ready(pod)) ++ready;
    if (available(view, pod)) ++ready_for_long;
    if (kube::is_terminating(pod)) continue;
    if (revision_label(pod) == object_name(view.current)) ++current;
    if (revision_label(pod) == object_name(view.update)) ++updated;
  }
  std::string current_name = object_name(view.current);
  const int64_t wanted = view.set["spec"]["replicas"].int_or(1);
  if (rolls(view.set) && updated == wanted && ready == wanted && replicas == wanted) {
    current = updated;
    current_name = object_name(view.update);
  }
  data::Value status = data::Value::map({});
  set_count(status, "observedGeneration", generation_of(view.set));
  status.set("replicas", replicas);
  set_count(status, "readyReplicas", ready);
  status.set("availableReplicas", ready_for_long);
  set_count(status, "currentReplicas", current);
  set_count(status, "updatedReplicas", updated);
  status.set("currentRevision", current_name);
  status.set("updateRevision", object_name(view.update));
  status.set("collisionCount", view.set["status"]["collisionCount"].int_or(0));
  if (!view.set["status"]["conditions"].empty())
    status.set("conditions", view.set["status"]["conditions"]);
  return status;
}

}  // namespace jibe::twin
