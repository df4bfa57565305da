#include "lifecycle/server.h"

#include <fmt/core.h>

#include "api/kinds.h"
#include "api/status.h"
#include "base/coroutine.h"
#include "base/strings.h"
#include "control/status_writer.h"
#include "kube/cache.h"
#include "kube/wait.h"
#include "lifecycle/apply_set.h"
#include "lifecycle/contract.h"
#include "lifecycle/manager_reconciler.h"
#include "rt/task_group.h"

namespace jibe::lifecycle {

namespace {

constexpr base::Duration kRetry = std::chrono::seconds(5);
constexpr std::string_view kManagementNamespace = "gloo-mesh";

const kube::Gvr kDefinitions{"apiextensions.k8s.io", "v1", "customresourcedefinitions"};

Task<void> apply_definitions(kube::Client& client, std::vector<data::Value> definitions) {
  kube::WriteOptions options;
  options.force = true;
  for (const auto& definition : definitions) {
    auto name = kube::name_of(definition);
    auto live = co_await client.try_get(kDefinitions, name);
    // Istio's own charts bring a definition of IstioOperator; one that serves the version will do.
    if (live && serves_all_versions(*live, definition) &&
        kube::gvk_of(definition).group == "install.istio.io")
      continue;
    co_await client.apply(kDefinitions, definition, options);
    co_await kube::wait_until(
        client, kDefinitions, name,
        [](const data::Value& d) { return kube::condition_true(d, "Established"); },
        std::chrono::seconds(30), "CustomResourceDefinition " + name.name);
  }
}

data::Value registration(const base::ClusterName& name) {
  auto kind = api::kubernetes_cluster_kind();
  auto metadata =
      data::Value::map({{"name", name.str()}, {"namespace", std::string(kManagementNamespace)}});
  return data::Value::map({{"apiVersion", kind.gvk.api_version()},
                           {"kind", kind.gvk.kind},
                           {"metadata", metadata},
                           {"spec", data::Value::map({{"clusterDomain", "cluster.local"}})}});
}

// The networking kinds and root trust are accepted by the API; saying so is all that happens yet.
class AcceptOnly : public control::Reconciler {
 public:
  AcceptOnly(kube::Client& client, api::KindInfo kind) : client_(client), kind_(std::move(kind)) {}

  Task<control::Outcome> reconcile(control::Key key) override {
    auto found = co_await client_.try_get(kind_.gvr, key.object);
    if (!found) co_return control::Outcome{};
    auto generation = (*found)["metadata"]["generation"].int_or(0);
    constexpr std::string_view kSentence =
        "accepted, but not yet acted upon: this version of jibe does not translate it";
    auto status = kind_.gvk.kind == "RootTrustPolicy"
                      ? api::policy_status(api::Approval::kPending, kSentence, generation)
                      : api::common_status(api::Approval::kPending, kSentence, generation);
    co_await control::write_status(client_, kind_.gvr, *found, std::move(status));
    co_return control::Outcome{};
  }

 private:
  kube::Client& client_;
  api::KindInfo kind_;
};

// A controller with the cache that feeds it.
struct Watched {
  Watched(rt::Runtime& runtime, kube::Client& client, std::string name, kube::Gvr gvr,
          std::unique_ptr<control::Reconciler> what)
      : reconciler(std::move(what)),
        controller(runtime, std::move(name), *reconciler),
        cache(client, options_for(std::move(gvr))) {
    controller.watch(cache);
  }
  static kube::CacheOptions options_for(kube::Gvr gvr) {
    kube::CacheOptions out;
    out.reflect.gvr = std::move(gvr);
    return out;
  }

  std::unique_ptr<control::Reconciler> reconciler;
  control::Controller controller;
  kube::Cache cache;
};

class Server {
 public:
  Server(rt::Runtime& runtime, kube::Client& management, Clusters& clusters,
         const istio::ChartStore& charts, ServerOptions options)
      : runtime_(runtime),
        management_(management),
        clusters_(clusters),
        charts_(charts),
        options_(std::move(options)),
        group_(runtime) {}

  Task<void> run();

 private:
  Task<void> prepare_management();
  Task<void> prepare_workload(base::ClusterName name);
  Task<void> serve_workload(base::ClusterName name);
  void add_managers();
  void accept(kube::Client& client, const api::KindInfo& kind);
  Watched& start(std::unique_ptr<Watched> watched);
  void watch_workload(const base::ClusterName& name);

