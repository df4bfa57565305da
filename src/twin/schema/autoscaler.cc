#include "twin/schema/autoscaler.h"

#include <fmt/format.h>

#include <vector>

#include "base/strings.h"
#include "data/json.h"

namespace jibe::twin {
namespace {

using data::Value;

constexpr const char* kMetrics = "autoscaling.alpha.kubernetes.io/metrics";
constexpr const char* kCurrentMetrics = "autoscaling.alpha.kubernetes.io/current-metrics";
constexpr const char* kConditions = "autoscaling.alpha.kubernetes.io/conditions";
constexpr const char* kBehavior = "autoscaling.alpha.kubernetes.io/behavior";

bool is_cpu_utilization(const Value& metric) {
  const Value& resource = metric["resource"];
  const Value& figures = resource.has("target") ? resource["target"] : resource["current"];
  return metric["type"].text() == "Resource" && resource["name"].text() == "cpu" &&
         figures["averageUtilization"].is_int();
}

Value cpu_metric(const Value& percent, const char* figures) {
  Value inner = Value::map({{"averageUtilization", percent}});
  if (std::string_view(figures) == "target") inner.set("type", "Utilization");
  return Value::map(
      {{"type", "Resource"}, {"resource", Value::map({{"name", "cpu"}, {figures, inner}})}});
}

// A JSON annotation, taken out of the object; null where it is absent or unreadable.
Value take_annotation(Value& object, const char* key) {
  const Value text = object["metadata"]["annotations"][key];
  if (!text.is_string()) return nullptr;
  object.edit("metadata").edit("annotations").erase(key);
  if (object["metadata"]["annotations"].empty()) object.edit("metadata").erase("annotations");
  try {
    return data::parse_json(text.text());
  } catch (const base::InvalidInput&) {
    return nullptr;
  }
}

void keep_annotation(Value& object, const char* key, const Value& value) {
  if (value.empty()) return;
  object.edit("metadata").edit("annotations").set(key, data::to_json(value));
}

// "target" or "current" of whatever source the metric has.
const Value& figures_of(const Value& metric, const char* key) {
  for (const char* source : {"resource", "containerResource", "pods", "object", "external"}) {
    if (metric[source].is_map()) return metric[source][key];
  }
  return metric["none"];
}

std::string quantity_text(const Value& v) {
  return v.is_int() ? std::to_string(v.as_int()) : v.text();
}

std::string resource_metric(const Value& spec, const Value& status) {
  const Value& source = spec[spec["type"].text() == "Resource" ? "resource" : "containerResource"];
  const Value& target = source["target"];
  const Value& current = figures_of(status, "current");
  std::string now = "<unknown>";
  std::string wanted = "<auto>";
  if (!target["averageValue"].is_null()) {
    if (current.is_map()) now = quantity_text(current["averageValue"]);
    wanted = quantity_text(target["averageValue"]);
  } else {
    if (current["averageUtilization"].is_int()) {
      now = fmt::format("{}%", current["averageUtilization"].as_int());
    }
    if (target["averageUtilization"].is_int()) {
      wanted = fmt::format("{}%", target["averageUtilization"].as_int());
    }
  }
  return fmt::format("{}: {}/{}", source["name"].text(), now, wanted);
}

std::string metric_text(const Value& spec, const Value& status) {
  const std::string& type = spec["type"].text();
  if (type == "Resource" || type == "ContainerResource") return resource_metric(spec, status);
  if (type != "Pods" && type != "Object" && type != "External") return "<unknown type>";
  const Value& target = figures_of(spec, "target");
  const Value& current = figures_of(status, "current");
  const bool average = !target["averageValue"].is_null();
  const char* key = average ? "averageValue" : "value";
  const std::string now = current[key].is_null() ? "<unknown>" : quantity_text(current[key]);
  const std::string text = now + "/" + quantity_text(target[key]);
  return average && type != "Pods" ? text + " (avg)" : text;
}

}  // namespace

Value autoscaler_as_v2(const Value& object) {
  Value out = object;
  if (object["apiVersion"].text() == "autoscaling/v2") return out;
  out.set("apiVersion", "autoscaling/v2");
  Value metrics = take_annotation(out, kMetrics);
  Value current = take_annotation(out, kCurrentMetrics);
  Value conditions = take_annotation(out, kConditions);
  Value behavior = take_annotation(out, kBehavior);
  const Value percent = out["spec"]["targetCPUUtilizationPercentage"];
  const Value now = out["status"]["currentCPUUtilizationPercentage"];
  if (percent.is_int()) {
    out.edit("spec").erase("targetCPUUtilizationPercentage");
    if (metrics.is_null()) metrics = Value::list();
    metrics.edit_items().insert(metrics.edit_items().begin(), cpu_metric(percent, "target"));
  }
  if (now.is_int()) {
    out.edit("status").erase("currentCPUUtilizationPercentage");
    if (current.is_null()) current = Value::list();
    current.edit_items().insert(current.edit_items().begin(), cpu_metric(now, "current"));
  }
  if (!metrics.empty()) out.edit("spec").set("metrics", metrics);
  if (!behavior.empty()) out.edit("spec").set("behavior", behavior);
  if (!current.empty()) out.edit("status").set("currentMetrics", current);
  if (!conditions.empty()) out.edit("status").set("conditions", conditions);
  return out;
}

Value autoscaler_as_v1(const Value& object) {
  Value out = object;
  if (object["apiVersion"].text() == "autoscaling/v1") return out;
  out.set("apiVersion", "autoscaling/v1");
  Value others = Value::list();
  for (const Value& metric : object["spec"]["metrics"].items()) {
    if (is_cpu_utilization(metric) && !out["spec"].has("targetCPUUtilizationPercentage")) {
      out.edit("spec").set("targetCPUUtilizationPercentage",
                           metric["resource"]["target"]["averageUtilization"]);
    } else {
      others.push_back(metric);
    }
  }
  Value statuses = Value::list();
  for (const Value& metric : object["status"]["currentMetrics"].items()) {
    if (is_cpu_utilization(metric)) {
      out.edit("status").set("currentCPUUtilizationPercentage",
                             metric["resource"]["current"]["averageUtilization"]);
    } else {
      statuses.push_back(metric);
    }
  }
  keep_annotation(out, kMetrics, others);
  keep_annotation(out, kCurrentMetrics, statuses);
  keep_annotation(out, kConditions, object["status"]["conditions"]);
  keep_annotation(out, kBehavior, object["spec"]["behavior"]);
  if (out["spec"].is_map()) {
    out.edit("spec").erase("metrics");
    out.edit("spec").erase("behavior");
  }
  if (out["status"].is_map()) {
    out.edit("status").erase("currentMetrics");
    out.edit("status").erase("conditions");
  }
  return out;
}

std::string metrics_text(const Value& specs, const Value& statuses) {
  constexpr size_t kShown = 2;
  if (specs.empty()) return "<none>";
  std::vector<std::string> all;
  for (size_t i = 0; i < specs.size(); ++i) all.push_back(metric_text(specs[i], statuses[i]));
  if (all.size() <= kShown) return base::join(all, ", ");
  return fmt::format("{}, {} + {} more...", all[0], all[1], all.size() - kShown);
}

}  // namespace jibe::twin
