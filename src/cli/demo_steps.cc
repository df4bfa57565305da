#include "cli/demo_steps.h"

#include <fmt/core.h>

#include "api/kinds.h"
#include "api/status.h"
#include "base/coroutine.h"
#include "istio/activation.h"
#include "istio/injection.h"
#include "istio/names.h"
#include "kube/wait.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

const kube::Gvr kMutating{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"};
const kube::Gvr kValidating{"admissionregistration.k8s.io", "v1",
                            "validatingwebhookconfigurations"};

}  // namespace

Task<void> wait_healthy(kube::Client& management, kube::ObjectName ilm, base::Duration span) {
  auto gvr = api::istio_lifecycle_manager_kind().gvr;
  std::string last;
  auto healthy = [&last](const data::Value& object) {
    last = object["status"]["summary"]["state"].text() + " " +
           object["status"]["summary"]["message"].text();
    auto status = api::lifecycle_status(object["status"]);
    if (status.observed_generation != object["metadata"]["generation"].int_or(0)) return false;
    bool all = !status.installations.empty();
    for (const auto& [cluster, revisions] : status.installations)
      for (const auto& [revision, one] : revisions) {
        if (one.state == api::State::kFailed)
          throw base::Error(
              fmt::format("{} in {}: {}", revision.str(), cluster.str(), one.message));
        all = all && one.state == api::State::kHealthy;
      }
    return all;
  };
  try {
    co_await kube::wait_until(management, gvr, ilm, healthy, span,
                              "IstioLifecycleManager " + ilm.str());
  } catch (const base::DeadlineExceeded& error) {
    throw base::Error(fmt::format("{}; its last state: {}", error.what(), last));
  }
}

Task<void> set_default_revision(kube::Client& management, kube::ObjectName ilm, bool value) {
  auto gvr = api::istio_lifecycle_manager_kind().gvr;
  auto object = co_await management.get(gvr, ilm);
  for (auto& installation : object.edit("spec").edit("installations").edit_items())
    for (auto& cluster : installation.edit("clusters").edit_items())
      cluster.set("defaultRevision", value);
  co_await management.update(gvr, object);
}

Task<DefaultInjector> default_injector(kube::Client& client) {
  auto mutating = co_await client.list(kMutating);
  auto validating = co_await client.list(kValidating);
  auto matches = istio::injectors_of(mutating.items,
                                     data::Value::map({{istio::kInjectionLabel, "enabled"}}), {});
  auto injectors = istio::distinct_injectors(matches);
  DefaultInjector out;
  if (injectors.size() == 1) out.injector = injectors[0];
  if (injectors.empty()) out.trouble = "nobody injects namespaces labelled istio-injection=enabled";
  if (injectors.size() > 1)
    out.trouble = fmt::format("{} and {} both inject namespaces labelled istio-injection=enabled",
                              injectors[0], injectors[1]);
  auto disagreement = istio::default_disagreement(mutating.items, validating.items);
  if (out.trouble.empty() && disagreement) out.trouble = *disagreement;
  co_return out;
}

Task<int> wait_default_injector(kube::Client& client, std::string wanted, base::Duration span) {
  auto& runtime = client.runtime();
  auto deadline = runtime.now() + span;
  for (int looks = 1;; ++looks) {
    auto seen = co_await default_injector(client);
    if (seen.injector.empty())
      throw base::Error(fmt::format("in {}: {}", client.options().where, seen.trouble));
    if (seen.injector == wanted && seen.trouble.empty()) co_return looks;
    if (runtime.now() > deadline)
      throw base::DeadlineExceeded(fmt::format("in {}: the default injector is {} ({})",
                                               client.options().where, seen.injector,
                                               seen.trouble));
    co_await runtime.sleep(std::chrono::milliseconds(50));
  }
}

}  // namespace jibe::cli
