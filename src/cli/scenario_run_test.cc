// Scenarios acted on, in virtual time.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/coroutine.h"
#include "base/strings.h"
#include "cli/example_files.h"
#include "cli/scenario.h"
#include "data/json.h"
#include "istio/proxies.h"
#include "rt/task_group.h"
#include "twin/controllers/kinds.h"
#include "twin/server/api.h"

namespace jibe::cli {
namespace {

using data::Value;

// The charts that this build has, and those of $JIBE_CHARTS.
istio::ChartStore charts() {
  std::vector<std::filesystem::path> path;
  if (const char* given = std::getenv("JIBE_CHARTS"))
    for (auto folder : base::split(given, ':')) path.emplace_back(std::string(folder));
  path.emplace_back(JIBE_BUILD_CHARTS);
  return istio::ChartStore(path);
}

bool has_version(const char* text) {
  auto known = charts().versions();
  return std::find(known.begin(), known.end(), *istio::parse_version(text)) != known.end();
}

struct World {
  World(rt::Runtime& used, std::vector<std::string> names)
      : runtime(used), releases(charts()), clusters(used, options(names)) {}

  EmbeddedOptions options(const std::vector<std::string>& names) {
    EmbeddedOptions out;
    for (const auto& name : names) out.names.emplace_back(name);
    out.releases = &releases;
    return out;
  }
  twin::Cluster& cluster(const std::string& name) { return clusters.find(base::ClusterName(name)); }
  Value get(const std::string& name, const kube::Gvr& gvr, const std::string& ns,
            const std::string& object) {
    auto found = cluster(name).api().try_get({gvr, ns, object, ""});
    return found ? *found : Value();
  }

