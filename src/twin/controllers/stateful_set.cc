// StatefulSets (pkg/controller/statefulset, 1.36).
#include <fmt/core.h>

#include "base/coroutine.h"
#include "twin/controllers/claim.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"
#include "twin/controllers/revisions.h"
#include "twin/controllers/stateful_set_plan.h"

namespace jibe::twin {

namespace {

class StatefulSetController : public Controller {
 public:
  explicit StatefulSetController(Context context)
      : Controller(context, "statefulset-controller", 3) {}

 protected:
  void watch() override {
    on_objects(kStatefulSets);
    on_owned(kPods, "StatefulSet");
  }
  Task<void> sync(std::string key) override;

 private:
  Task<StatefulView> look(data::Value set);
  Task<void> ensure_claims(data::Value set, int64_t ordinal);
  Task<void> take(data::Value set, StatefulStep step);
};

Task<StatefulView> StatefulSetController::look(data::Value set) {
  StatefulView view;
  view.set = set;
  view.now = now();
  view.update = co_await ensure_revision(client_, set, "controller.kubernetes.io/hash");
  view.current = view.update;
  const std::string& current = set["status"]["currentRevision"].text();
  for (const data::Value& revision : revisions_of(client_, set))
    if (object_name(revision) == current) view.current = revision;
  view.pods = co_await claim(client_, kPods, set, client_.items(kPods, object_namespace(set)));
  co_return view;
}

Task<void> StatefulSetController::ensure_claims(data::Value set, int64_t ordinal) {
  for (const data::Value& wanted : claims_of(set, ordinal)) {
    if (client_.get(kPersistentVolumeClaims, key_of(wanted))) continue;
    const Outcome outcome = co_await client_.try_create(kPersistentVolumeClaims, wanted);
    if (!outcome.ok()) throw *outcome.error;
    co_await events_.normal(
        set, "SuccessfulCreate",
        fmt::format("Create Claim {} Pod {}-{} in StatefulSet {} success", object_name(wanted),
                    object_name(set), ordinal, object_name(set)));
  }
}

Task<void> StatefulSetController::take(data::Value set, StatefulStep step) {
  const bool create = step.kind == StatefulStep::Kind::kCreate;
  const char* verb = create ? "Create" : "Delete";
  std::optional<kube::StatusError> failure;
  try {
    if (create) {
      co_await ensure_claims(set, ordinal_of(set, step.pod));
      co_await client_.create(kPods, step.pod);
    } else {
      co_await client_.remove(kPods, step.pod);
    }
  } catch (const kube::StatusError& error) {
    failure = error;
  }
  if (!failure) {
    co_await events_.normal(set, create ? "SuccessfulCreate" : "SuccessfulDelete",
                            fmt::format("{} Pod {} in StatefulSet {} successful", verb,
                                        object_name(step.pod), object_name(set)));
    co_return;
  }
  if (!is_namespace_terminating(*failure))
    co_await events_.warning(set, create ? "FailedCreate" : "FailedDelete",
                             fmt::format("{} Pod {} in StatefulSet {} failed error: {}", verb,
                                         object_name(step.pod), object_name(set), failure->what()));
  throw *failure;
}

Task<void> StatefulSetController::sync(std::string key) {
  const auto found = client_.get(kStatefulSets, key);
  if (!found) co_return;
  data::Value set = *found;
  const StatefulView view = co_await look(set);
  std::optional<kube::StatusError> failure;
  for (const StatefulStep& step : plan_stateful_set(view)) {
    try {
      co_await take(set, step);
    } catch (const kube::StatusError& error) {
      failure = error;
    }
    if (failure) break;
  }
  const data::Value status = stateful_set_status(view);
  if (status != set["status"]) {
    set.set("status", status);
    set = co_await client_.update_status(kStatefulSets, set);
  }
  if (failure) throw *failure;
  std::vector<std::string> used{object_name(view.current), object_name(view.update)};
  for (const data::Value& pod : view.pods)
    used.push_back(kube::label_of(pod, kControllerRevisionHash));
  co_await truncate_history(client_, set, used);
  const auto wait = next_availability(view.pods, set["spec"]["minReadySeconds"].int_or(0), now());
  if (wait) queue_.add_after(key, *wait);
}

}  // namespace

std::unique_ptr<Controller> make_stateful_set_controller(Context context) {
  return std::make_unique<StatefulSetController>(context);
}

}  // namespace jibe::twin
