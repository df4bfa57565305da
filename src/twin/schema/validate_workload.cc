#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/strings.h"
#include "kube/selector.h"
#include "twin/schema/name_rules.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

// "25%" → 25
std::optional<int64_t> percent_of(const std::string& text) {
  if (!text.ends_with('%')) return std::nullopt;
  int64_t out = 0;
  const char* end = text.data() + text.size() - 1;
  const auto result = std::from_chars(text.data(), end, out);
  if (result.ptr != end || text.size() < 2 || out < 0) return std::nullopt;
  return out;
}

bool selects(const Value& selector, const Value& labels) {
  try {
    return kube::LabelSelector::from_value(selector).matches(labels);
  } catch (const base::InvalidInput&) {
    return true;  // reported as a fault of the selector
  }
}

void check_selector(const Value& spec, const std::string& kind, FieldErrors& errors) {
  const Value& selector = spec["selector"];
  const bool set = kind == "daemonset";
  if (!selector.is_map()) {
    errors.required("spec.selector");
    return;
  }
  validate_label_selector(selector, "spec.selector", errors);
  const bool blank = selector["matchLabels"].empty() && selector["matchExpressions"].empty();
  if (blank) {
    errors.invalid("spec.selector", selector, "empty selector is invalid for " + kind);
  }
  const Value& labels = spec["template"]["metadata"]["labels"];
  if ((!blank || set) && !selects(selector, labels)) {
    errors.invalid("spec.template.metadata.labels", labels,
                   "`selector` does not match template `labels`");
  }
}

// Pods that a controller keeps alive restart always and have no deadline.
void check_template(const Value& spec, const std::string& kind, FieldErrors& errors) {
  const Value& pod = spec["template"]["spec"];
  validate_pod_template(spec["template"], "spec.template", errors);
  const std::string& policy = pod["restartPolicy"].text();
  if (policy != "Always" && !policy.empty()) {
    errors.not_supported("spec.template.spec.restartPolicy", policy, {"Always"});
  }
  if (pod["activeDeadlineSeconds"].is_int()) {
    errors.forbidden("spec.template.spec.activeDeadlineSeconds",
                     "activeDeadlineSeconds in " + kind + " is not Supported");
  }
}

void check_deployment_strategy(const Value& strategy, FieldErrors& errors) {
  const std::string path = "spec.strategy";
  const std::string& type = strategy["type"].text();
  const Value& rolling = strategy["rollingUpdate"];
  if (type == "Recreate") {
    if (rolling.is_map()) {
      errors.forbidden(path + ".rollingUpdate",
                       "may not be specified when strategy `type` is 'Recreate'");
    }
    return;
  }
  if (type != "RollingUpdate") {
    errors.not_supported(path, strategy, {"Recreate", "RollingUpdate"});
    return;
  }
  validate_int_or_percent(rolling["maxUnavailable"], path + ".rollingUpdate.maxUnavailable",
                          errors);
  validate_int_or_percent(rolling["maxSurge"], path + ".rollingUpdate.maxSurge", errors);
  if (is_zero_int_or_percent(rolling["maxUnavailable"]) &&
      is_zero_int_or_percent(rolling["maxSurge"])) {
    errors.invalid(path + ".rollingUpdate.maxUnavailable", rolling["maxUnavailable"],
                   "may not be 0 when `maxSurge` is 0");
  }
}

void deployment(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  errors.not_negative("spec.replicas", spec["replicas"]);
  check_selector(spec, "deployment", errors);
  check_template(spec, "ReplicaSet", errors);
  check_deployment_strategy(spec["strategy"], errors);
  errors.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  errors.not_negative("spec.revisionHistoryLimit", spec["revisionHistoryLimit"]);
  const Value& deadline = spec["progressDeadlineSeconds"];
  errors.not_negative("spec.progressDeadlineSeconds", deadline);
  if (deadline.is_int() && deadline.as_int() <= spec["minReadySeconds"].int_or(0)) {
    errors.invalid("spec.progressDeadlineSeconds", deadline,
                   "must be greater than minReadySeconds");
  }
  if (!old.is_null()) {
    errors.immutable("spec.selector", spec["selector"], old["spec"]["selector"]);
  }
}

