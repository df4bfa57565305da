// EndpointSlices and Endpoints of Services (pkg/controller/endpointslice and endpoint, 1.36).
#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/endpoints_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

constexpr std::string_view kServiceName = "kubernetes.io/service-name";
constexpr std::string_view kManagedBy = "endpointslice.kubernetes.io/managed-by";
constexpr std::string_view kSliceController = "endpointslice-controller.k8s.io";
constexpr std::string_view kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

// What of a pod matters to endpoints.
bool matters(const data::Value& before, const data::Value& after) {
  return before["metadata"]["labels"] != after["metadata"]["labels"] ||
         before["metadata"]["deletionTimestamp"] != after["metadata"]["deletionTimestamp"] ||
         before["status"]["podIP"] != after["status"]["podIP"] ||
         is_pod_ready(before) != is_pod_ready(after) ||
         is_pod_finished(before) != is_pod_finished(after);
}

class ServiceWatcher : public Controller {
 public:
  using Controller::Controller;

 protected:
  void watch_services_and_pods() {
    on_objects(kServices);
    on(kPods, [this](const WatchEvent& event) {
      if (event.type == "MODIFIED" && !matters(event.old, event.object)) return;
      for (const data::Value& service : client_.items(kServices, object_namespace(event.object)))
        if (selects(service, event.object) || selects(service, event.old))
          queue_.add(key_of(service));
    });
  }
};

class EndpointSliceController : public ServiceWatcher {
 public:
  explicit EndpointSliceController(Context context)
      : ServiceWatcher(context, "endpoint-slice-controller") {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  std::vector<data::Value> slices_of(const data::Value& service) const;
  data::Value make_slice(const data::Value& service, const EndpointGroup& group) const;
  Task<void> reconcile(data::Value service, std::vector<EndpointGroup> groups);
};

void EndpointSliceController::watch() {
  watch_services_and_pods();
  on(kEndpointSlices, [this](const WatchEvent& event) {
    if (event.type == "ADDED" || kube::label_of(event.object, kManagedBy) != kSliceController)
      return;
    const std::string& service = kube::label_of(event.object, kServiceName);
    if (!service.empty()) queue_.add(object_namespace(event.object) + "/" + service);
  });
}

std::vector<data::Value> EndpointSliceController::slices_of(const data::Value& service) const {
  std::vector<data::Value> slices = client_.items(kEndpointSlices, object_namespace(service));
  std::erase_if(slices, [&](const data::Value& slice) {
    return kube::label_of(slice, kServiceName) != object_name(service) ||
           kube::label_of(slice, kManagedBy) != kSliceController || kube::is_terminating(slice);
  });
  return slices;
}

data::Value EndpointSliceController::make_slice(const data::Value& service,
                                                const EndpointGroup& group) const {
  return data::Value::map(
      {{"apiVersion", "discovery.k8s.io/v1"},
       {"kind", "EndpointSlice"},
       {"metadata",
        data::Value::map(
            {{"generateName", object_name(service) + "-"},
             {"namespace", object_namespace(service)},
             {"labels", slice_labels(service)},
             {"annotations", data::Value::map({{kTriggerTime, timestamp()}})},
             {"ownerReferences", data::Value::list({kube::owner_reference(service, true)})}})},
       {"addressType", "IPv4"},
       {"endpoints", group.endpoints},
       {"ports", group.ports}});
}

Task<void> EndpointSliceController::reconcile(data::Value service,
                                              std::vector<EndpointGroup> groups) {
  std::vector<data::Value> slices = slices_of(service);
  std::vector<EndpointGroup> unplaced;
  // A slice keeps its ports for life, so a group goes where its ports already are.
  for (EndpointGroup& group : groups) {
    const auto it = std::find_if(slices.begin(), slices.end(), [&](const data::Value& slice) {
      return slice["ports"] == group.ports || (slice["ports"].empty() && group.ports.empty());
    });
    if (it == slices.end()) {
      unplaced.push_back(std::move(group));
      continue;
    }
    data::Value slice = *it;
    slices.erase(it);
    const bool same = slice["endpoints"] == group.endpoints ||
                      (slice["endpoints"].empty() && group.endpoints.empty());
    if (same && slice["metadata"]["labels"] == slice_labels(service)) continue;
    slice.set("endpoints", group.endpoints);
    slice.edit("metadata").set("labels", slice_labels(service));
    slice.edit("metadata").edit("annotations").set(kTriggerTime, timestamp());
    co_await client_.update(kEndpointSlices, slice);
  }
  for (const EndpointGroup& group : unplaced)
    co_await client_.create(kEndpointSlices, make_slice(service, group));
  for (const data::Value& surplus : slices) co_await client_.remove(kEndpointSlices, surplus);
}

Task<void> EndpointSliceController::sync(std::string key) {
  const auto service = client_.get(kServices, key);
  // The slices of a Service that is gone are the garbage collector's.
  if (!service || kube::is_terminating(*service)) co_return;
  const data::Value& spec = (*service)["spec"];
  if (spec["selector"].empty() || spec["type"].text() == "ExternalName") co_return;
  const auto pods = client_.items(kPods, object_namespace(*service));
  try {
    co_await reconcile(*service, endpoint_groups(*service, pods));
  } catch (const kube::StatusError& error) {
    if (!is_namespace_terminating(error)) throw;
  }
}

class EndpointsController : public ServiceWatcher {
 public:
  explicit EndpointsController(Context context) : ServiceWatcher(context, "endpoint-controller") {}

