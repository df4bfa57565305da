#include "twin/controllers/pod_status.h"

#include <fmt/core.h>

#include "base/strings.h"
#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

bool init_done(const ContainerRecord& record) {
  return record.sidecar ? record.running() && record.started : record.succeeded();
}

std::string names_of(const std::vector<std::string>& names) {
  return "[" + base::join(names, " ") + "]";
}

struct Verdict {
  std::string status;
  std::string reason;
  std::string message;
};

Verdict initialized(const std::string& phase, const Containers& containers) {
  if (phase == "Succeeded") return {"True", "PodCompleted", ""};
  std::vector<std::string> incomplete;
  for (const auto& record : containers)
    if (record->init && !init_done(*record)) incomplete.push_back(record->name());
  if (incomplete.empty()) return {"True", "", ""};
  return {"False", "ContainersNotInitialized",
          "containers with incomplete status: " + names_of(incomplete)};
}

Verdict containers_ready(const std::string& phase, const Containers& containers) {
  if (phase == "Succeeded") return {"False", "PodCompleted", ""};
  if (phase == "Failed") return {"False", "PodFailed", ""};
  std::vector<std::string> unready;
  for (const auto& record : containers)
    if ((!record->init || record->sidecar) && !record->ready) unready.push_back(record->name());
  if (unready.empty()) return {"True", "", ""};
  return {"False", "ContainersNotReady", "containers with unready status: " + names_of(unready)};
}

Verdict pod_ready(const data::Value& pod, const Verdict& containers) {
  if (containers.status != "True") return containers;
  for (const data::Value& gate : pod["spec"]["readinessGates"].items()) {
    const std::string& type = gate["conditionType"].text();
    if (condition_is(pod["status"]["conditions"], type, "True")) continue;
    return {"False", "ReadinessGatesNotReady",
            fmt::format("corresponding condition of pod readiness gate \"{}\" does not exist or "
                        "is not \"True\".",
                        type)};
  }
  return containers;
}

void put(data::Value& conditions, std::string_view type, const Verdict& verdict,
         const std::string& now, const data::Value& generation) {
  data::Value condition =
      make_condition(type, verdict.status, verdict.reason, verdict.message, now);
  condition.set("lastProbeTime", nullptr);
  if (generation.is_int()) condition.set("observedGeneration", generation);
  put_condition(conditions, std::move(condition));
}

data::Value statuses(const Containers& containers, bool init) {
  data::Value list = data::Value::list();
  for (const auto& record : containers)
    if (record->init == init) list.push_back(status_of(*record));
  return list;
}

data::Value conditions_of(const data::Value& pod, const std::string& phase,
                          const Containers& containers, bool sandbox, const std::string& now) {
  data::Value conditions = pod["status"]["conditions"];
  const data::Value& generation = pod["metadata"]["generation"];
  const Verdict ready = containers_ready(phase, containers);
  put(conditions, "PodReadyToStartContainers", {sandbox ? "True" : "False", "", ""}, now,
      generation);
  put(conditions, "Initialized", initialized(phase, containers), now, generation);
  put(conditions, "Ready", pod_ready(pod, ready), now, generation);
  put(conditions, "ContainersReady", ready, now, generation);
  put(conditions, "PodScheduled", {"True", "", ""}, now, generation);
  return conditions;
}

}  // namespace

bool is_initialized(const Containers& containers) {
  for (const auto& record : containers)
    if (record->init && !init_done(*record)) return false;
  return true;
}

const std::string& restart_policy(const data::Value& pod) {
  static const std::string always = "Always";
  return pod["spec"]["restartPolicy"].string_or(always);
}

bool will_restart(const data::Value& pod, const ContainerRecord& record) {
  if (record.sidecar) return true;
  const std::string& policy = restart_policy(pod);
  if (record.init) return record.exit_code != 0 && policy != "Never";
  return policy == "Always" || (policy == "OnFailure" && record.exit_code != 0);
}

