#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;

TEST(Create, FillsMetadataAndDefaults) {
  TestTwin twin;
  Value made = twin.create("deployments.apps", kDeployment);
  const Value& metadata = made["metadata"];
  EXPECT_EQ(metadata["namespace"].text(), "default");
  EXPECT_EQ(metadata["uid"].text().size(), 36u);
  EXPECT_EQ(metadata["creationTimestamp"].text(), "2026-01-01T00:00:00Z");
  EXPECT_EQ(metadata["generation"].int_or(0), 1);
  EXPECT_EQ(made["spec"]["strategy"]["type"].text(), "RollingUpdate");
  EXPECT_TRUE(made["metadata"]["selfLink"].is_null());
}

TEST(Create, GeneratesNamesOfKubernetesAlphabet) {
  TestTwin twin;
  Value made = twin.create("configmaps", "metadata: {generateName: web-}");
  std::string name = made["metadata"]["name"].text();
  ASSERT_EQ(name.size(), 9u);
  EXPECT_TRUE(name.starts_with("web-"));
  EXPECT_EQ(name.substr(4).find_first_not_of("bcdfghjklmnpqrstvwxz2456789"), std::string::npos);
}

TEST(Create, RefusesWhatExists) {
  TestTwin twin;
  twin.create("configmaps", "metadata: {name: a}");
  auto error = status_of([&] { twin.create("configmaps", "metadata: {name: a}"); });
  EXPECT_EQ(error.code(), 409);
  EXPECT_STREQ(error.what(), "configmaps \"a\" already exists");
}

TEST(Create, NeedsItsNamespace) {
  TestTwin twin;
  auto error = status_of([&] {
    Target target = twin.target("configmaps", "", "nowhere");
    twin.run(twin.server->create(target, data::parse_yaml("metadata: {name: a}"), {}));
  });
  EXPECT_EQ(error.code(), 404);
  EXPECT_STREQ(error.what(), "namespaces \"nowhere\" not found");
}

TEST(Create, RefusesContentOfTerminatingNamespaces) {
  TestTwin twin;
  twin.create("namespaces", "metadata: {name: going}");
  twin.remove("namespaces", "going");
  auto error = status_of([&] {
    Target target = twin.target("configmaps", "", "going");
    twin.run(twin.server->create(target, data::parse_yaml("metadata: {name: a}"), {}));
  });
  EXPECT_EQ(error.code(), 403);
  EXPECT_STREQ(error.what(),
               "configmaps \"a\" is forbidden: unable to create new content in namespace going "
               "because it is being terminated");
  EXPECT_EQ(error.details()["causes"][0]["reason"].text(), "NamespaceTerminating");
}

TEST(Create, StrictValidationRefusesUnknownFields) {
  TestTwin twin;
  WriteOptions strict;
  strict.field_validation = "Strict";
  auto error =
      status_of([&] { twin.create("configmaps", "{metadata: {name: a}, datum: {}}", strict); });
  EXPECT_EQ(error.code(), 400);
  EXPECT_NE(std::string(error.what()).find("unknown field \"datum\""), std::string::npos);
}

TEST(Create, DryRunStoresNothing) {
  TestTwin twin;
  WriteOptions options;
  options.dry_run = true;
  Value made = twin.create("configmaps", "metadata: {name: a}", options);
  EXPECT_FALSE(made["metadata"]["uid"].text().empty());
  EXPECT_FALSE(twin.get("configmaps", "a"));
}

TEST(Create, PodGetsItsServiceAccount) {
  TestTwin twin;
  Value pod = twin.create("pods", kPod);
  EXPECT_EQ(pod["spec"]["serviceAccountName"].text(), "default");
  EXPECT_EQ(pod["spec"]["containers"][0]["volumeMounts"][0]["mountPath"].text(),
            "/var/run/secrets/kubernetes.io/serviceaccount");
  EXPECT_TRUE(pod["spec"]["volumes"][0]["name"].text().starts_with("kube-api-access-"));
  EXPECT_EQ(pod["spec"]["tolerations"].size(), 2u);
  EXPECT_EQ(pod["spec"]["priority"].int_or(-1), 0);
}

TEST(Create, PodOfUnknownServiceAccountIsForbidden) {
  TestTwin twin;
  auto error = status_of([&] {
    twin.create("pods",
                "{metadata: {name: a}, spec: {serviceAccountName: nobody, containers: [{name: a, "
                "image: b}]}}");
  });
  EXPECT_EQ(error.code(), 403);
  EXPECT_STREQ(error.what(),
               "pods \"a\" is forbidden: error looking up service account default/nobody: "
               "serviceaccount \"nobody\" not found");
}