void replica_set(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  errors.not_negative("spec.replicas", spec["replicas"]);
  errors.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  check_selector(spec, "deployment", errors);
  check_template(spec, "ReplicaSet", errors);
  if (!old.is_null()) {
    errors.immutable("spec.selector", spec["selector"], old["spec"]["selector"]);
  }
}

void daemon_set(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  if (!old.is_null()) {
    errors.immutable("spec.selector", spec["selector"], old["spec"]["selector"]);
  }
  check_selector(spec, "daemonset", errors);
  check_template(spec, "DaemonSet", errors);
  errors.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  const Value& strategy = spec["updateStrategy"];
  const std::string& type = strategy["type"].text();
  if (type != "RollingUpdate" && type != "OnDelete") {
    errors.not_supported("spec.updateStrategy", strategy, {"RollingUpdate", "OnDelete"});
  }
}

void stateful_set(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  const std::string& management = spec["podManagementPolicy"].text();
  if (management != "OrderedReady" && management != "Parallel") {
    errors.invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'");
  }
  const Value& strategy = spec["updateStrategy"];
  const std::string& type = strategy["type"].text();
  if (type.empty()) {
    errors.required("spec.updateStrategy");
  } else if (type != "RollingUpdate" && type != "OnDelete") {
    errors.invalid("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'");
  }
  errors.not_negative("spec.replicas", spec["replicas"]);
  errors.not_negative("spec.minReadySeconds", spec["minReadySeconds"]);
  check_selector(spec, "statefulset", errors);
  // Claims become volumes of the pods, so mounts may name them.
  Value with_claims = spec;
  for (const Value& claim : spec["volumeClaimTemplates"].items()) {
    const Value& name = claim["metadata"]["name"];
    with_claims.edit("template")
        .edit("spec")
        .edit("volumes")
        .push_back(Value::map({{"name", name}, {"emptyDir", Value::map()}}));
  }
  check_template(with_claims, "StatefulSet", errors);
  if (old.is_null()) return;
  Value rest = spec;
  for (const char* key : {"replicas", "template", "updateStrategy", "minReadySeconds", "ordinals",
                          "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy"}) {
    if (old["spec"].has(key)) {
      rest.set(key, old["spec"][key]);
    } else {
      rest.erase(key);
    }
  }
  if (!(rest == old["spec"])) {
    errors.forbidden("spec",
                     "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
                     "'template', 'updateStrategy', 'revisionHistoryLimit', "
                     "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
  }
}

void check_job_spec(const Value& spec, const std::string& path, FieldErrors& errors) {
  for (const char* key : {"parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
                          "ttlSecondsAfterFinished"}) {
    errors.not_negative(child_path(path, key), spec[key]);
  }
  const Value& mode = spec["completionMode"];
  if (mode.is_string() && mode.text() != "NonIndexed" && mode.text() != "Indexed") {
    errors.not_supported(path + ".completionMode", mode, {"NonIndexed", "Indexed"});
  }
  if (mode.text() == "Indexed" && spec["completions"].is_null()) {
    errors.required(path + ".completions", "when completion mode is Indexed");
  }
  validate_pod_template(spec["template"], path + ".template", errors);
  const std::string& policy = spec["template"]["spec"]["restartPolicy"].text();
  if (policy == "Always" || policy.empty()) {
    errors.required(path + ".template.spec.restartPolicy",
                    "valid values: \"OnFailure\", \"Never\"");
  } else if (policy != "OnFailure" && policy != "Never") {
    errors.not_supported(path + ".template.spec.restartPolicy", policy, {"OnFailure", "Never"});
  }
}

// While a Job is suspended and has not started, its pods' place may still change.
bool may_change_template(const Value& old) {
  return old["spec"]["suspend"].bool_or(false) && old["status"]["startTime"].is_null();
}

void job(const Value& object, const Value& old, FieldErrors& errors) {
  const Value& spec = object["spec"];
  check_job_spec(spec, "spec", errors);
  if (!spec["selector"].is_map()) errors.required("spec.selector");
  if (!selects(spec["selector"], spec["template"]["metadata"]["labels"])) {
    errors.invalid("spec.template.metadata.labels", spec["template"]["metadata"]["labels"],
                   "`selector` does not match template `labels`");
  }
  if (old.is_null()) return;
  const Value& before = old["spec"];
  const bool indexed = spec["completionMode"].text() == "Indexed";
  if (!indexed || !(spec["completions"] == spec["parallelism"])) {
    errors.immutable("spec.completions", spec["completions"], before["completions"]);
  }
  errors.immutable("spec.selector", spec["selector"], before["selector"]);
  if (!may_change_template(old)) {
    errors.immutable("spec.template", spec["template"], before["template"]);
  }
  for (const char* key : {"completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy",
                          "successPolicy"}) {
    errors.immutable(child_path("spec", key), spec[key], before[key]);
  }
}

// What robfig/cron's parser says of it; "" for five fields of cron's alphabet, or a macro.
std::string schedule_error(const std::string& text) {
  if (text.starts_with('@')) {
    for (const char* macro :
         {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}) {
      if (text == macro) return "";
    }
    return text.starts_with("@every ") ? "" : "unrecognized descriptor: " + text;
  }
  std::vector<std::string> fields;
  for (std::string_view field : base::split(text, ' ')) {
    if (!base::trim(field).empty()) fields.emplace_back(base::trim(field));
  }
  if (fields.size() != 5) {
    return fmt::format("expected exactly 5 fields, found {}: [{}]", fields.size(),
                       base::join(fields, " "));
  }
  const auto is_foreign = [](char c) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return !word && std::string_view("*/,-?").find(c) == std::string_view::npos;
  };
  for (const std::string& field : fields) {
    if (std::ranges::none_of(field, is_foreign)) continue;
    return fmt::format(
        "failed to parse int from {0}: strconv.Atoi: parsing \"{0}\": invalid syntax", field);
  }
  return "";
}

