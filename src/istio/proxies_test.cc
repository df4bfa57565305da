#include "istio/proxies.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "data/json.h"

namespace jibe::istio {
namespace {

data::Value sidecar() {
  return data::parse_json(R"({"metadata":{"name":"p","namespace":"n","labels":
      {"istio.io/rev":"label"},"annotations":{"sidecar.istio.io/status":
      "{\"revision\":\"1-15\",\"containers\":[\"istio-proxy\"]}"}},
      "spec":{"containers":[{"name":"app"},{"name":"istio-proxy","image":"h/proxyv2:1.15.3-solo",
      "args":["proxy","sidecar"]}]},"status":{"phase":"Running","conditions":
      [{"type":"Ready","status":"True"}]}})");
}

TEST(Proxies, TheInjectionRecordBeatsTheLabel) {
  auto proxy = proxy_of_pod(sidecar());
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->revision.str(), "1-15");
  EXPECT_EQ(proxy->version, "1.15.3-solo");
  EXPECT_EQ(proxy->id(), "p.n");
  EXPECT_TRUE(proxy->ready);
  EXPECT_EQ(proxy->kind, ProxyKind::kSidecar);
}

TEST(Proxies, NativeSidecarsAndGatewaysCountEndedPodsDoNot) {
  auto pod = sidecar();
  auto containers = pod["spec"]["containers"];
  pod.edit("spec").set("initContainers", containers);
  pod.edit("spec").set("containers", data::Value::list());
  EXPECT_TRUE(proxy_of_pod(pod));
  auto ended = sidecar();
  ended.edit("status").set("phase", "Succeeded");
  EXPECT_FALSE(proxy_of_pod(ended));
  auto gateway = sidecar();
  gateway.edit("metadata").erase("annotations");
  gateway.edit("spec")
      .edit("containers")
      .edit(size_t{1})
      .set("args", data::Value::list({"proxy", "router"}));
  EXPECT_EQ(proxy_of_pod(gateway)->kind, ProxyKind::kGateway);
  EXPECT_EQ(proxy_of_pod(gateway)->revision.str(), "label");
}

TEST(Proxies, AHandWrittenStatusAnnotationRecordsNothing) {
  auto pod = sidecar();
  pod.edit("metadata").edit("annotations").set("sidecar.istio.io/status", "yes");
  EXPECT_EQ(proxy_of_pod(pod)->revision.str(), "label");
}

TEST(Proxies, SyncStatesOfSyncz) {
  auto connections = connections_of(data::parse_json(R"([{"cluster_id":"c1","proxy":"p.n",
      "istio_version":"1.15.3","cluster_sent":"a","cluster_acked":"a","listener_sent":"b",
      "listener_acked":"b","endpoint_sent":"c"}])"),
                                    "istiod-x");
  ASSERT_EQ(connections.size(), 1u);
  EXPECT_EQ(connections[0].istiod, "istiod-x");
  EXPECT_EQ(connections[0].lds, SyncState::kSynced);
  EXPECT_EQ(connections[0].eds, SyncState::kStale);
  EXPECT_EQ(connections[0].rds, SyncState::kNotSent);
  EXPECT_FALSE(connections[0].synced());
  connections[0].eds = SyncState::kNotSent;
  EXPECT_TRUE(connections[0].synced());
  EXPECT_THROW(connections_of(data::Value::map(), "x"), base::Error);
}

}  // namespace
}  // namespace jibe::istio
