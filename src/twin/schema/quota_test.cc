#include "twin/schema/quota.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "data/yaml.h"

namespace jibe::twin {
namespace {

using data::parse_yaml;
using data::Value;

std::string said(const QuotaUsage& usage) {
  std::vector<std::string> out;
  for (const auto& [name, amount] : usage) out.push_back(name + "=" + amount.str());
  return base::join(out, " ");
}

Value quota(const std::string& hard, const std::string& scopes = "[]") {
  return parse_yaml("{metadata: {name: q}, spec: {scopes: " + scopes + ", hard: " + hard + "}}");
}

constexpr const char* kPod = R"(
spec:
  initContainers:
  - {name: first, resources: {requests: {cpu: 700m, memory: 10Mi}}}
  - {name: proxy, restartPolicy: Always, resources: {requests: {cpu: 100m}, limits: {cpu: 1}}}
  containers:
  - {name: a, resources: {requests: {cpu: 200m, memory: 1Gi}, limits: {cpu: 500m}}}
  - {name: b, resources: {requests: {cpu: 200m}}}
)";

TEST(Quota, PodsUseWhatTheirContainersUseAtOnce) {
  const Value all = quota("{pods: 1, cpu: 1, requests.cpu: 1, memory: 1, limits.cpu: 1}");
  EXPECT_EQ(said(quota_usage(all, "pods", parse_yaml(kPod))),
            "cpu=700m limits.cpu=1500m memory=1Gi pods=1 requests.cpu=700m");
  Value done = parse_yaml(kPod);
  done.edit("status").set("phase", "Succeeded");
  EXPECT_EQ(said(quota_usage(all, "pods", done)), "");
  EXPECT_EQ(said(quota_usage(quota("{count/pods: 1}"), "pods", done)), "count/pods=1");
}

TEST(Quota, ScopesChoosePods) {
  const Value pod = parse_yaml(kPod);
  EXPECT_EQ(said(quota_usage(quota("{pods: 1}", "[BestEffort]"), "pods", pod)), "");
  EXPECT_EQ(said(quota_usage(quota("{pods: 1}", "[NotBestEffort, NotTerminating]"), "pods", pod)),
            "pods=1");
  EXPECT_EQ(said(quota_usage(quota("{secrets: 1}", "[NotBestEffort]"), "secrets", Value::map())),
            "");
}

TEST(Quota, OtherKindsCountObjects) {
  const Value service = parse_yaml("{spec: {type: LoadBalancer, ports: [{port: 1}, {port: 2}]}}");
  EXPECT_EQ(
      said(quota_usage(quota("{services: 1, services.loadbalancers: 1, services.nodeports: 1}"),
                       "services", service)),
      "services=1 services.loadbalancers=1 services.nodeports=2");
  const Value claim =
      parse_yaml("{spec: {storageClassName: fast, resources: {requests: {storage: 2Gi}}}}");
  EXPECT_EQ(said(quota_usage(quota("{requests.storage: 1, persistentvolumeclaims: 1, "
                                   "fast.storageclass.storage.k8s.io/requests.storage: 1}"),
                             "persistentvolumeclaims", claim)),
            "fast.storageclass.storage.k8s.io/requests.storage=2Gi persistentvolumeclaims=1 "
            "requests.storage=2Gi");
  EXPECT_EQ(said(quota_usage(quota("{count/deployments.apps: 1, pods: 1}"), "deployments.apps",
                             Value::map())),
            "count/deployments.apps=1");
}

TEST(Quota, UsedNamesEverythingThatIsLimited) {
  const auto items = [](const std::string& resource) -> std::vector<Value> {
    if (resource != "secrets") return {};
    return {Value::map(), Value::map()};
  };
  EXPECT_EQ(said(quota_used(quota("{secrets: 5, cpu: 1, count/jobs.batch: 3}"), items)),
            "count/jobs.batch=0 cpu=0 secrets=2");
}

TEST(Quota, ComputeMustBeSaid) {
  const Value pod = parse_yaml(kPod);
  EXPECT_EQ(quota_unspecified(quota("{cpu: 1, pods: 3}"), pod), "");
  EXPECT_EQ(quota_unspecified(quota("{limits.cpu: 1, memory: 1}"), pod),
            "must specify limits.cpu for: b,first; memory for: b,proxy");
}

}  // namespace
}  // namespace jibe::twin
