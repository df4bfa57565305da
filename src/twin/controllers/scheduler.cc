// Binds pods to nodes, or says why not (pkg/scheduler, 1.36).
#include <fmt/core.h>

#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/scheduler_plan.h"

namespace jibe::twin {

namespace {

class Scheduler : public Controller {
 public:
  explicit Scheduler(Context context)
      : Controller(context, "default-scheduler", 1, "kube-scheduler") {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  Task<void> bind(data::Value pod, std::string node);
  Task<void> refuse(data::Value pod, std::string message);
};

bool is_pending(const data::Value& pod) {
  return pod["spec"]["nodeName"].text().empty() && is_pod_active(pod) &&
         pod["spec"]["schedulerName"].text() == "default-scheduler" &&
         pod["spec"]["schedulingGates"].empty();
}

void Scheduler::watch() {
  on(kPods, [this](const WatchEvent& event) {
    // Its own word that a pod does not fit must not bring the pod back at once.
    if (event.type == "DELETED" || !is_pending(event.object)) return;
    if (event.old.is_null() || event.old["spec"] != event.object["spec"])
      queue_.add(key_of(event.object));
  });
  on(kNodes, [this](const WatchEvent&) {
    for (const data::Value& pod : client_.items(kPods))
      if (is_pending(pod)) queue_.add(key_of(pod));
  });
}

Task<void> Scheduler::bind(data::Value pod, std::string node) {
  data::Value status = pod["status"];
  data::Value conditions = status["conditions"];
  const data::Value binding = data::Value::map(
      {{"apiVersion", "v1"},
       {"kind", "Binding"},
       {"metadata", data::Value::map({{"name", object_name(pod)},
                                      {"namespace", object_namespace(pod)},
                                      {"uid", kube::uid_of(pod)}})},
       {"target", data::Value::map({{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}})}});
  co_await client_.create_sub(kPods, binding, "binding");
  co_await events_.normal(pod, "Scheduled",
                          fmt::format("Successfully assigned {} to {}", key_of(pod), node));
}

Task<void> Scheduler::refuse(data::Value pod, std::string message) {
  co_await events_.warning(pod, "FailedScheduling", message);
  data::Value condition =
      make_condition("PodScheduled", "False", "Unschedulable", message, timestamp());
  condition.set("lastProbeTime", nullptr);
  const data::Value before = find_condition(pod["status"]["conditions"], "PodScheduled");
  if (before["message"] == condition["message"] && before["status"].text() == "False") co_return;
  data::Value status = pod["status"];
  data::Value conditions = status["conditions"];
  put_condition(conditions, condition);
  status.set("conditions", conditions);
  pod.set("status", status);
  co_await client_.update_status(kPods, pod);
}

Task<void> Scheduler::sync(std::string key) {
  const auto pod = client_.get(kPods, key);
  if (!pod || !is_pending(*pod)) co_return;
  const std::vector<data::Value> nodes = client_.items(kNodes);
  const std::vector<data::Value> pods =
      nodes.size() > 1 ? client_.items(kPods) : std::vector<data::Value>();
  const Placement placement = place(*pod, nodes, pods);
  if (!placement.node.empty()) {
    co_await bind(*pod, placement.node);
  } else {
    co_await refuse(*pod, placement.message);
  }
}

}  // namespace

std::unique_ptr<Controller> make_scheduler(Context context) {
  return std::make_unique<Scheduler>(context);
}

}  // namespace jibe::twin
