// Istiods and proxies together, over the cluster's own admission, Services and network.
#include <gtest/gtest.h>

#include "data/json.h"
#include "kube/object.h"
#include "twin/mesh/test_mesh.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

using data::Value;

class Mesh : public testing::TestWithParam<std::string> {};

// Values that test bodies, which are plain functions, take from their test.
std::string g_version;

Value deployment(const std::string& ns, const std::string& name) {
  return test_deployment(ns, name, 1, "docker.io/example/" + name + ":1");
}

Task<bool> wait_ready(TestWorld world, std::string ns, size_t count) {
  co_return co_await eventually(world.runtime, [&world, ns, count] {
    size_t ready = 0;
    for (const Value& pod : live_pods(world, ns)) ready += is_pod_ready(pod) ? 1 : 0;
    return ready == count;
  });
}

Task<void> inject_and_connect(TestWorld world) {
  add_mesh(world.cluster);
  co_await install_istio(world, {.version = g_version});
  co_await world.client.create(kNamespaces,
                               labelled_namespace("books", "istio-injection", "enabled"));
  co_await world.client.create(kDeployments, deployment("books", "reviews"));
  EXPECT_TRUE(co_await wait_ready(world, "books", 1));
  const Value pod = live_pods(world, "books").at(0);
  const auto status = data::parse_json(kube::annotation_of(pod, "sidecar.istio.io/status"));
  EXPECT_EQ(status["revision"].text(), "default");
  const Value proxies = co_await syncz_of(world, "default");
  EXPECT_EQ(proxies.size(), 1u);
  EXPECT_EQ(proxies[0]["proxy"].text(), object_name(pod) + ".books");
  EXPECT_EQ(proxies[0]["istio_version"].text(), g_version);
  for (const char* type : {"cluster", "listener", "endpoint"}) {
    const std::string& sent = proxies[0][std::string(type) + "_sent"].text();
    EXPECT_NE(sent, "");
    EXPECT_EQ(proxies[0][std::string(type) + "_acked"].text(), sent);
  }
}

TEST_P(Mesh, InjectsAndConnects) {
  JIBE_NEEDS_RELEASE(GetParam());
  g_version = GetParam();
  in_cluster(inject_and_connect);
}

INSTANTIATE_TEST_SUITE_P(Releases, Mesh, testing::Values("1.14.5", "1.31.0"), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

}  // namespace
}  // namespace jibe::twin
