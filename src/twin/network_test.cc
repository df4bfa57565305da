// Services: addresses, endpoints, and the way to programs.
#include <gtest/gtest.h>

#include <set>

#include "twin/cluster.h"
#include "twin/controllers/pods.h"
#include "twin/test_cluster.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;

std::string address_of(const TestWorld& world, const std::string& name) {
  const auto service = world.client.get(kServices, "default", name);
  return service ? (*service)["status"]["loadBalancer"]["ingress"][0]["ip"].text() : "";
}

Task<void> addresses(TestWorld world) {
  for (const char* name : {"a", "b", "c"})
    co_await world.client.create(kServices, test_service("default", name, 80, "LoadBalancer"));
  co_await world.runtime.sleep(std::chrono::seconds(1));
  std::set<std::string> distinct;
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_TRUE(address_of(world, name).starts_with("127.")) << name;
    distinct.insert(address_of(world, name));
  }
  EXPECT_EQ(distinct.size(), 3U);
  const std::string before = address_of(world, "b");
  Value changed = *world.client.get(kServices, "default", "b");
  changed.edit("spec").edit("selector").set("app", "other");
  co_await world.client.update(kServices, changed);
  co_await world.client.remove(kServices, *world.client.get(kServices, "default", "a"));
  co_await world.client.create(kServices, test_service("default", "d", 80, "LoadBalancer"));
  co_await world.runtime.sleep(std::chrono::seconds(1));
  EXPECT_EQ(address_of(world, "b"), before);
  EXPECT_FALSE(distinct.contains(address_of(world, "d")));
  Value plain = *world.client.get(kServices, "default", "c");
  plain.edit("spec").set("type", "ClusterIP");
  co_await world.client.update(kServices, plain);
  co_await world.runtime.sleep(std::chrono::seconds(1));
  EXPECT_EQ(address_of(world, "c"), "");
}

TEST(Network, LoadBalancersHaveAddressesOfTheirOwn) {
  in_cluster(addresses);
}

Task<void> start_echo(TestWorld world, int64_t replicas) {
  co_await world.client.create(kServices, test_service("default", "echo", 80, "LoadBalancer"));
  co_await world.client.create(kDeployments, test_deployment("default", "echo", replicas));
  co_await eventually(world.runtime, [&] {
    return (*world.client.get(kDeployments, "default", "echo"))["status"]["readyReplicas"].int_or(
               0) == replicas;
  });
  co_await world.runtime.sleep(std::chrono::milliseconds(1));
}

Task<void> reach(TestWorld world) {
  world.cluster.add_behaviour("example.com/echo:*", echo("hello"));
  co_await start_echo(world, 2);
  const auto service = world.client.get(kServices, "default", "echo");
  std::set<std::string> answers;
  for (const std::string& host :
       {std::string("echo.default"), std::string("echo.default.svc"),
        std::string("echo.default.svc.cluster.local"), (*service)["spec"]["clusterIP"].text(),
        address_of(world, "echo")}) {
    const std::string answer = co_await ask(world.cluster.connect(host, 80));
    EXPECT_NE(answer, "refused") << host;
    answers.insert(answer);
    const std::string refused = co_await ask(world.cluster.connect(host, 81));
    EXPECT_EQ(refused, "refused") << host;
  }
  // Each of the two gets its turn.
  EXPECT_EQ(answers.size(), 2U);
  const auto pod = world.client.items(kPods, "default")[0];
  const std::string direct =
      co_await ask(world.cluster.connect(pod["status"]["podIP"].text(), 8080));
  EXPECT_EQ(direct, object_name(pod) + " hello");
  EXPECT_EQ(world.cluster.connect("nobody.default.svc", 80), nullptr);
  EXPECT_NE(world.cluster.connect("kubernetes.default.svc", 443), nullptr);
}

TEST(Network, ReachesProgramsByEveryName) {
  in_cluster(reach);
}

Task<void> handler_outlives_pod(TestWorld world) {
  world.cluster.add_behaviour("*", echo("hello"));
  co_await start_echo(world, 1);
  http::Handler* way = world.cluster.connect("echo.default.svc", 80);
  const auto pod = world.client.items(kPods, "default")[0];
  co_await world.client.remove(kPods, pod, 0);
  co_await world.runtime.sleep(std::chrono::milliseconds(1));
  const std::string answer = co_await ask(way);
  EXPECT_EQ(answer, "refused");
}