TEST(Create, ServicesGetAddressesAndNodePorts) {
  TestTwin twin;
  Value a = twin.create("services",
                        "{metadata: {name: a}, spec: {type: LoadBalancer, ports: [{port: 80}]}}");
  EXPECT_TRUE(a["spec"]["clusterIP"].text().starts_with("10.96."));
  EXPECT_EQ(a["spec"]["clusterIPs"][0], a["spec"]["clusterIP"]);
  int64_t port = a["spec"]["ports"][0]["nodePort"].int_or(0);
  EXPECT_GE(port, 30000);
  EXPECT_LE(port, 32767);
  auto error = status_of([&] {
    twin.create("services", "{metadata: {name: b}, spec: {clusterIP: " +
                                a["spec"]["clusterIP"].text() + ", ports: [{port: 80}]}}");
  });
  EXPECT_EQ(error.code(), 422);
  EXPECT_NE(std::string(error.what()).find("provided IP is already allocated"), std::string::npos);
}

TEST(Create, QuotasAreNotExceeded) {
  TestTwin twin;
  twin.create("resourcequotas", "{metadata: {name: q}, spec: {hard: {secrets: 1, cpu: 1}}}");
  twin.create("secrets", "metadata: {name: a}");
  EXPECT_STREQ(status_of([&] { twin.create("secrets", "metadata: {name: b}"); }).what(),
               "secrets \"b\" is forbidden: exceeded quota: q, requested: secrets=1, used: "
               "secrets=1, limited: secrets=1");
  EXPECT_STREQ(status_of([&] { twin.create("pods", kPod); }).what(),
               "pods \"web\" is forbidden: failed quota: q: must specify cpu for: web");
  const std::string pod =
      "{metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: ";
  EXPECT_STREQ(status_of([&] { twin.create("pods", pod + "1500m}}}]}}"); }).what(),
               "pods \"p\" is forbidden: exceeded quota: q, requested: cpu=1500m, used: cpu=0, "
               "limited: cpu=1");
  twin.create("pods", pod + "1}}}]}}");
  twin.remove("secrets", "a");
  twin.create("secrets", "metadata: {name: b}");
}

TEST(Update, OfAnOldVersionIsAConflict) {
  TestTwin twin;
  Value first = twin.create("configmaps", "{metadata: {name: a}, data: {k: '1'}}");
  Value second = first;
  second.edit("data").set("k", "2");
  twin.update("configmaps", second);
  second.edit("data").set("k", "3");
  auto error = status_of([&] { twin.update("configmaps", second); });
  EXPECT_EQ(error.code(), 409);
  EXPECT_STREQ(error.what(),
               "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; "
               "please apply your changes to the latest version and try again");
}

TEST(Update, ThatChangesNothingWritesNothing) {
  TestTwin twin;
  Value first = twin.create("configmaps", "{metadata: {name: a}, data: {k: '1'}}");
  Value again = twin.update("configmaps", first);
  EXPECT_EQ(again["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
}

TEST(Update, SpecAndStatusAreApart) {
  TestTwin twin;
  Value made = twin.create("deployments.apps", kDeployment);
  made.edit("spec").set("replicas", 5);
  made.edit("status").set("replicas", 3);
  Value spec = twin.update("deployments.apps", made);
  EXPECT_EQ(spec["spec"]["replicas"].int_or(0), 5);
  EXPECT_TRUE(spec["status"]["replicas"].is_null());
  EXPECT_EQ(spec["metadata"]["generation"].int_or(0), 2);
  spec.edit("spec").set("replicas", 7);
  spec.edit("status").set("replicas", 3);
  Value status = twin.update("deployments.apps", spec, "status");
  EXPECT_EQ(status["spec"]["replicas"].int_or(0), 5);
  EXPECT_EQ(status["status"]["replicas"].int_or(0), 3);
  EXPECT_EQ(status["metadata"]["generation"].int_or(0), 2);
}

TEST(Update, DaemonSetsCountTheirTemplates) {
  TestTwin twin;
  constexpr const char* kKey = "deprecated.daemonset.template.generation";
  Value set = twin.create("daemonsets.apps", R"(
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: a}]}
)");
  EXPECT_EQ(set["metadata"]["annotations"][kKey].text(), "1");
  set.edit("metadata").erase("annotations");
  set = twin.update("daemonsets.apps", set);
  EXPECT_EQ(set["metadata"]["annotations"][kKey].text(), "1");
  set.edit("spec")
      .edit("template")
      .edit("spec")
      .edit("containers")
      .edit(size_t{0})
      .set("image", "b");
  set = twin.update("daemonsets.apps", set);
  EXPECT_EQ(set["metadata"]["annotations"][kKey].text(), "2");
}