  rt::Runtime& runtime_;
  kube::Client& management_;
  Clusters& clusters_;
  const istio::ChartStore& charts_;
  ServerOptions options_;
  rt::TaskGroup group_;
  std::vector<std::unique_ptr<Watched>> watched_;
  std::vector<std::unique_ptr<kube::Cache>> caches_;
  control::Controller* ilm_ = nullptr;
  control::Controller* glm_ = nullptr;
};

Task<void> Server::prepare_management() {
  co_await apply_definitions(management_, api::management_crds());
  co_await ensure_namespace(management_, std::string(kManagementNamespace), nullptr);
  kube::WriteOptions options;
  options.force = true;
  for (const auto& name : clusters_.names())
    co_await management_.apply(api::kubernetes_cluster_kind().gvr, registration(name), options);
}

// Until it has worked once; a cluster that is away does not keep the others waiting.
Task<void> Server::prepare_workload(base::ClusterName name) {
  for (;;) {
    try {
      co_await apply_definitions(*clusters_.find(name), api::workload_crds());
      co_return;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const std::exception& error) {
      runtime_.log().warning("cluster is not ready for jibe",
                             {{"cluster", name.str()}, {"error", error.what()}});
    }
    co_await runtime_.sleep(kRetry);
  }
}

// What is accepted can be followed once the cluster knows it.
Task<void> Server::serve_workload(base::ClusterName name) {
  co_await prepare_workload(name);
  watch_workload(name);
  for (const auto& kind :
       {api::virtual_destination_kind(), api::virtual_gateway_kind(), api::route_table_kind()})
    accept(*clusters_.find(name), kind);
}

Watched& Server::start(std::unique_ptr<Watched> watched) {
  watched_.push_back(std::move(watched));
  auto& started = *watched_.back();
  group_.spawn("cache", started.cache.run());
  group_.spawn("controller", started.controller.run());
  return started;
}

void Server::add_managers() {
  auto add = [&](const char* name, api::KindInfo kind, ManagerReconciler::Read read) {
    auto reconciler = std::make_unique<ManagerReconciler>(management_, clusters_, charts_,
                                                          options_.installer_image, kind, read);
    auto watched =
        std::make_unique<Watched>(runtime_, management_, name, kind.gvr, std::move(reconciler));
    return &start(std::move(watched)).controller;
  };
  ilm_ = add("istio-lifecycle", api::istio_lifecycle_manager_kind(), wish_of_istio);
  glm_ = add("gateway-lifecycle", api::gateway_lifecycle_manager_kind(), wish_of_gateway);
}

void Server::accept(kube::Client& client, const api::KindInfo& kind) {
  start(std::make_unique<Watched>(runtime_, client, "accept " + kind.gvk.kind, kind.gvr,
                                  std::make_unique<AcceptOnly>(client, kind)));
}

// What the installers report wakes whoever manages the installation.
void Server::watch_workload(const base::ClusterName& name) {
  kube::CacheOptions options;
  options.reflect.gvr = api::istio_operator_kind().gvr;
  caches_.push_back(std::make_unique<kube::Cache>(*clusters_.find(name), options));
  caches_.back()->on_change([this](const kube::Change& change) {
    const auto& manager = kube::annotation_of(change.object(), kManagerAnnotation);
    auto parts = base::cut(manager, "/");
    if (!parts.found) return;
    control::Key key{{}, {std::string(parts.before), std::string(parts.after)}};
    ilm_->enqueue(key);
    glm_->enqueue(key);
  });
  group_.spawn("istiooperators", caches_.back()->run());
}

Task<void> Server::run() {
  co_await prepare_management();
  add_managers();
  accept(management_, api::root_trust_policy_kind());
  for (const auto& name : clusters_.names())
    group_.spawn("cluster " + name.str(), serve_workload(name));
  std::exception_ptr failure;
  try {
    co_await group_.join();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group_.stop();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

Task<void> run_server(rt::Runtime& runtime, kube::Client& management, Clusters& clusters,
                      const istio::ChartStore& charts, ServerOptions options) {
  Server server(runtime, management, clusters, charts, std::move(options));
  co_await server.run();
}

}  // namespace jibe::lifecycle