TEST(Network, HandlersOutlivePods) {
  in_cluster(handler_outlives_pod);
}

Task<void> readiness(TestWorld world) {
  const auto ready = std::make_shared<bool>(false);
  world.cluster.add_behaviour("*", echo("hello", ready));
  co_await world.client.create(kServices, test_service("default", "echo", 80));
  co_await world.client.create(kDeployments, test_deployment("default", "echo", 1));
  co_await world.runtime.sleep(std::chrono::seconds(5));
  EXPECT_EQ(world.cluster.connect("echo.default.svc", 80), nullptr);
  const auto slices = world.client.items(kEndpointSlices, "default");
  const Value* echo_slice = nullptr;
  for (const Value& slice : slices)
    if (kube::label_of(slice, "kubernetes.io/service-name") == "echo") echo_slice = &slice;
  EXPECT_NE(echo_slice, nullptr);
  if (echo_slice == nullptr) co_return;
  const Value& conditions = (*echo_slice)["endpoints"][0]["conditions"];
  EXPECT_FALSE(conditions["ready"].bool_or(true));
  EXPECT_FALSE(conditions["terminating"].bool_or(true));
  EXPECT_EQ((*echo_slice)["ports"][0]["port"].int_or(0), 8080);
  *ready = true;
  co_await world.runtime.sleep(std::chrono::seconds(11));
  EXPECT_NE(world.cluster.connect("echo.default.svc", 80), nullptr);
  const auto endpoints = world.client.get(kEndpoints, "default", "echo");
  EXPECT_EQ((*endpoints)["subsets"][0]["addresses"].size(), 1U);
  *ready = false;
  co_await world.runtime.sleep(std::chrono::seconds(40));
  EXPECT_EQ(world.cluster.connect("echo.default.svc", 80), nullptr);
}

TEST(Network, OnlyReadyPodsAreReached) {
  in_cluster(readiness);
}

// A client that asks again and again while everything behind the Service is replaced.
Task<void> no_request_lost(TestWorld world) {
  world.cluster.add_behaviour("*", echo("hello"));
  co_await start_echo(world, 2);
  Value restart = *world.client.get(kDeployments, "default", "echo");
  restart.edit("spec").edit("template").edit("metadata").edit("labels").set("v", "2");
  co_await world.client.update(kDeployments, restart);
  int failures = 0;
  for (int i = 0; i < 600; ++i) {
    const std::string answer = co_await ask(world.cluster.connect("echo.default.svc", 80));
    if (answer == "refused") ++failures;
    co_await world.runtime.sleep(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(world.client.items(kPods, "default").size(), 2U);
  for (const Value& pod : world.client.items(kPods, "default"))
    EXPECT_EQ(kube::label_of(pod, "v"), "2");
}

TEST(Network, NoRequestIsLostInARollout) {
  for (uint64_t seed = 1; seed <= 5; ++seed)
    in_cluster(seed, {.name = base::ClusterName("c1")}, no_request_lost);
}

Task<void> headless(TestWorld world) {
  world.cluster.add_behaviour("*", echo("hello"));
  Value service = test_service("default", "web", 8080);
  service.edit("spec").set("clusterIP", "None");
  co_await world.client.create(kServices, service);
  Value set = test_deployment("default", "web", 3);
  set.set("kind", "StatefulSet");
  set.edit("spec").set("serviceName", "web");
  co_await world.client.create(kStatefulSets, set);
  std::vector<std::string> order;
  const auto watching = world.client.api().subscribe(kPods, [&](const WatchEvent& event) {
    if (event.type == "ADDED") order.push_back(object_name(event.object));
  });
  const bool ready = co_await eventually(world.runtime, [&] {
    return (*world.client.get(kStatefulSets, "default", "web"))["status"]["readyReplicas"].int_or(
               0) == 3;
  });
  EXPECT_TRUE(ready);
  const std::string answer =
      co_await ask(world.cluster.connect("web-1.web.default.svc.cluster.local", 8080));
  EXPECT_EQ(answer, "web-1 hello");
  EXPECT_EQ(order, (std::vector<std::string>{"web-0", "web-1", "web-2"}));
}

TEST(Network, StatefulPodsHaveNames) {
  in_cluster(headless);
}

}  // namespace
}  // namespace jibe::twin