 protected:
  void watch() override { watch_services_and_pods(); }
  Task<void> sync(std::string key) override;

 private:
  Task<void> write(data::Value service, data::Value subsets);
};

Task<void> EndpointsController::write(data::Value service, data::Value subsets) {
  data::Value labels =
      service["metadata"]["labels"].is_map() ? service["metadata"]["labels"] : data::Value::map({});
  labels.set("endpoints.kubernetes.io/managed-by", "endpoint-controller");
  if (is_headless(service)) labels.set("service.kubernetes.io/headless", "");
  const auto known = client_.get(kEndpoints, key_of(service));
  data::Value endpoints =
      known ? *known
            : data::Value::map(
                  {{"apiVersion", "v1"},
                   {"kind", "Endpoints"},
                   {"metadata", data::Value::map({{"name", object_name(service)},
                                                  {"namespace", object_namespace(service)}})}});
  const bool same =
      endpoints["subsets"] == subsets || (endpoints["subsets"].empty() && subsets.empty());
  if (known && same && endpoints["metadata"]["labels"] == labels) co_return;
  endpoints.edit("metadata").set("labels", labels);
  endpoints.edit("metadata").edit("annotations").set(kTriggerTime, timestamp());
  if (subsets.empty()) {
    endpoints.erase("subsets");
  } else {
    endpoints.set("subsets", subsets);
  }
  if (known) {
    co_await client_.update(kEndpoints, endpoints);
  } else {
    const Outcome outcome = co_await client_.try_create(kEndpoints, endpoints);
    if (!outcome.ok() && !is_namespace_terminating(*outcome.error)) throw *outcome.error;
  }
}

Task<void> EndpointsController::sync(std::string key) {
  const auto service = client_.get(kServices, key);
  if (!service) {
    const auto orphan = client_.get(kEndpoints, key);
    if (orphan) co_await client_.remove(kEndpoints, *orphan);
    co_return;
  }
  const data::Value& spec = (*service)["spec"];
  if (spec["selector"].empty() || spec["type"].text() == "ExternalName") co_return;
  const auto pods = client_.items(kPods, object_namespace(*service));
  co_await write(*service, endpoint_subsets(*service, pods));
}

}  // namespace

std::unique_ptr<Controller> make_endpoint_slice_controller(Context context) {
  return std::make_unique<EndpointSliceController>(context);
}

std::unique_ptr<Controller> make_endpoints_controller(Context context) {
  return std::make_unique<EndpointsController>(context);
}

}  // namespace jibe::twin
