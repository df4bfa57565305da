#include "twin/schema/table.h"

#include <gtest/gtest.h>

#include "kube/time.h"
#include "twin/schema/autoscaler.h"
#include "twin/schema/jsonpath.h"
#include "twin/schema/test_resources.h"

namespace jibe::twin {
namespace {

using data::parse_json;
using data::Value;

const base::Time kNow = kube::parse_time("2026-01-01T01:00:00Z").value();

std::string cells(const ResourcePtr& r, const char* json) {
  const Value table = to_table(*r, parse_json(json), kNow, "Metadata");
  EXPECT_EQ(table["rows"][0]["cells"].size(), table["columnDefinitions"].size());
  return data::to_json(table["rows"][0]["cells"], {.indent = 0, .escape_html = false});
}

std::string headers(const ResourcePtr& r) {
  std::string out;
  const Value table = to_table(*r, parse_json(R"({"items":[]})"), kNow, "");
  for (const Value& c : table["columnDefinitions"].items()) {
    out += (out.empty() ? "" : " | ") + c["name"].text() + (c["priority"] == Value(1) ? "*" : "");
  }
  return out;
}

TEST(Table, PodStates) {
  const ResourcePtr pods = test_resource("", "pods");
  EXPECT_EQ(headers(pods),
            "Name | Ready | Status | Restarts | Age | IP* | Node* | Nominated Node* "
            "| Readiness Gates*");
  EXPECT_EQ(
      cells(pods, R"({"metadata":{"name":"p","creationTimestamp":"2026-01-01T00:57:30Z"},
    "spec":{"containers":[{"name":"a"},{"name":"b"}],"nodeName":"n"},
    "status":{"phase":"Running","podIPs":[{"ip":"10.0.0.1"}],
    "conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[
      {"name":"a","ready":true,"state":{"running":{}},"restartCount":2,
       "lastState":{"terminated":{"finishedAt":"2026-01-01T00:59:30Z"}}},
      {"name":"b","ready":false,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}})"),
      R"x(["p","1/2","CrashLoopBackOff","2 (30s ago)","2m30s","10.0.0.1","n","<none>","<none>"])x");
  EXPECT_EQ(cells(pods, R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"a"}],
    "initContainers":[{"name":"i"},{"name":"s","restartPolicy":"Always"}]},
    "status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}}]}})"),
            R"(["p","0/2","Init:0/2","0","<unknown>","<none>","<none>","<none>","<none>"])");
  EXPECT_EQ(cells(pods, R"({"metadata":{"name":"p","deletionTimestamp":"2026-01-01T00:59:30Z"},
    "spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[
    {"name":"a","ready":true,"state":{"running":{}}}]}})"),
            R"(["p","1/1","Terminating","0","<unknown>","<none>","<none>","<none>","<none>"])");
}

TEST(Table, Deployment) {
  const ResourcePtr r = test_resource("apps", "deployments");
  EXPECT_EQ(headers(r),
            "Name | Ready | Up-to-date | Available | Age | Containers* | Images* | Selector*");
  EXPECT_EQ(cells(r, R"({"metadata":{"name":"d","creationTimestamp":"2025-12-31T23:00:00Z"},
    "spec":{"replicas":3,"selector":{"matchLabels":{"b":"c","a":"b"}},"template":{"spec":{
    "containers":[{"name":"x","image":"i:1"},{"name":"y","image":"j"}]}}},
    "status":{"readyReplicas":1,"updatedReplicas":2,"availableReplicas":1}})"),
            R"(["d","1/3",2,1,"120m","x,y","i:1,j","a=b,b=c"])");
}

TEST(Table, Service) {
  const ResourcePtr r = test_resource("", "services");
  EXPECT_EQ(
      cells(r, R"({"metadata":{"name":"s"},"spec":{"type":"LoadBalancer",
    "clusterIPs":["10.96.0.1"],"ports":[{"port":80,"nodePort":30000,"protocol":"TCP"},
    {"port":53,"protocol":"UDP"}],"selector":{"a":"b"}},
    "status":{"loadBalancer":{"ingress":[{"ip":"127.1.0.1"}]}}})"),
      R"(["s","LoadBalancer","10.96.0.1","127.1.0.1","80:30000/TCP,53/UDP","<unknown>","a=b"])");
  EXPECT_EQ(cells(r, R"({"metadata":{"name":"s"},"spec":{"type":"LoadBalancer"}})"),
            R"(["s","LoadBalancer","<none>","<pending>","<none>","<unknown>","<none>"])");
}

