#include "cli/demo_journey.h"

#include <fmt/core.h>

#include "api/kinds.h"
#include "api/status.h"
#include "base/coroutine.h"
#include "cli/example_files.h"
#include "cli/installer_pod.h"
#include "data/yaml.h"
#include "kube/wait.h"
#include "lifecycle/server.h"
#include "rt/sync.h"

namespace jibe::cli {

namespace {

constexpr base::Duration kPatience = std::chrono::minutes(5);
constexpr const char* kHub = "docker.io/istio";
const kube::ObjectName kIlm{"gloo-mesh", "istiod-control-plane"};
const kube::ObjectName kIngress{"gloo-mesh", "istio-ingressgateway"};
const kube::ObjectName kEastWest{"gloo-mesh", "istio-eastwestgateway"};
const kube::Gvr kServices{"", "v1", "services"};
const kube::Gvr kNamespaces{"", "v1", "namespaces"};
const kube::Gvr kDeployments{"apps", "v1", "deployments"};

bool exists(const data::Value& object) {
  return !object.is_null();
}

// The in-cluster operator is gone since 1.24.
std::string scenario_file(const istio::Version& version) {
  return version < istio::Version{1, 24, 0, ""} ? "examples/scenarios/guide.yaml"
                                                : "examples/scenarios/istioctl.yaml";
}

// Waits until the ILM or GLM reports HEALTHY for every cluster and revision.
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

}  // namespace

DemoJourney::DemoJourney(rt::Runtime& runtime, const istio::ChartStore& charts, DemoPlan plan,
                         DemoScreen& screen)
    : runtime_(runtime),
      charts_(charts),
      plan_(std::move(plan)),
      screen_(screen),
      releases_(charts),
      group_(runtime) {
  scenario_ = load_scenario(
      scenario_file(plan_.old_charts),
      {{"REPO", kHub}, {"OLD_VERSION", plan_.old_charts.str()}, {"ISTIO_IMAGE", plan_.old_tag}},
      read_example);
  variables_ = {
      {"REPO", kHub}, {"ISTIO_IMAGE", plan_.new_version.str()}, {"REVISION", plan_.revision.str()}};
  size_t number = 0;
  for (const auto& cluster : scenario_.clusters)
    variables_[fmt::format("REMOTE_CLUSTER{}", ++number)] = cluster.name.str();
}

void DemoJourney::say(const std::string& text) {
  runtime_.log().info("demo", {{"step", text}});
  auto seconds = std::chrono::duration<double>(runtime_.now() - started_).count();
  screen_.say(fmt::format("{:7.1f}s  {}", seconds, text));
  show_state();
}

void DemoJourney::show_state() {
  if (!probe_ || !invariant_) return;
  std::vector<std::string> lines = {""};
  for (const auto& [name, injector] : invariant_->injectors())
    lines.push_back(fmt::format("  {}: namespaces in the mesh are injected by {}", name.str(),
                                injector.empty() ? "NOBODY OR TWO" : injector));
  lines.push_back(fmt::format("  product page: {} requests, {} lost; injectors: {} looks, {} wrong",
                              probe_->asked(), probe_->failures().size(), invariant_->looks(),
                              invariant_->violations().size()));
  screen_.show(std::move(lines));
}

Task<void> DemoJourney::keep_current() {
  for (;;) {
    show_state();
    co_await runtime_.sleep(std::chrono::milliseconds(500));
  }
}

void DemoJourney::begins(const base::ClusterName& cluster, const takeover::Step& step) {
  if (step.kind == takeover::StepKind::kRestart) ++accounts_[cluster].restarts;
  say(fmt::format("{}: {}", cluster.str(), step.sentence));
}

void DemoJourney::ended(const base::ClusterName& cluster, const takeover::Step&,
                        const takeover::Removed& removed) {
  accounts_[cluster].removed += removed.size();
  if (!removed.empty()) say(fmt::format("{}:   {} objects removed", cluster.str(), removed.size()));
  show_state();
}

void DemoJourney::kept(const base::ClusterName& cluster, const std::string& sentence) {
  say(fmt::format("{}:   {}", cluster.str(), sentence));
}

Task<void> DemoJourney::prepare_clusters() {
  EmbeddedOptions options;
  options.releases = &releases_;
  options.names = {base::ClusterName("mgmt")};
  for (const auto& cluster : scenario_.clusters) options.names.push_back(cluster.name);
  embedded_ = std::make_unique<EmbeddedClusters>(runtime_, options);
  co_await embedded_->start(group_);
  for (size_t i = 1; i < options.names.size(); ++i)
    workload_.add(options.names[i], embedded_->admin(options.names[i]), runtime_);
  kube::ClientOptions management;
  management.where = "cluster mgmt";
  management_ =
      std::make_unique<kube::Client>(embedded_->admin(options.names[0]), runtime_, management);
  say(fmt::format("{} embedded clusters are up", options.names.size()));
  co_await prepare(runtime_, ScenarioRun{scenario_, *embedded_, releases_,
                                         [this](const std::string& line) { say(line); }});
}

Task<void> DemoJourney::start_server() {
  lifecycle::ServerOptions server;
  server.installer_image = kJibeImage;
  group_.spawn("server", lifecycle::run_server(runtime_, *management_, workload_, charts_, server));
  // The namespace is the last thing that the server prepares before it starts its controllers.
  co_await kube::wait_until(*management_, kNamespaces, {"", kIlm.ns}, exists, kPatience,
                            "namespace gloo-mesh");
}

Task<void> DemoJourney::apply_example(kube::Client& client, std::string file) {
  kube::WriteOptions options;
  options.field_manager = "kubectl";
  options.field_validation = "Strict";
  auto text = substitute(read_example("examples/" + file), variables_);
  for (const auto& document : data::parse_yaml_documents(text, file))
    co_await client.apply_object(document.value, options);
}

Task<void> DemoJourney::deploy() {
  for (const char* file : {"gm-istiod.yaml", "gm-ew-gateway.yaml", "gm-ingress-gateway.yaml"})
    co_await apply_example(*management_, file);
  say(
      fmt::format("applied: IstioLifecycleManager and two GatewayLifecycleManagers, Istio {} as "
                  "revision {}",
                  plan_.new_version.str(), plan_.revision.str()));
  co_await wait_healthy(*management_, api::istio_lifecycle_manager_kind(), kIlm, kPatience);
  for (const auto& name : {kIngress, kEastWest})
    co_await wait_healthy(*management_, api::gateway_lifecycle_manager_kind(), name, kPatience);
  say("the managed control planes and gateways are HEALTHY in every cluster");
}

// Nothing is active yet: whoever was connected to the old istiod still is.
Task<void> DemoJourney::verify_untouched() {
  takeover::Goal goal;
  goal.to = plan_.revision;
  for (const auto& name : workload_.names()) {
    auto state = co_await takeover::observe(*workload_.find(name), name);
    auto old = takeover::old_revision(state, goal);
    if (!old.revision) throw base::Error(name.str() + ": the old control plane is gone");
    auto& account = accounts_[name];
    account.proxies_before = takeover::proxies_using(state, *old.revision).size();
    for (const auto& workload : takeover::workloads_of(state))
      for (const auto& proxy : workload.proxies) {
        bool fresh = proxy.revision == plan_.revision;
        bool managed = proxy.ns == "gloo-mesh-gateways" || proxy.ns == "petstore";
        if (fresh != managed)
          throw base::Error(fmt::format("{}: {} is of the wrong revision before the activation",
                                        name.str(), proxy.id()));
      }
    say(fmt::format("{}: {} proxies still belong to {}, only the new gateways and petstore to {}",
                    name.str(), account.proxies_before, plan_.old_tag, plan_.new_version.str()));
  }
}

// The guide's test: a workload that asks for the new revision by label.
Task<void> DemoJourney::try_new_revision() {
  auto& client = *workload_.find(workload_.names().at(0));
  auto labels = data::Value::map({{"istio.io/rev", plan_.revision.str()}});
  co_await client.create(
      kNamespaces,
      data::Value::map(
          {{"apiVersion", "v1"},
           {"kind", "Namespace"},
           {"metadata", data::Value::map({{"name", "petstore"}, {"labels", labels}})}}));
  co_await apply_example(client, "petstore.yaml");
  co_await kube::wait_until(client, kDeployments, {"petstore", "petstore"},
                            kube::deployment_complete, kPatience, "petstore");
  say("petstore, labelled with the new revision, is injected by the new istiod");
}

Task<std::string> DemoJourney::address_of(kube::Client& client, kube::ObjectName service) {
  auto has_address = [](const data::Value& object) {
    return !object["status"]["loadBalancer"]["ingress"].empty();
  };
  auto object = co_await kube::wait_until(client, kServices, service, has_address, kPatience,
                                          "an address of Service " + service.str());
  co_return object["status"]["loadBalancer"]["ingress"][0]["ip"].text();
}

Task<void> DemoJourney::watch() {
  auto first = workload_.names().at(0);
  probe_ = std::make_unique<DemoProbe>(embedded_->find(first));
  auto address =
      co_await address_of(*workload_.find(first), {"istio-gateways", "istio-ingressgateway"});
  probe_->lead_to(address);
  // Routes reach a gateway a moment after it started.
  for (auto end = runtime_.now() + kPatience;;) {
    auto trouble = co_await probe_->ask();
    if (trouble.empty()) break;
    if (runtime_.now() > end) throw base::Error("the product page never came: " + trouble);
    co_await runtime_.sleep(std::chrono::milliseconds(100));
  }
  group_.spawn("probe", probe_->run());
  invariant_ = std::make_unique<DemoInvariant>(workload_);
  group_.spawn("invariant", invariant_->run());
  if (screen_.live()) group_.spawn("screen", keep_current());
  say(fmt::format("a client asks for http://{}/productpage without a pause", address));
}

Task<void> DemoJourney::take_over(const base::ClusterName& name, bool gateways_moved) {
  auto began = runtime_.now();
  takeover::Goal goal;
  goal.to = plan_.revision;
  goal.gateways_moved = gateways_moved;
  auto manager = co_await takeover::find_manager(*management_, kIlm, plan_.revision);
  takeover::Site site{*workload_.find(name), name, *management_, manager, goal, kPatience};
  auto result = co_await takeover::run_takeover(site, *this);
  for (const auto& sentence : result.asks) say(sentence);
  accounts_[name].took += runtime_.now() - began;
  if (gateways_moved && !result.asks.empty())
    throw base::Error(name.str() + ": the takeover is not finished: " + result.asks[0]);
}

Task<void> DemoJourney::lead_clients_to_new_gateways() {
  auto& client = *workload_.find(workload_.names().at(0));
  auto address = co_await address_of(client, {"gloo-mesh-gateways", "istio-ingressgateway"});
  probe_->lead_to(address);
  say(fmt::format("DNS: clients of the product page are led to {}", address));
}

Task<void> DemoJourney::journey() {
  co_await prepare_clusters();
  co_await watch();
  co_await start_server();
  co_await deploy();
  co_await try_new_revision();
  co_await verify_untouched();
  auto names = workload_.names();
  for (const auto& name : names) co_await take_over(name, false);
  co_await lead_clients_to_new_gateways();
  for (const auto& name : names) co_await take_over(name, true);
  auto& client = *workload_.find(names.at(0));
  co_await client.remove_if_exists(kNamespaces, {"", "petstore"});
  co_await kube::wait_gone(client, kNamespaces, {"", "petstore"}, kPatience);
  for (const auto& name : names) {
    auto state = co_await takeover::observe(*workload_.find(name), name);
    accounts_[name].proxies_after = takeover::proxies_using(state, plan_.revision).size();
  }
  check();
}

void DemoJourney::check() const {
  if (!probe_->failures().empty())
    throw base::Error(fmt::format("{} of {} requests were lost; the first one: {}",
                                  probe_->failures().size(), probe_->asked(),
                                  probe_->failures()[0]));
  if (!invariant_->violations().empty())
    throw base::Error(
        fmt::format("the default injector was not one: {}", invariant_->violations()[0]));
}

Task<void> DemoJourney::keep(std::string kubeconfig) {
  embedded_->serve(group_, kubeconfig);
  screen_.say(summary());
  screen_.say(
      fmt::format("The clusters stay up: export KUBECONFIG={}; Ctrl-C ends them.", kubeconfig));
  rt::Event never(runtime_);
  co_await never.wait();
}

Task<void> DemoJourney::run(std::string kubeconfig) {
  started_ = runtime_.now();
  say(fmt::format("real charts: Istio {} (unmanaged), taken over by {}", plan_.old_tag,
                  plan_.new_version.str()));
  if (!plan_.note.empty()) say(plan_.note);
  std::exception_ptr failure;
  try {
    co_await journey();
    screen_.show({});
    if (!kubeconfig.empty()) co_await keep(std::move(kubeconfig));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group_.stop();
  screen_.show({});
  if (failure) std::rethrow_exception(failure);
}

}  // namespace jibe::cli