TEST(Update, KeepsAServicesAddressWhereItIsLeftOut) {
  TestTwin twin;
  Value made = twin.create("services", "{metadata: {name: a}, spec: {ports: [{port: 80}]}}");
  Value next = made;
  next.edit("spec").erase("clusterIP");
  next.edit("spec").erase("clusterIPs");
  next.edit("spec").set("sessionAffinity", "ClientIP");
  Value updated = twin.update("services", next);
  EXPECT_EQ(updated["spec"]["clusterIP"], made["spec"]["clusterIP"]);
}

TEST(Remove, PodsAreGivenTime) {
  TestTwin twin;
  twin.create("pods", kPod);
  Target binding = twin.target("pods", "web");
  binding.subresource = "binding";
  twin.run(twin.server->create(
      binding, data::parse_yaml("{metadata: {name: web}, target: {kind: Node, name: node-1}}"),
      {}));
  Value going = twin.remove("pods", "web");
  EXPECT_EQ(going["metadata"]["deletionGracePeriodSeconds"].int_or(0), 30);
  EXPECT_EQ(going["metadata"]["deletionTimestamp"].text(), "2026-01-01T00:00:30Z");
  ASSERT_TRUE(twin.get("pods", "web"));
  DeleteOptions now;
  now.grace_s = 0;
  twin.remove("pods", "web", now);
  EXPECT_FALSE(twin.get("pods", "web"));
}

TEST(Remove, FinalizersHoldAnObject) {
  TestTwin twin;
  twin.create("configmaps", "metadata: {name: a, finalizers: [example.org/hold]}");
  Value going = twin.remove("configmaps", "a");
  EXPECT_EQ(going["metadata"]["deletionGracePeriodSeconds"].int_or(-1), 0);
  ASSERT_TRUE(twin.get("configmaps", "a"));
  going.edit("metadata").set("finalizers", Value::list());
  twin.update("configmaps", going);
  EXPECT_FALSE(twin.get("configmaps", "a"));
}

TEST(Remove, PropagationSetsFinalizers) {
  TestTwin twin;
  twin.create("deployments.apps", kDeployment);
  DeleteOptions foreground;
  foreground.propagation = "Foreground";
  Value going = twin.remove("deployments.apps", "web", foreground);
  EXPECT_EQ(going["metadata"]["finalizers"][0].text(), "foregroundDeletion");
  EXPECT_TRUE(kube::is_terminating(going));
  EXPECT_EQ(going["metadata"]["generation"].int_or(0), 2);
}

TEST(Remove, PreconditionsMustHold) {
  TestTwin twin;
  twin.create("configmaps", "metadata: {name: a}");
  DeleteOptions other;
  other.uid_precondition = "another";
  EXPECT_EQ(status_of([&] { twin.remove("configmaps", "a", other); }).code(), 409);
  EXPECT_TRUE(twin.get("configmaps", "a"));
}

TEST(Remove, NamespacesWaitForTheirFinalizer) {
  TestTwin twin;
  twin.create("namespaces", "metadata: {name: a}");
  Value going = twin.remove("namespaces", "a");
  EXPECT_EQ(going["status"]["phase"].text(), "Terminating");
  going.edit("spec").set("finalizers", Value::list());
  // An ordinary update does not reach spec.finalizers.
  twin.update("namespaces", going);
  ASSERT_TRUE(twin.get("namespaces", "a"));
  Value live = *twin.get("namespaces", "a");
  live.edit("spec").set("finalizers", Value::list());
  twin.update("namespaces", live, "finalize");
  EXPECT_FALSE(twin.get("namespaces", "a"));
  EXPECT_EQ(status_of([&] { twin.remove("namespaces", "default"); }).code(), 403);
}

TEST(Subscribe, SeesEveryWriteAtOnce) {
  TestTwin twin;
  std::vector<std::string> seen;
  auto subscription =
      twin.server->subscribe({"", "v1", "configmaps"}, [&](const WatchEvent& event) {
        seen.push_back(event.type + " " + event.object["metadata"]["name"].text());
      });
  Value made = twin.create("configmaps", "metadata: {name: a}");
  made.edit("data").set("k", "v");
  twin.update("configmaps", made);
  twin.remove("configmaps", "a");
  EXPECT_THAT(seen, testing::ElementsAre("ADDED a", "MODIFIED a", "DELETED a"));
  subscription.reset();
  twin.create("configmaps", "metadata: {name: b}");
  EXPECT_EQ(seen.size(), 3u);
}

}  // namespace
}  // namespace jibe::twin
