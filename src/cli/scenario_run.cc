// Acting on a scenario.
#include <fmt/core.h>

#include "base/coroutine.h"
#include "cli/scenario.h"
#include "kube/discovery.h"
#include "kube/wait.h"
#include "rt/task_group.h"

namespace jibe::cli {

namespace {

constexpr base::Duration kPatience = std::chrono::minutes(5);
const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};

// One cluster's way through its steps.
class Preparation {
 public:
  Preparation(rt::Runtime& runtime, const ScenarioRun& run, const ScenarioCluster& cluster)
      : run_(run),
        cluster_(cluster),
        client_(run.clusters.admin(cluster.name), runtime, client_options(cluster)) {}

  Task<void> go();

 private:
  static kube::ClientOptions client_options(const ScenarioCluster& cluster) {
    kube::ClientOptions out;
    out.where = "cluster " + cluster.name.str();
    out.field_manager = "kubectl";
    return out;
  }

  Task<void> act(ApplyStep step);
  Task<void> act(OperatorStep step);
  Task<void> act(IstioctlStep step);
  Task<data::Value> apply(data::Value object);
  Task<void> wait_ready(data::Value object);
  void say(const std::string& text) {
    if (run_.say) run_.say(fmt::format("{}: {}", cluster_.name.str(), text));
  }

  const ScenarioRun& run_;
  const ScenarioCluster& cluster_;
  kube::Client client_;
};

std::string names_of(const std::vector<data::Value>& objects) {
  std::string out;
  size_t shown = 0;
  for (const auto& object : objects) {
    if (++shown > 3) return out + fmt::format(" and {} more", objects.size() - 3);
    out += (out.empty() ? "" : ", ") + kube::describe(object);
  }
  return out;
}

// A variant's alternatives are coroutines of their own: no lambda may capture across co_await.
Task<void> Preparation::go() {
  for (const auto& step : cluster_.steps) {
    if (const auto* apply = std::get_if<ApplyStep>(&step)) co_await act(*apply);
    if (const auto* init = std::get_if<OperatorStep>(&step)) co_await act(*init);
    if (const auto* install = std::get_if<IstioctlStep>(&step)) co_await act(*install);
  }
}

Task<void> Preparation::act(ApplyStep step) {
  std::vector<data::Value> applied;
  for (const auto& object : step.objects) applied.push_back(co_await apply(object));
  for (const auto& object : applied) co_await wait_ready(object);
  say("applied " + names_of(applied));
}

Task<void> Preparation::act(OperatorStep step) {
  auto release = run_.releases.of_tag(step.version);
  co_await twin::istioctl_operator_init(client_, step.init, release);
  say(fmt::format("Istio's operator {} runs in namespace {}", step.version,
                  step.init.operator_namespace));
}

Task<void> Preparation::act(IstioctlStep step) {
  auto release = run_.releases.of_tag(step.version);
  for (const auto& resource : step.resources) {
    co_await twin::istioctl_install(client_, resource, release);
    say(fmt::format("istioctl {} installed {}", step.version, kube::describe(resource)));
  }
}

Task<data::Value> Preparation::apply(data::Value object) {
  auto resource = co_await client_.discovery().for_kind(kube::gvk_of(object));
  if (resource.namespaced && kube::name_of(object).ns.empty())
    object.edit("metadata").set("namespace", "default");
  kube::WriteOptions options;
  options.force = true;
  co_return co_await client_.apply(resource.gvr, object, options);
}

bool operator_done(const data::Value& iop) {
  return iop["status"]["status"].text() == "HEALTHY" &&
         kube::annotation_of(iop, "install.istio.io/ignoreReconcile").empty();
}

Task<void> Preparation::wait_ready(data::Value object) {
  auto kind = object["kind"].text();
  auto name = kube::name_of(object);
  auto what = fmt::format("{} in {}", kube::describe(object), client_.options().where);
  if (kind == "Deployment")
    co_await kube::wait_until(client_, {"apps", "v1", "deployments"}, name,
                              kube::deployment_complete, kPatience, what);
  if (kind != "IstioOperator") co_return;
  std::exception_ptr late;
  try {
    co_await kube::wait_until(client_, kOperators, name, operator_done, kPatience, what);
  } catch (const base::DeadlineExceeded&) {
    late = std::current_exception();
  }
  if (!late) co_return;
  auto iop = co_await client_.get(kOperators, name);
  for (const auto& component : iop["status"]["componentStatus"].entries())
    if (!component.value["error"].is_null())
      throw base::Error(
          fmt::format("{}: {}: {}", what, component.key, component.value["error"].text()));
  std::rethrow_exception(late);
}

Task<void> prepare_cluster(rt::Runtime& runtime, const ScenarioRun& run,
                           const ScenarioCluster& cluster) {
  Preparation preparation(runtime, run, cluster);
  co_await preparation.go();
}

// What can be known to fail before anything was done.
void check(const ScenarioRun& run, const ScenarioCluster& cluster) {
  run.clusters.find(cluster.name);
  for (const auto& step : cluster.steps) {
    if (const auto* install = std::get_if<IstioctlStep>(&step))
      run.releases.of_tag(install->version);
    const auto* init = std::get_if<OperatorStep>(&step);
    if (init && !twin::has_operator(*run.releases.of_tag(init->version)))
      throw base::InvalidInput(
          fmt::format("{}: Istio {} has no in-cluster operator (1.24 removed it); use the step "
                      "istioctl",
                      cluster.name.str(), init->version));
  }
}

}  // namespace

Task<void> prepare(rt::Runtime& runtime, ScenarioRun run) {
  for (const auto& cluster : run.scenario.clusters) check(run, cluster);
  rt::TaskGroup group(runtime);
  for (const auto& cluster : run.scenario.clusters)
    group.spawn("scenario of " + cluster.name.str(), prepare_cluster(runtime, run, cluster));
  co_await group.join();
}

}  // namespace jibe::cli
