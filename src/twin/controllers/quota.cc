// The status of ResourceQuotas (pkg/controller/resourcequota, 1.36); admission is the server's.
#include "twin/schema/quota.h"

#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/resources.h"

namespace jibe::twin {

namespace {

class QuotaController : public Controller {
 public:
  explicit QuotaController(Context context) : Controller(context, "resourcequota-controller") {}

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  std::vector<data::Value> items(const std::string& group_resource, const std::string& ns) const;
};

void QuotaController::watch() {
  on_objects(kResourceQuotas);
  for (const kube::Gvr& gvr : stored_resources(client_.api(), Scope::kNamespaced, false)) {
    if (gvr == kResourceQuotas) continue;
    on(gvr, [this](const WatchEvent& event) {
      for (const data::Value& quota :
           client_.items(kResourceQuotas, object_namespace(event.object)))
        queue_.add(key_of(quota));
    });
  }
}

std::vector<data::Value> QuotaController::items(const std::string& group_resource,
                                                const std::string& ns) const {
  for (const kube::Gvr& gvr : stored_resources(client_.api(), Scope::kNamespaced)) {
    if (gvr.group_resource() == group_resource) return client_.items(gvr, ns);
  }
  return {};
}

Task<void> QuotaController::sync(std::string key) {
  const auto found = client_.get(kResourceQuotas, key);
  if (!found || kube::is_terminating(*found)) co_return;
  data::Value quota = *found;
  const std::string& ns = object_namespace(quota);
  data::Value used = data::Value::map();
  for (const auto& [name, amount] :
       quota_used(quota, [&](const std::string& resource) { return items(resource, ns); })) {
    used.set(name, amount.str());
  }
  const data::Value status =
      data::Value::map({{"hard", quota["spec"]["hard"]}, {"used", std::move(used)}});
  if (status == quota["status"]) co_return;
  quota.set("status", status);
  co_await client_.update_status(kResourceQuotas, quota);
}

}  // namespace

std::unique_ptr<Controller> make_quota_controller(Context context) {
  return std::make_unique<QuotaController>(context);
}

}  // namespace jibe::twin