std::string phase_of(const data::Value& pod, const Containers& containers) {
  bool waiting = false;
  bool running = false;
  bool failed = false;
  bool again = false;
  for (const auto& record : containers) {
    const bool lost = record->init && !record->sidecar && record->terminated() &&
                      record->exit_code != 0 && !will_restart(pod, *record);
    if (lost) return "Failed";
    if (record->init) continue;
    waiting = waiting || (record->phase == ContainerRecord::Phase::kWaiting &&
                          record->last_state["terminated"].is_null());
    running = running || record->running();
    failed = failed || (record->terminated() && record->exit_code != 0);
    again = again || !record->terminated() || will_restart(pod, *record);
  }
  if (!is_initialized(containers) && !running) {
    for (const auto& record : containers)
      if (!record->init && record->restarts > 0) return "Running";
    if (waiting) return "Pending";
  }
  if (waiting) return "Pending";
  if (running || again) return "Running";
  return failed ? "Failed" : "Succeeded";
}

data::Value pod_status(const data::Value& pod, const Containers& containers,
                       const PodAddresses& addresses, const std::string& now) {
  using data::Value;
  Value status = pod["status"].is_map() ? pod["status"] : Value::map({});
  const std::string phase = phase_of(pod, containers);
  status.set("phase", phase);
  if (pod["metadata"]["generation"].is_int())
    status.set("observedGeneration", pod["metadata"]["generation"]);
  if (!status.has("startTime")) status.set("startTime", now);
  const bool sandbox = !addresses.pod_ip.empty() && phase != "Succeeded" && phase != "Failed";
  status.set("conditions", conditions_of(pod, phase, containers, sandbox, now));
  status.set("hostIP", addresses.host_ip);
  status.set("hostIPs", Value::list({Value::map({{"ip", addresses.host_ip}})}));
  if (!addresses.pod_ip.empty()) {
    status.set("podIP", addresses.pod_ip);
    status.set("podIPs", Value::list({Value::map({{"ip", addresses.pod_ip}})}));
  }
  status.set("containerStatuses", statuses(containers, false));
  const Value init = statuses(containers, true);
  if (!init.empty()) status.set("initContainerStatuses", init);
  return status;
}

namespace {

bool optional(const data::Value& source) {
  return source["optional"].bool_or(false);
}

void look_at_source(const data::Value& source, const std::string& volume, const Exists& exists,
                    std::vector<MissingReference>& missing) {
  const auto need = [&](std::string_view kind, const data::Value& what, const char* field) {
    const std::string& name = what[field].text();
    if (what.is_null() || name.empty() || optional(what) || exists(kind, name)) return;
    missing.push_back({fmt::format("{} \"{}\" not found", base::lower(kind), name), volume});
  };
  need("ConfigMap", source["configMap"], "name");
  need("Secret", source["secret"], source["secret"].has("secretName") ? "secretName" : "name");
  need("PersistentVolumeClaim", source["persistentVolumeClaim"], "claimName");
}

}  // namespace

std::vector<MissingReference> missing_volumes(const data::Value& pod, const Exists& exists) {
  std::vector<MissingReference> missing;
  for (const data::Value& volume : pod["spec"]["volumes"].items()) {
    const std::string& name = volume["name"].text();
    look_at_source(volume, name, exists, missing);
    for (const data::Value& source : volume["projected"]["sources"].items())
      look_at_source(source, name, exists, missing);
  }
  return missing;
}

std::string missing_environment(const data::Value& container, const Exists& exists) {
  const auto absent = [&](std::string_view kind, const data::Value& reference) {
    const std::string& name = reference["name"].text();
    if (name.empty() || optional(reference) || exists(kind, name)) return std::string();
    return fmt::format("{} \"{}\" not found", base::lower(kind), name);
  };
  for (const data::Value& source : container["envFrom"].items()) {
    std::string sentence = absent("ConfigMap", source["configMapRef"]);
    if (sentence.empty()) sentence = absent("Secret", source["secretRef"]);
    if (!sentence.empty()) return sentence;
  }
  for (const data::Value& variable : container["env"].items()) {
    const data::Value& from = variable["valueFrom"];
    std::string sentence = absent("ConfigMap", from["configMapKeyRef"]);
    if (sentence.empty()) sentence = absent("Secret", from["secretKeyRef"]);
    if (!sentence.empty()) return sentence;
  }
  return "";
}

}  // namespace jibe::twin
