// pkg/apis/{apps,batch,autoscaling}/v1/defaults.go of Kubernetes 1.36.
#include <limits>
#include <map>

#include "twin/schema/default_table.h"

namespace jibe::twin {
namespace {

using data::Value;

void deployment(Value& d) {
  Value& spec = d.edit("spec");
  set_default(spec, "replicas", 1);
  set_default(spec, "revisionHistoryLimit", 10);
  set_default(spec, "progressDeadlineSeconds", 600);
  Value& strategy = spec.edit("strategy");
  set_default_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].text() != "RollingUpdate") return;
  Value& rolling = strategy.edit("rollingUpdate");
  set_default(rolling, "maxUnavailable", "25%");
  set_default(rolling, "maxSurge", "25%");
}

void daemon_set(Value& d) {
  Value& spec = d.edit("spec");
  set_default(spec, "revisionHistoryLimit", 10);
  Value& strategy = spec.edit("updateStrategy");
  set_default_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].text() != "RollingUpdate") return;
  Value& rolling = strategy.edit("rollingUpdate");
  set_default(rolling, "maxUnavailable", 1);
  set_default(rolling, "maxSurge", 0);
}

void stateful_set(Value& s) {
  Value& spec = s.edit("spec");
  set_default_text(spec, "podManagementPolicy", "OrderedReady");
  Value& strategy = spec.edit("updateStrategy");
  if (strategy["type"].text().empty()) {
    strategy.set("type", "RollingUpdate");
    set_default(strategy, "rollingUpdate", Value::map());
  }
  if (strategy["type"].text() == "RollingUpdate" && strategy["rollingUpdate"].is_map()) {
    set_default(strategy.edit("rollingUpdate"), "partition", 0);
  }
  Value& retention = spec.edit("persistentVolumeClaimRetentionPolicy");
  set_default_text(retention, "whenDeleted", "Retain");
  set_default_text(retention, "whenScaled", "Retain");
  set_default(spec, "replicas", 1);
  set_default(spec, "revisionHistoryLimit", 10);
  for (size_t i = 0; i < spec["volumeClaimTemplates"].size(); ++i) {
    Value& claim = spec.edit("volumeClaimTemplates").edit(i);
    set_default_text(claim, "apiVersion", "v1");
    set_default_text(claim, "kind", "PersistentVolumeClaim");
  }
}

void replica_set(Value& r) {
  set_default(r.edit("spec"), "replicas", 1);
}

void replication_controller(Value& r) {
  Value& spec = r.edit("spec");
  set_default(spec, "replicas", 1);
  const Value labels = spec["template"]["metadata"]["labels"];
  if (labels.empty()) return;
  if (spec["selector"].empty()) spec.set("selector", labels);
  if (r["metadata"]["labels"].empty()) r.edit("metadata").set("labels", labels);
}

void job_spec(Value& spec) {
  if (spec["completions"].is_null() && spec["parallelism"].is_null()) spec.set("completions", 1);
  set_default(spec, "parallelism", 1);
  const bool per_index = !spec["backoffLimitPerIndex"].is_null();
  set_default(spec, "backoffLimit", per_index ? std::numeric_limits<int32_t>::max() : 6);
  set_default(spec, "completionMode", "NonIndexed");
  set_default(spec, "suspend", false);
  const bool policy = !spec["podFailurePolicy"].is_null();
  set_default(spec, "podReplacementPolicy", policy ? "Failed" : "TerminatingOrFailed");
  set_default(spec, "manualSelector", false);
}

void job(Value& j) {
  job_spec(j.edit("spec"));
  const Value labels = j["spec"]["template"]["metadata"]["labels"];
  if (!labels.empty() && j["metadata"]["labels"].empty()) j.edit("metadata").set("labels", labels);
}

void cron_job(Value& c) {
  Value& spec = c.edit("spec");
  set_default_text(spec, "concurrencyPolicy", "Allow");
  set_default(spec, "suspend", false);
  set_default(spec, "successfulJobsHistoryLimit", 3);
  set_default(spec, "failedJobsHistoryLimit", 1);
}

void condition_pattern(Value& pattern) {
  set_default_text(pattern, "status", "True");
}

void scaling_rules(Value& rules, bool up) {
  if (up) set_default(rules, "stabilizationWindowSeconds", 0);
  set_default(rules, "selectPolicy", "Max");
  if (!rules["policies"].is_null()) return;
  Value percent = Value::map({{"type", "Percent"}, {"value", 100}, {"periodSeconds", 15}});
  Value pods = Value::map({{"type", "Pods"}, {"value", 4}, {"periodSeconds", 15}});
  rules.set("policies", up ? Value::list({pods, percent}) : Value::list({percent}));
}

void autoscaler_v2(Value& h) {
  Value& spec = h.edit("spec");
  set_default(spec, "minReplicas", 1);
  if (spec["metrics"].empty()) {
    Value target = Value::map({{"type", "Utilization"}, {"averageUtilization", 80}});
    Value resource = Value::map({{"name", "cpu"}, {"target", target}});
    spec.set("metrics", Value::list({Value::map({{"type", "Resource"}, {"resource", resource}})}));
  }
  if (spec["behavior"].is_null()) return;
  Value& behavior = spec.edit("behavior");
  scaling_rules(behavior.edit("scaleUp"), true);
  scaling_rules(behavior.edit("scaleDown"), false);
}

// The CPU target is defaulted by conversion, which knows the metrics kept in annotations.
void autoscaler_v1(Value& h) {
  Value& spec = h.edit("spec");
  set_default(spec, "minReplicas", 1);
  if (!h["metadata"]["annotations"].has("autoscaling.alpha.kubernetes.io/metrics")) {
    set_default(spec, "targetCPUUtilizationPercentage", 80);
  }
}

}  // namespace

DefaultFunction workload_defaults_of(std::string_view definition) {
  static const std::map<std::string_view, DefaultFunction> kTable = {
      {"io.k8s.api.apps.v1.Deployment", deployment},
      {"io.k8s.api.apps.v1.DaemonSet", daemon_set},
      {"io.k8s.api.apps.v1.StatefulSet", stateful_set},
      {"io.k8s.api.apps.v1.ReplicaSet", replica_set},
      {"io.k8s.api.core.v1.ReplicationController", replication_controller},
      {"io.k8s.api.batch.v1.Job", job},
      {"io.k8s.api.batch.v1.CronJob", cron_job},
      {"io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern", condition_pattern},
      {"io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler", autoscaler_v2},
      {"io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler", autoscaler_v1},
  };
  const auto found = kTable.find(definition);
  return found == kTable.end() ? nullptr : found->second;
}

}  // namespace jibe::twin
