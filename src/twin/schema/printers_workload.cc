// Pods are in printers_pod.cc.
#include <fmt/format.h>

#include <map>

#include "kube/time.h"
#include "twin/schema/pod_printer.h"
#include "twin/schema/printers.h"
#include "twin/schema/table.h"

namespace jibe::twin {
namespace {

using data::Value;

const Value& pod_containers(const Value& template_owner) {
  return template_owner["template"]["spec"]["containers"];
}

std::string ratio(const Value& ready, const Value& wanted) {
  return fmt::format("{}/{}", ready.int_or(0), wanted.int_or(0));
}

Value deployment(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  const Value& status = o["status"];
  const Value& containers = pod_containers(spec);
  return Value::list({name_cell(o), ratio(status["readyReplicas"], spec["replicas"]),
                      count_cell(status["updatedReplicas"]),
                      count_cell(status["availableReplicas"]), age_cell(o, now),
                      joined(containers, "name"), joined(containers, "image"),
                      selector_text(spec["selector"])});
}

Value replica_set(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  const Value& status = o["status"];
  const Value& containers = pod_containers(spec);
  const bool plain =
      !spec["selector"].has("matchLabels") && !spec["selector"].has("matchExpressions");
  return Value::list({name_cell(o), count_cell(spec["replicas"]), count_cell(status["replicas"]),
                      count_cell(status["readyReplicas"]), age_cell(o, now),
                      joined(containers, "name"), joined(containers, "image"),
                      plain ? labels_text(spec["selector"]) : selector_text(spec["selector"])});
}

Value daemon_set(const Value& o, base::Time now) {
  const Value& status = o["status"];
  const Value& containers = pod_containers(o["spec"]);
  return Value::list(
      {name_cell(o), count_cell(status["desiredNumberScheduled"]),
       count_cell(status["currentNumberScheduled"]), count_cell(status["numberReady"]),
       count_cell(status["updatedNumberScheduled"]), count_cell(status["numberAvailable"]),
       labels_text(o["spec"]["template"]["spec"]["nodeSelector"]), age_cell(o, now),
       joined(containers, "name"), joined(containers, "image"),
       selector_text(o["spec"]["selector"])});
}

Value stateful_set(const Value& o, base::Time now) {
  const Value& containers = pod_containers(o["spec"]);
  return Value::list({name_cell(o), ratio(o["status"]["readyReplicas"], o["spec"]["replicas"]),
                      age_cell(o, now), joined(containers, "name"), joined(containers, "image")});
}

bool has_condition(const Value& o, std::string_view type) {
  for (const Value& c : o["status"]["conditions"].items()) {
    if (c["type"].text() == type) return c["status"].text() == "True";
  }
  return false;
}

std::string job_status(const Value& o) {
  if (has_condition(o, "Complete")) return "Complete";
  if (has_condition(o, "Failed")) return "Failed";
  if (o["metadata"].has("deletionTimestamp")) return "Terminating";
  for (const char* type : {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
    if (has_condition(o, type)) return type;
  }
  return "Running";
}

std::string job_completions(const Value& o) {
  const Value& spec = o["spec"];
  const int64_t done = o["status"]["succeeded"].int_or(0);
  if (spec["completions"].is_int()) return fmt::format("{}/{}", done, spec["completions"].as_int());
  const int64_t parallel = spec["parallelism"].int_or(0);
  return parallel > 1 ? fmt::format("{}/1 of {}", done, parallel) : fmt::format("{}/1", done);
}

std::string job_duration(const Value& o, base::Time now) {
  const auto start = kube::parse_time(o["status"]["startTime"].text());
  if (!start) return "";
  const auto end = kube::parse_time(o["status"]["completionTime"].text());
  return human_duration(end.value_or(now) - *start);
}

Value job(const Value& o, base::Time now) {
  const Value& containers = pod_containers(o["spec"]);
  return Value::list({name_cell(o), job_status(o), job_completions(o), job_duration(o, now),
                      age_cell(o, now), joined(containers, "name"), joined(containers, "image"),
                      selector_text(o["spec"]["selector"])});
}

Value cron_job(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  const Value& last = o["status"]["lastScheduleTime"];
  const Value& job_spec = spec["jobTemplate"]["spec"];
  const Value& suspend = spec["suspend"];
  const char* suspended = !suspend.is_bool() ? "<unset>" : suspend.as_bool() ? "True" : "False";
  return Value::list({name_cell(o), spec["schedule"], text_or(spec["timeZone"], "<none>"),
                      suspended, static_cast<int64_t>(o["status"]["active"].size()),
                      last.is_null() ? "<none>" : age_since(last, now), age_cell(o, now),
                      joined(pod_containers(job_spec), "name"),
                      joined(pod_containers(job_spec), "image"),
                      selector_text(job_spec["selector"])});
}

Value pod_template(const Value& o, base::Time) {
  const Value& containers = pod_containers(o);
  return Value::list({name_cell(o), joined(containers, "name"), joined(containers, "image"),
                      labels_text(o["template"]["metadata"]["labels"])});
}

std::string int_or_string(const Value& v) {
  if (v.is_int()) return std::to_string(v.as_int());
  return v.is_string() ? v.text() : "N/A";
}

Value disruption_budget(const Value& o, base::Time now) {
  return Value::list({name_cell(o), int_or_string(o["spec"]["minAvailable"]),
                      int_or_string(o["spec"]["maxUnavailable"]),
                      count_cell(o["status"]["disruptionsAllowed"]), age_cell(o, now)});
}

Value controller_revision(const Value& o, base::Time now) {
  std::string owner = "<none>";
  for (const Value& ref : o["metadata"]["ownerReferences"].items()) {
    if (!ref["controller"].bool_or(false)) continue;
    const std::string& version = ref["apiVersion"].text();
    const size_t slash = version.find('/');
    owner = ref["kind"].text();
    if (slash != std::string::npos) owner += "." + version.substr(0, slash);
    for (char& c : owner) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    owner += "/" + ref["name"].text();
  }
  return Value::list({name_cell(o), owner, count_cell(o["revision"]), age_cell(o, now)});
}

Value scale(const Value& o, base::Time now) {
  return Value::list({name_cell(o), count_cell(o["spec"]["replicas"]),
                      count_cell(o["status"]["replicas"]), age_cell(o, now)});
}

using Printers = std::map<std::string_view, Printer>;

const Column kSelector{"Selector", "string", 1, "Selects the pods."};
const Column kReadyRatio{"Ready", "string", 0, "Ready pods of those wanted."};
const Column kDesired{"Desired", "integer", 0, "Pods that should run."};
const Column kCurrent{"Current", "integer", 0, "Pods that exist."};
const Column kReadyCount{"Ready", "integer", 0, "Pods that are ready."};

Printers make_printers() {
  const std::vector<Column> replicas = {kNameColumn, kDesired,          kCurrent,      kReadyCount,
                                        kAgeColumn,  kContainersColumn, kImagesColumn, kSelector};
  return {
      {"/Pod", {pod_columns(), pod_cells}},
      {"apps/Deployment",
       {{kNameColumn,
         kReadyRatio,
         {"Up-to-date", "string", 0, "Pods of the current template."},
         {"Available", "string", 0, "Pods ready for minReadySeconds."},
         kAgeColumn,
         kContainersColumn,
         kImagesColumn,
         kSelector},
        deployment}},
      {"apps/ReplicaSet", {replicas, replica_set}},
      {"/ReplicationController", {replicas, replica_set}},
      {"apps/DaemonSet",
       {{kNameColumn,
         kDesired,
         kCurrent,
         kReadyCount,
         {"Up-to-date", "integer", 0, "Nodes with a pod of the current template."},
         {"Available", "integer", 0, "Nodes with an available pod."},
         {"Node Selector", "string", 0, "Labels a node must have."},
         kAgeColumn,
         kContainersColumn,
         kImagesColumn,
         kSelector},
        daemon_set}},
      {"apps/StatefulSet",
       {{kNameColumn, kReadyRatio, kAgeColumn, kContainersColumn, kImagesColumn}, stateful_set}},
      {"batch/Job",
       {{kNameColumn,
         {"Status", "string", 0, "State of the job."},
         {"Completions", "string", 0, "Pods that succeeded of those wanted."},
         {"Duration", "string", 0, "Time from start to completion."},
         kAgeColumn,
         kContainersColumn,
         kImagesColumn,
         kSelector},
        job}},
      {"batch/CronJob",
       {{kNameColumn,
         {"Schedule"},
         {"Timezone"},
         {"Suspend", "boolean"},
         {"Active", "integer"},
         {"Last Schedule"},
         kAgeColumn,
         kContainersColumn,
         kImagesColumn,
         kSelector},
        cron_job}},
      {"/PodTemplate", {{kNameColumn, {"Containers"}, {"Images"}, {"Pod Labels"}}, pod_template}},
      {"policy/PodDisruptionBudget",
       {{kNameColumn,
         {"Min Available", "string", 0, "Pods that must stay available."},
         {"Max Unavailable", "string", 0, "Pods that may be unavailable."},
         {"Allowed Disruptions", "integer", 0, "Pods that may be evicted now."},
         kAgeColumn},
        disruption_budget}},
      {"autoscaling/Scale",
       {{{"Name"}, kDesired, {"Available", "integer", 0, "Pods that exist."}, kAgeColumn}, scale}},
      {"apps/ControllerRevision",
       {{kNameColumn, {"Controller"}, {"Revision"}, kAgeColumn}, controller_revision}},
  };
}

}  // namespace

const Printer* workload_printer(std::string_view group_kind) {
  static const Printers kPrinters = make_printers();
  const auto found = kPrinters.find(group_kind);
  return found == kPrinters.end() ? nullptr : &found->second;
}

}  // namespace jibe::twin
