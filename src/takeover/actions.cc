#include "takeover/actions.h"

#include <fmt/core.h>

#include <algorithm>

#include "api/kinds.h"
#include "api/status.h"
#include "base/coroutine.h"
#include "istio/names.h"
#include "kube/wait.h"
#include "rt/runtime.h"
#include "takeover/plan_steps.h"

namespace jibe::takeover {

namespace {

const kube::Gvr kNamespaces{"", "v1", "namespaces"};
const kube::Gvr kServices{"", "v1", "services"};

// A look lists a dozen kinds, so a long wait looks less and less often.
constexpr base::Duration kFirstLook = std::chrono::milliseconds(250);
constexpr base::Duration kLastLook = std::chrono::seconds(2);

// What stood there before a takeover changed it, on the object itself.
constexpr std::string_view kPreviousRevision = "jibe.dev/previous-revision";
constexpr std::string_view kPreviousSelector = "jibe.dev/previous-selector";

bool targets(const data::Value& installation, const Manager& manager) {
  const auto& revision = installation["revision"].text();
  return revision == manager.revision.str() || revision == "auto";
}

// The gateway that took over from the one behind this Service.
const istio::Gateway* gateway_for(const ClusterState& state, const Goal& goal, const Step& step) {
  for (const auto& old : state.mesh.gateways) {
    bool behind = old.ns == step.object.ns && old.revision != goal.to &&
                  std::count(old.services.begin(), old.services.end(), step.object.name) > 0;
    if (behind) return successor(state, goal, old);
  }
  return nullptr;
}

}  // namespace

Task<void> wait_until_nothing_missing(Site site, std::string what, Missing missing) {
  auto& runtime = site.client.runtime();
  auto end = runtime.now() + site.patience;
  for (auto pause = kFirstLook;; pause = std::min(2 * pause, kLastLook)) {
    auto state = co_await observe(site.client, site.cluster);
    auto sentence = missing(state);
    if (sentence.empty()) co_return;
    if (runtime.now() >= end)
      throw base::DeadlineExceeded(
          fmt::format("{} took longer than {} s in cluster {}: {}", what,
                      std::chrono::duration_cast<std::chrono::seconds>(site.patience).count(),
                      site.cluster.str(), sentence));
    co_await runtime.sleep(pause);
  }
}

Task<void> activate(Site site) {
  auto gvr = api::istio_lifecycle_manager_kind().gvr;
  auto object = co_await site.management.get(gvr, site.manager.name);
  bool changed = false;
  for (auto& installation : object.edit("spec").edit("installations").edit_items()) {
    if (!targets(installation, site.manager)) continue;
    for (auto& cluster : installation.edit("clusters").edit_items()) {
      if (cluster["name"].text() != site.cluster.str() || cluster["defaultRevision"].bool_or(false))
        continue;
      cluster.set("defaultRevision", true);
      changed = true;
    }
  }
  if (changed) co_await site.management.update(gvr, object);
  auto goal = site.goal;
  co_await wait_until_nothing_missing(
      site, fmt::format("making revision {} the default", goal.to.str()),
      [goal](const ClusterState& state) { return activation_missing(state, goal); });
}

Task<void> relabel_namespace(Site site, Step step) {
  auto live = co_await site.client.get(kNamespaces, step.object);
  auto annotations =
      data::Value::map({{kPreviousRevision, kube::label_of(live, istio::kRevLabel)}});
  auto labels = data::Value::map({{istio::kRevLabel, site.goal.to.str()}});
  auto metadata = data::Value::map({{"resourceVersion", kube::resource_version_of(live)},
                                    {"labels", labels},
                                    {"annotations", annotations}});
  co_await site.client.patch(kNamespaces, step.object, kube::PatchType::kMerge,
                             data::Value::map({{"metadata", metadata}}));
}

Task<void> switch_service(Site site, Step step) {
  auto state = co_await observe(site.client, site.cluster);
  const auto* fresh = gateway_for(state, site.goal, step);
  if (!fresh)
    throw base::Error(fmt::format("Service {} in cluster {} has no gateway to lead to any more",
                                  step.object.str(), site.cluster.str()));
  auto service = co_await site.client.get(kServices, step.object);
  auto before = service["spec"]["selector"];
  auto selector = data::Value::map();
  for (const auto& entry : before.entries())
    if (fresh->labels[entry.key] == entry.value) selector.set(entry.key, entry.value);
  selector.set(istio::kRevLabel, site.goal.to.str());
  service.edit("spec").set("selector", selector);
  std::string record;
  for (const auto& entry : before.entries())
    record += (record.empty() ? "" : ",") + entry.key + "=" + entry.value.text();
  service.edit("metadata").edit("annotations").set(kPreviousSelector, record);
  co_await site.client.update(kServices, service);
}

Task<void> mark_namespaces(kube::Client& client, std::vector<std::string> names) {
  auto annotations = data::Value::map({{kLeftBehindAnnotation, "true"}});
  auto patch = data::Value::map({{"metadata", data::Value::map({{"annotations", annotations}})}});
  for (const auto& name : names) {
    auto live = co_await client.try_get(kNamespaces, {"", name});
    if (live && kube::annotation_of(*live, kLeftBehindAnnotation).empty())
      co_await client.patch(kNamespaces, {"", name}, kube::PatchType::kMerge, patch);
  }
}

}  // namespace jibe::takeover
