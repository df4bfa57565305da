// HorizontalPodAutoscalers in a cluster without metrics (pkg/controller/podautoscaler, 1.36): the
// bounds are enforced, and status says that nothing else can be.
#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

// The first metric's complaint, as the metrics client words it where no metrics API is served.
struct Complaint {
  std::string reason;
  std::string message;
};

Complaint complaint_of(const data::Value& metric) {
  const std::string& type = metric["type"].text();
  const char* kNoResource =
      "unable to fetch metrics from resource metrics API: the server could not find the requested "
      "resource (get pods.metrics.k8s.io)";
  if (type == "Resource" || type == "ContainerResource") {
    const char* field = type == "Resource" ? "resource" : "containerResource";
    const std::string& name = metric[field]["name"].text();
    const std::string cause = fmt::format(
        "failed to get {} {}: unable to get metrics for resource {}: {}", name,
        metric[field]["target"]["type"].text() == "Utilization" ? "utilization" : "usage", name,
        kNoResource);
    return {type == "Resource" ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric",
            cause};
  }
  const std::string name = type == "External" ? metric["external"]["metric"]["name"].text()
                           : type == "Pods"   ? metric["pods"]["metric"]["name"].text()
                                              : metric["object"]["metric"]["name"].text();
  return {fmt::format("FailedGet{}Metric", type),
          fmt::format("unable to get metric {}: no {} metrics API registered", name,
                      type == "External" ? "external" : "custom")};
}

class HpaController : public Controller {
 public:
  explicit HpaController(Context context) : Controller(context, "horizontal-pod-autoscaler") {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  struct Scale {
    kube::Gvr gvr;
    data::Value object;
    // Why there is none.
    std::string error;
  };
  Scale scale_of(const data::Value& hpa) const;
  void put(data::Value& status, std::string_view type, std::string_view value,
           std::string_view reason, const std::string& message) const;
  Task<void> rescale(data::Value hpa, Scale scale, int64_t replicas, std::string reason);
  Task<void> store(data::Value hpa, data::Value status);
};

void HpaController::watch() {
  on_objects(kHpas);
  for (const kube::Gvr& gvr : {kDeployments, kReplicaSets, kStatefulSets})
    on(gvr, [this](const WatchEvent& event) {
      const bool same = event.type == "MODIFIED" &&
                        event.old["spec"]["replicas"] == event.object["spec"]["replicas"] &&
                        event.old["status"]["replicas"] == event.object["status"]["replicas"];
      if (same) return;
      for (const data::Value& hpa : client_.items(kHpas, object_namespace(event.object)))
        if (hpa["spec"]["scaleTargetRef"]["name"].text() == object_name(event.object))
          queue_.add(key_of(hpa));
    });
}

HpaController::Scale HpaController::scale_of(const data::Value& hpa) const {
  const data::Value& target = hpa["spec"]["scaleTargetRef"];
  const base::Cut version = base::cut(target["apiVersion"].text(), "/");
  const kube::Gvk gvk{version.found ? std::string(version.before) : "",
                      std::string(version.found ? version.after : version.before),
                      target["kind"].text()};
  const ResourcePtr resource = client_.api().find_kind(gvk);
  if (!resource)
    return {{},
            nullptr,
            fmt::format("no matches for kind \"{}\" in group \"{}\"", gvk.kind, gvk.group)};
  try {
    auto found = client_.api().try_get(
        {resource->gvr, object_namespace(hpa), target["name"].text(), "scale"});
    if (found) return {resource->gvr, *found, ""};
  } catch (const kube::StatusError& error) {
    return {resource->gvr, nullptr, error.what()};
  }
  return {resource->gvr, nullptr,
          kube::not_found(resource->gvr.group_resource(), target["name"].text()).what()};
}

void HpaController::put(data::Value& status, std::string_view type, std::string_view value,
                        std::string_view reason, const std::string& message) const {
  data::Value conditions = status["conditions"];
  put_condition(conditions, make_condition(type, value, reason, message, timestamp()));
  status.set("conditions", conditions);
}

Task<void> HpaController::store(data::Value hpa, data::Value status) {
  if (status == hpa["status"]) co_return;
  hpa.set("status", status);
  co_await client_.update_status(kHpas, hpa);
}

Task<void> HpaController::rescale(data::Value hpa, Scale scale, int64_t replicas,
                                  std::string reason) {
  data::Value status = hpa["status"];
  const int64_t current = scale.object["spec"]["replicas"].int_or(0);
  data::Value wanted = scale.object;
  wanted.edit("spec").set("replicas", replicas);
  co_await client_.update_sub(scale.gvr, wanted, "scale");
  put(status, "AbleToScale", "True", "SucceededRescale",
      fmt::format("the HPA controller was able to update the target scale to {}", replicas));
  status.set("currentReplicas", current);
  status.set("desiredReplicas", replicas);
  status.set("lastScaleTime", timestamp());
  co_await events_.normal(hpa, "SuccessfulRescale",
                          fmt::format("New size: {}; reason: {}", replicas, reason));
  co_await store(hpa, status);
}

Task<void> HpaController::sync(std::string key) {
  const auto found = client_.get(kHpas, key);
  if (!found || kube::is_terminating(*found)) co_return;
  const data::Value hpa = *found;
  const data::Value& spec = hpa["spec"];
  data::Value status = hpa["status"].is_map() ? hpa["status"] : data::Value::map({});
  const Scale scale = scale_of(hpa);
  if (scale.object.is_null()) {
    put(status, "AbleToScale", "False", "FailedGetScale",
        "the HPA controller was unable to get the target's current scale: " + scale.error);
    if (status != hpa["status"]) co_await events_.warning(hpa, "FailedGetScale", scale.error);
    co_await store(hpa, status);
    co_return;
  }
  put(status, "AbleToScale", "True", "SucceededGetScale",
      "the HPA controller was able to get the target's current scale");
  const int64_t current = scale.object["spec"]["replicas"].int_or(0);
  const int64_t least = spec["minReplicas"].int_or(1);
  const int64_t most = spec["maxReplicas"].int_or(1);
  if (current > most || (current != 0 && current < least)) {
    const char* reason = current > most ? "Current number of replicas above Spec.MaxReplicas"
                                        : "Current number of replicas below Spec.MinReplicas";
    co_await rescale(hpa, scale, std::clamp(current, least, most), reason);
    co_return;
  }
  status.set("currentReplicas", scale.object["status"]["replicas"].int_or(0));
  if (current == 0 && least != 0) {
    status.set("desiredReplicas", 0);
    put(status, "ScalingActive", "False", "ScalingDisabled",
        "scaling is disabled since the replica count of the target is zero");
  } else {
    const Complaint complaint = complaint_of(spec["metrics"][0]);
    const std::string message =
        "the HPA was unable to compute the replica count: " + complaint.message;
    const bool fresh =
        find_condition(status["conditions"], "ScalingActive")["message"].text() != message;
    put(status, "ScalingActive", "False", complaint.reason, message);
    status.set("desiredReplicas", status["desiredReplicas"].int_or(0));
    if (fresh) co_await events_.warning(hpa, complaint.reason, complaint.message);
  }
  co_await store(hpa, status);
}

}  // namespace

std::unique_ptr<Controller> make_hpa_controller(Context context) {
  return std::make_unique<HpaController>(context);
}

}  // namespace jibe::twin
