#include "twin/server/protobuf.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "data/yaml.h"
#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}
std::string number(int field, int64_t value) {
  return varint(static_cast<uint64_t>(field) << 3) + varint(static_cast<uint64_t>(value));
}
std::string bytes(int field, const std::string& text) {
  return varint((static_cast<uint64_t>(field) << 3) | 2) + varint(text.size()) + text;
}
std::string envelope(const std::string& version, const std::string& kind, const std::string& raw) {
  return std::string("k8s\0", 4) + bytes(1, bytes(1, version) + bytes(2, kind)) + bytes(2, raw) +
         bytes(3, "") + bytes(4, "");
}

TEST(Protobuf, ReadsWhatKubectlCreateNamespaceSends) {
  // client-go writes every field that is no pointer, empty or not.
  std::string metadata = bytes(1, "petstore") + bytes(2, "") + bytes(3, "") + bytes(4, "") +
                         bytes(5, "") + bytes(6, "") + number(7, 0) + bytes(8, "");
  std::string raw = bytes(1, metadata) + bytes(2, "") + bytes(3, bytes(1, ""));
  EXPECT_EQ(decode_kubernetes_protobuf(envelope("v1", "Namespace", raw)),
            data::parse_yaml("{apiVersion: v1, kind: Namespace, metadata: {name: petstore}, "
                             "spec: {}, status: {}}"));
}

TEST(Protobuf, KeepsPointersToZeroAndDropsOtherZeros) {
  std::string spec = number(1, 0) + number(5, 0) + number(7, 0);
  data::Value object =
      decode_kubernetes_protobuf(envelope("apps/v1", "Deployment", bytes(2, spec)));
  EXPECT_EQ(object["spec"], data::parse_yaml("{replicas: 0}"));
}

TEST(Protobuf, KnowsTheTypesWithAnOwnJsonForm) {
  std::string target_port = number(1, 1) + number(2, 0) + bytes(3, "http");
  std::string port = bytes(1, "web") + number(3, 80) + bytes(4, target_port);
  std::string zero_port = number(3, 81) + bytes(4, number(1, 0) + number(2, 0) + bytes(3, ""));
  std::string selector = bytes(1, "app") + bytes(2, "web");
  std::string spec = bytes(1, port) + bytes(1, zero_port) + bytes(2, selector);
  std::string created = bytes(8, number(1, 1'767'225'600));
  data::Value object =
      decode_kubernetes_protobuf(envelope("v1", "Service", bytes(1, created) + bytes(2, spec)));
  EXPECT_EQ(object["spec"], data::parse_yaml("{ports: [{name: web, port: 80, targetPort: http}, "
                                             "{port: 81}], selector: {app: web}}"));
  EXPECT_EQ(object["metadata"]["creationTimestamp"].text(), "2026-01-01T00:00:00Z");
}

TEST(Protobuf, PutsInlinedStructsWhereJsonHasThem) {
  std::string quantity = bytes(1, "memory") + bytes(2, bytes(1, "1Gi"));
  std::string container = bytes(1, "a") + bytes(8, bytes(1, quantity));
  std::string volume = bytes(1, "v") + bytes(2, bytes(6, bytes(1, "s")));
  std::string spec = bytes(1, volume) + bytes(2, container);
  data::Value object = decode_kubernetes_protobuf(envelope("v1", "Pod", bytes(2, spec)));
  EXPECT_EQ(object["spec"],
            data::parse_yaml("{volumes: [{name: v, secret: {secretName: s}}], "
                             "containers: [{name: a, resources: {limits: {memory: 1Gi}}}]}"));
}

TEST(Protobuf, RefusesWhatIsBrokenOrUnknown) {
  EXPECT_THROW(decode_kubernetes_protobuf("{}"), base::InvalidInput);
  EXPECT_THROW(decode_kubernetes_protobuf(envelope("v1", "Nothing", "")), base::InvalidInput);
  std::string whole = envelope("v1", "Namespace", bytes(1, bytes(1, "petstore")));
  EXPECT_THROW(decode_kubernetes_protobuf(whole.substr(0, whole.size() - 20)), base::InvalidInput);
}

TEST(Protobuf, IsTakenOverHttp) {
  TestTwin twin;
  std::string raw = bytes(1, bytes(1, "petstore"));
  Reply reply = twin.send("POST", "/api/v1/namespaces", envelope("v1", "Namespace", raw),
                          "application/vnd.kubernetes.protobuf",
                          "application/vnd.kubernetes.protobuf,application/json");
  EXPECT_EQ(reply.status, 201) << reply.text;
  EXPECT_TRUE(twin.get("namespaces", "petstore"));
}

}  // namespace
}  // namespace jibe::twin