  rt::Runtime& runtime;
  Releases releases;
  EmbeddedClusters clusters;
};
using Body = Task<void> (*)(World& world);

Task<void> drive(World& world, Body body) {
  rt::TaskGroup group(world.runtime);
  std::exception_ptr failure;
  try {
    co_await world.clusters.start(group);
    co_await body(world);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.stop();
  if (failure) std::rethrow_exception(failure);
}

void in_world(std::vector<std::string> names, Body body) {
  auto runtime = rt::make_simulated_runtime();
  World world(*runtime, std::move(names));
  runtime->run(drive(world, body));
}

Scenario scenario_of(std::string text) {
  return load_scenario("examples/s.yaml", {}, [text](const std::string& path) {
    return path == "examples/s.yaml" ? text : read_example(path);
  });
}

Task<std::string> fetch(http::Handler* way, std::string target, int* status) {
  http::Request request;
  request.target = std::move(target);
  auto response = co_await way->handle(std::move(request));
  *status = response.status;
  auto body = co_await http::read_all(*response.body);
  co_return body;
}

Task<void> bookinfo(World& world) {
  auto scenario = scenario_of("clusters: [{name: c, steps: [{apply: [bookinfo/cluster-1.yaml]}]}]");
  co_await prepare(world.runtime, ScenarioRun{scenario, world.clusters, world.releases, {}});
  auto* page = world.cluster("c").connect("productpage.bookinfo.svc", 9080);
  EXPECT_NE(page, nullptr);
  if (!page) co_return;
  int status = 0;
  auto body = co_await fetch(page, "/productpage", &status);
  EXPECT_EQ(status, 200) << body;
  auto answer = data::parse_json(body);
  EXPECT_EQ(answer["service"].text(), "productpage");
  EXPECT_TRUE(answer["pod"].text().starts_with("productpage-v1-"));
  EXPECT_TRUE(answer["details"]["pod"].text().starts_with("details-v1-"));
  EXPECT_EQ(answer["details"]["version"].text(), "v1");
  EXPECT_EQ(answer["reviews"]["service"].text(), "reviews");
  auto ratings = world.get("c", twin::kDeployments, "bookinfo", "details-v1");
  ratings.edit("spec").set("replicas", 0);
  twin::WriteOptions write;
  co_await world.cluster("c").api().update({twin::kDeployments, "bookinfo", "details-v1", ""},
                                           ratings, write);
  co_await world.runtime.sleep(std::chrono::minutes(1));
  body = co_await fetch(page, "/productpage", &status);
  EXPECT_EQ(status, 502);
  EXPECT_NE(body.find("productpage cannot reach details.bookinfo.svc:9080"), std::string::npos)
      << body;
  body = co_await fetch(page, "/health", &status);
  EXPECT_EQ(status, 200);
}

TEST(ScenarioRun, BookinfoAnswersThroughItsWholeChain) {
  in_world({"c"}, bookinfo);
}

Task<void> refusals(World& world) {
  std::string sentence;
  auto elsewhere = scenario_of("clusters: [{name: other}]");
  try {
    co_await prepare(world.runtime, ScenarioRun{elsewhere, world.clusters, world.releases, {}});
  } catch (const base::InvalidInput& error) {
    sentence = error.what();
  }
  EXPECT_EQ(sentence, "there is no embedded cluster \"other\"");
  auto unknown = scenario_of("clusters: [{name: c, steps: [{operator: {version: 1.2.3}}]}]");
  try {
    co_await prepare(world.runtime, ScenarioRun{unknown, world.clusters, world.releases, {}});
  } catch (const base::InvalidInput& error) {
    sentence = error.what();
  }
  EXPECT_NE(sentence.find("known versions: "), std::string::npos) << sentence;
}

TEST(ScenarioRun, RefusesUnknownClustersAndVersions) {
  in_world({"c"}, refusals);
}

Task<void> guide(World& world) {
  auto scenario = load_scenario("examples/scenarios/guide.yaml", {}, read_example);
  co_await prepare(world.runtime, ScenarioRun{scenario, world.clusters, world.releases, {}});
  const kube::Gvr operators{"install.istio.io", "v1alpha1", "istiooperators"};
  for (auto name : {"production-istio", "ingress-gateway", "eastwest-gateway"}) {
    auto iop = world.get("cluster-1", operators, "istio-system", name);
    EXPECT_EQ(iop["status"]["status"].text(), "HEALTHY") << name;
    auto saved =
        world.get("cluster-2", operators, "istio-system", std::string("installed-state-") + name);
    EXPECT_EQ(saved["spec"]["tag"].text(), "1.14.5") << name;
  }
  for (auto name : {"cluster-1", "cluster-2"}) {
    auto istiod = world.get(name, twin::kDeployments, "istio-system", "istiod");
    EXPECT_EQ(istiod["status"]["readyReplicas"].int_or(0), 2) << name;
    EXPECT_EQ(istiod["spec"]["template"]["spec"]["containers"][0]["image"].text(),
              "docker.io/istio/pilot:1.14.5");
    auto scaler = world.get(name, twin::kHpas, "istio-system", "istiod");
    EXPECT_EQ(scaler["spec"]["scaleTargetRef"]["name"].text(), "istiod");
    for (auto gateway : {"istio-ingressgateway", "istio-eastwestgateway"}) {
      auto deployment = world.get(name, twin::kDeployments, "istio-gateways", gateway);
      EXPECT_EQ(deployment["status"]["readyReplicas"].int_or(0), 2) << gateway;
      auto service = world.get(name, twin::kServices, "istio-gateways", gateway);
      EXPECT_EQ(service["spec"]["type"].text(), "LoadBalancer") << gateway;
    }
  }
  for (auto name : {"cluster-1", "cluster-2"})
    for (const auto& pod : world.cluster(name).api().items(twin::kPods, "bookinfo"))
      EXPECT_TRUE(istio::proxy_of_pod(pod).has_value()) << pod["metadata"]["name"].text();
  auto ingress = world.get("cluster-1", twin::kServices, "istio-gateways", "istio-ingressgateway");
  auto* way = world.cluster("cluster-1")
                  .connect(ingress["status"]["loadBalancer"]["ingress"][0]["ip"].text(), 80);
  EXPECT_NE(way, nullptr);
  if (!way) co_return;
  int status = 0;
  auto body = co_await fetch(way, "/productpage", &status);
  EXPECT_EQ(status, 200) << body;
  EXPECT_TRUE(data::parse_json(body)["reviews"]["pod"].is_string()) << body;
}

TEST(ScenarioRun, TheGuidesStartStateIsReady) {
  if (!has_version("1.14.5")) GTEST_SKIP() << "the chart store lacks Istio 1.14.5";
  in_world({"mgmt", "cluster-1", "cluster-2"}, guide);
}

}  // namespace
}  // namespace jibe::cli
