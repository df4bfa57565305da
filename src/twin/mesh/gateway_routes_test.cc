#include "twin/mesh/gateway_routes.h"

#include <gtest/gtest.h>

#include "data/yaml.h"
#include "rt/runtime.h"

namespace jibe::twin {
namespace {

using data::Value;

Value yaml(const std::string& text) {
  return data::parse_yaml(text);
}

Value gateway(const std::string& selector, const std::string& hosts) {
  return yaml("{metadata: {name: g, namespace: a}, spec: {selector: " + selector +
              ", servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: " + hosts +
              "}]}}");
}

Value virtual_service(const std::string& gateways, const std::string& hosts,
                      const std::string& http) {
  return yaml("{metadata: {name: v, namespace: b}, spec: {gateways: " + gateways +
              ", hosts: " + hosts + ", http: " + http + "}}");
}

class GatewayRoutes : public testing::Test {
 protected:
  Value listeners() { return gateway_listeners(labels_, "gw", resources_); }
  // "host:port" or "none".
  std::string route(const std::string& host, const std::string& path) {
    const auto found = find_route(listeners()[0], host, path, runtime_->random());
    return found ? found->host + ":" + std::to_string(found->port) : "none";
  }

  Value labels_ = yaml("{istio: ingress, app: gw}");
  GatewayResources resources_{
      {gateway("{istio: ingress}", "['*']")},
      {virtual_service("[a/g]", "['*']", "[{route: [{destination: {host: web}}]}]")},
      {yaml("{metadata: {name: gw, namespace: gw}, spec: {selector: {istio: ingress}, ports: "
            "[{port: 80, targetPort: 8080}]}}")}};
  std::unique_ptr<rt::SimulatedRuntime> runtime_ = rt::make_simulated_runtime();
};

TEST_F(GatewayRoutes, ListensBehindTheServicesPort) {
  ASSERT_EQ(listeners().size(), 1u);
  EXPECT_EQ(listeners()[0]["port"], 8080);
  resources_.services.clear();
  EXPECT_EQ(listeners()[0]["port"], 80);
}

TEST_F(GatewayRoutes, ServesWhatSelectsItAlone) {
  resources_.gateways = {gateway("{istio: egress}", "['*']")};
  EXPECT_TRUE(listeners().empty());
  resources_.gateways = {gateway("{}", "['*']")};
  EXPECT_EQ(listeners().size(), 1u);
  resources_.virtual_services = {
      virtual_service("[g]", "['*']", "[{route: [{destination: {host: web}}]}]")};
  EXPECT_EQ(route("x", "/"), "none") << "a gateway without namespace is one of b";
}

TEST_F(GatewayRoutes, FindsTheMostSpecificHost) {
  const auto to = [](const std::string& name) {
    return "[{route: [{destination: {host: " + name + ", port: {number: 9080}}}]}]";
  };
  resources_.virtual_services = {virtual_service("[a/g]", "['*']", to("any")),
                                 virtual_service("[a/g]", "['*.example.com']", to("wild")),
                                 virtual_service("[a/g]", "[a.example.com]", to("exact"))};
  EXPECT_EQ(route("a.example.com", "/"), "exact.b.svc.cluster.local:9080");
  EXPECT_EQ(route("a.example.com:80", "/"), "exact.b.svc.cluster.local:9080");
  EXPECT_EQ(route("b.example.com", "/"), "wild.b.svc.cluster.local:9080");
  EXPECT_EQ(route("example.com", "/"), "any.b.svc.cluster.local:9080");
  resources_.gateways = {gateway("{istio: ingress}", "['b/a.example.com']")};
  EXPECT_EQ(route("a.example.com", "/"), "any.b.svc.cluster.local:9080")
      << "routes of all virtual services for the server's host, in order";
  EXPECT_EQ(route("other.org", "/"), "none");
}

TEST_F(GatewayRoutes, MatchesPathsInOrder) {
  resources_.virtual_services = {
      virtual_service("[a/g]", "['*']",
                      "[{match: [{uri: {exact: /login}}], route: [{destination: {host: login}}]},"
                      " {match: [{uri: {prefix: /a}, headers: {x: {exact: y}}}], route: "
                      "[{destination: {host: no}}]},"
                      " {match: [{uri: {prefix: /a}}, {uri: {prefix: /b}}], route: [{destination: "
                      "{host: a.c}}]}]")};
  EXPECT_EQ(route("h", "/login"), "login.b.svc.cluster.local:0");
  EXPECT_EQ(route("h", "/login/x"), "none");
  EXPECT_EQ(route("h", "/abc"), "a.c:0");
  EXPECT_EQ(route("h", "/b"), "a.c:0");
}

TEST_F(GatewayRoutes, SharesByWeight) {
  resources_.virtual_services = {virtual_service("[a/g]", "['*']",
                                                 "[{route: [{destination: {host: o.n}, weight: 90},"
                                                 " {destination: {host: n.n}, weight: 10}]}]")};
  std::map<std::string, int> count;
  for (int i = 0; i < 1000; ++i) ++count[route("h", "/")];
  EXPECT_NEAR(count["o.n:0"], 900, 50);
  EXPECT_NEAR(count["n.n:0"], 100, 50);
}

}  // namespace
}  // namespace jibe::twin