void cron_job(const Value& object, const Value&, FieldErrors& errors) {
  const Value& spec = object["spec"];
  const std::string& schedule = spec["schedule"].text();
  if (schedule.empty()) {
    errors.required("spec.schedule");
  } else if (const std::string error = schedule_error(schedule); !error.empty()) {
    errors.invalid("spec.schedule", schedule, error);
  }
  validate_enum(spec["concurrencyPolicy"], "spec.concurrencyPolicy", {"Allow", "Forbid", "Replace"},
                errors);
  check_job_spec(spec["jobTemplate"]["spec"], "spec.jobTemplate.spec", errors);
  for (const char* key :
       {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
    errors.not_negative(child_path("spec", key), spec[key]);
  }
}

void pod(const Value& object, const Value& old, FieldErrors& errors) {
  validate_pod(object, errors);
  if (!old.is_null()) validate_pod_update(object, old, errors);
}

}  // namespace

void validate_int_or_percent(const Value& value, const std::string& path, FieldErrors& errors) {
  if (value.is_null()) return;
  if (value.is_int()) return errors.not_negative(path, value);
  const auto percent = percent_of(value.text());
  if (!percent) {
    errors.invalid(
        path, value,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. "
        "'1%',  or '93%', regex used for validation is '[0-9]+%')");
  } else if (*percent > 100 && !path.ends_with("maxSurge")) {
    errors.invalid(path, value, "must not be greater than 100%");
  }
}

bool is_zero_int_or_percent(const Value& value) {
  if (value.is_int()) return value.as_int() == 0;
  return percent_of(value.text()).value_or(1) == 0;
}

KindValidator workload_validator(std::string_view group_kind) {
  static const std::map<std::string_view, KindValidator> kTable = {
      {"/Pod", pod},
      {"apps/Deployment", deployment},
      {"apps/ReplicaSet", replica_set},
      {"apps/DaemonSet", daemon_set},
      {"apps/StatefulSet", stateful_set},
      {"batch/Job", job},
      {"batch/CronJob", cron_job},
  };
  const auto found = kTable.find(group_kind);
  return found == kTable.end() ? nullptr : found->second;
}

}  // namespace jibe::twin