TEST(Table, Autoscaler) {
  const char* v2 = R"({"apiVersion":"autoscaling/v2","metadata":{"name":"h"},"spec":{
    "maxReplicas":5,"minReplicas":1,"scaleTargetRef":{"kind":"Deployment","name":"d"},
    "metrics":[{"type":"Resource","resource":{"name":"cpu",
      "target":{"type":"Utilization","averageUtilization":80}}}]}})";
  const char* want = R"(["h","Deployment/d","cpu: <unknown>/80%","1",5,0,"<unknown>"])";
  EXPECT_EQ(cells(test_resource("autoscaling", "horizontalpodautoscalers", "v2"), v2), want);
  const Value v1 = autoscaler_as_v1(parse_json(v2));
  EXPECT_EQ(v1["spec"]["targetCPUUtilizationPercentage"], Value(80));
  EXPECT_EQ(autoscaler_as_v2(v1), parse_json(v2));
  EXPECT_EQ(cells(test_resource("autoscaling", "horizontalpodautoscalers", "v1"),
                  data::to_json(v1).c_str()),
            want);
}

TEST(Table, EveryBuiltInKindFillsItsColumns) {
  const Value empty = parse_json(R"({"metadata":{"name":"x","uid":"u"}})");
  for (const ResourcePtr& r : builtin_resources()) {
    const Value table = to_table(*r, empty, kNow, "Metadata");
    EXPECT_EQ(table["rows"][0]["cells"].size(), table["columnDefinitions"].size()) << r->kind;
    EXPECT_EQ(table["rows"][0]["object"]["metadata"]["uid"], Value("u"));
  }
}

TEST(Table, KindsWithoutPrinterShowCreatedAt) {
  EXPECT_EQ(headers(test_resource("apiextensions.k8s.io", "customresourcedefinitions")),
            "Name | Created At");
  EXPECT_EQ(headers(test_resource("rbac.authorization.k8s.io", "roles")), "Name | Created At");
}

TEST(Table, CustomColumns) {
  const ResourcePtr r = test_crd_resource();
  EXPECT_EQ(headers(r), "Name | Size | Ready | Mode* | Age");
  EXPECT_EQ(cells(r, R"({"metadata":{"name":"t","creationTimestamp":"2026-01-01T00:59:50Z"},
    "spec":{"size":3},"status":{"conditions":[{"type":"A","status":"x"},
    {"type":"Ready","status":"True"}]}})"),
            R"(["t",3,"True",null,"10s"])");
}

TEST(Table, Ages) {
  const auto age = [](int64_t s) { return human_duration(std::chrono::seconds(s)); };
  EXPECT_EQ(age(119), "119s");
  EXPECT_EQ(age(120), "2m");
  EXPECT_EQ(age(599), "9m59s");
  EXPECT_EQ(age(600), "10m");
  EXPECT_EQ(age(3 * 3600), "3h");
  EXPECT_EQ(age(3 * 3600 + 60), "3h1m");
  EXPECT_EQ(age(8 * 3600 + 60), "8h");
  EXPECT_EQ(age(49 * 3600), "2d1h");
  EXPECT_EQ(age(9 * 86400), "9d");
  EXPECT_EQ(age(-1), "0s");
  EXPECT_EQ(age(-2), "<invalid>");
}

TEST(JsonPath, Paths) {
  const Value o =
      parse_json(R"({"a":{"b.c/d":"x"},"l":[{"n":"p","v":1},{"n":"q","v":2}],"s":"t"})");
  const auto find = [&](const char* path) {
    Value out = Value::list();
    for (const Value& v : JsonPath::parse(path).find(o)) out.push_back(v);
    return data::to_json(out);
  };
  EXPECT_EQ(find(".a.b\\.c/d"), R"(["x"])");
  EXPECT_EQ(find(".a['b.c/d']"), R"(["x"])");
  EXPECT_EQ(find(".l[*].v"), "[1,2]");
  EXPECT_EQ(find(".l[-1].v"), "[2]");
  EXPECT_EQ(find(".l[0:1].v"), "[1]");
  EXPECT_EQ(find(".l[?(@.n==\"q\")].v"), "[2]");
  EXPECT_EQ(find(".l[?(@.v>1)].n"), R"(["q"])");
  EXPECT_EQ(find("..v"), "[1,2]");
  EXPECT_EQ(find(".nope.more"), "[]");
  EXPECT_THROW(JsonPath::parse(".l[?(@.n"), base::InvalidInput);
}

}  // namespace
}  // namespace jibe::twin
