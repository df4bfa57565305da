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

Task<void> wait_healthy(kube::Client& management, api::KindInfo kind, kube::ObjectName name,
                        base::Duration span) {
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
    co_await kube::wait_until(management, kind.gvr, name, healthy, span,
                              kind.gvk.kind + " " + name.str());
  } catch (const base::DeadlineExceeded& error) {
    throw base::Error(fmt::format("{}; its last state: {}", error.what(), last));
  }
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

}  // namespace jibe::cli
