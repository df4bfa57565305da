#include "takeover/test_state.h"

#include <fmt/core.h>

#include "data/json.h"
#include "istio/names.h"
#include "kube/object.h"

namespace jibe::takeover {

namespace {

using data::Value;

constexpr const char* kOldLabels =
    R"({"app":"istiod","istio.io/rev":"default","operator.istio.io/component":"Pilot",
    "install.operator.istio.io/owning-resource":"production-istio",
    "install.operator.istio.io/owning-resource-namespace":"istio-system"})";

Value with_metadata(const std::string& kind, const std::string& ns, const std::string& name,
                    const std::string& labels) {
  auto metadata = Value::map({{"name", name}, {"labels", data::parse_json(labels)}});
  if (!ns.empty()) metadata.set("namespace", ns);
  return Value::map({{"apiVersion", kind == "Deployment" ? "apps/v1" : "v1"},
                     {"kind", kind},
                     {"metadata", metadata}});
}

Value ready_deployment(const std::string& ns, const std::string& name, const std::string& labels,
                       const std::string& pod_labels, const std::string& container) {
  auto out = with_metadata("Deployment", ns, name, labels);
  out.edit("metadata").set("generation", 1);
  auto pod = Value::map(
      {{"metadata", Value::map({{"labels", data::parse_json(pod_labels)}})},
       {"spec", Value::map({{"containers", Value::list({data::parse_json(container)})}})}});
  out.set("spec", Value::map({{"replicas", 1}, {"template", pod}}));
  out.set("status", data::parse_json(R"({"observedGeneration":1,"replicas":1,"updatedReplicas":1,
                              "readyReplicas":1,"availableReplicas":1})"));
  return out;
}

Value webhook(const std::string& name, const std::string& service, const std::string& selector) {
  return data::parse_json(fmt::format(
      R"({{"name":"{}","clientConfig":{{"service":{{"name":"{}","namespace":"istio-system"}}}},
      "rules":[{{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],
      "resources":["pods"]}}],"namespaceSelector":{}}})",
      name, service, selector));
}

Value injector(const std::string& name, const std::string& labels, const std::string& service,
               const std::string& selector) {
  auto out = with_metadata("MutatingWebhookConfiguration", "", name, labels);
  out.set("webhooks",
          Value::list({webhook("rev.namespace.sidecar-injector.istio.io", service, selector)}));
  return out;
}

constexpr const char* kByInjection = R"({"matchLabels":{"istio-injection":"enabled"}})";

std::string istiod_of(const std::string& revision) {
  return revision.empty() ? "istiod" : "istiod-" + revision;
}

}  // namespace

TestCluster::TestCluster() {
  raw.cluster = base::ClusterName("cluster-1");
  auto& objects = raw.objects;
  objects.deployments = {
      ready_deployment("istio-system", "istiod", kOldLabels, R"({"app":"istiod"})",
                       R"({"name":"discovery","image":"hub/pilot:1.14.5"})"),
      ready_deployment("istio-system", "istiod-1-15",
                       R"({"app":"istiod","istio.io/rev":"1-15",
                       "jibe.dev/installation":"gm-iop-1-15.istiod-control-plane"})",
                       R"({"app":"istiod","istio.io/rev":"1-15"})",
                       R"({"name":"discovery","image":"hub/pilot:1.15.3-solo"})"),
      ready_deployment("istio-operator", "istio-operator", "{}", R"({"name":"istio-operator"})",
                       R"({"name":"istio-operator","image":"hub/operator:1.14.5"})")};
  objects.mutating_webhooks = {
      injector("istio-sidecar-injector", R"({"istio.io/rev":"default"})", "istiod", kByInjection),
      injector("istio-sidecar-injector-1-15", R"({"istio.io/rev":"1-15"})", "istiod-1-15",
               R"({"matchLabels":{"istio.io/rev":"1-15"}})")};
  objects.istio_operators = {
      with_metadata("IstioOperator", "istio-system", "production-istio", "{}"),
      with_metadata("IstioOperator", "istio-system", "ingress-gateway", "{}"),
      with_metadata("IstioOperator", "gm-iop-1-15", "istiod-control-plane",
                    R"({"jibe.dev/role":"control-plane"})")};
  objects.istio_operators[2].set("spec", Value::map({{"revision", "1-15"}}));
  for (const char* ns : {"istio-system", "istio-operator", "gm-iop-1-15"})
    objects.namespaces.push_back(with_metadata("Namespace", "", ns, "{}"));
  for (const char* revision : {"", "1-15"}) {
    auto labels =
        fmt::format(R"({{"app":"istiod","istio.io/rev":"{}"}})", *revision ? revision : "default");
    objects.pods.push_back(
        with_metadata("Pod", "istio-system", istiod_of(revision) + "-abc-x", labels));
  }
}

void TestCluster::add_pod(const std::string& ns, const std::string& deployment,
                          const std::string& revision, bool gateway) {
  auto set = with_metadata("ReplicaSet", ns, deployment + "-abc", "{}");
  set.edit("metadata")
      .set("ownerReferences",
           Value::list(
               {Value::map({{"kind", "Deployment"}, {"name", deployment}, {"controller", true}})}));
  raw.replica_sets.push_back(set);
  auto pod = with_metadata("Pod", ns, deployment + "-abc-x", "{}");
  auto& metadata = pod.edit("metadata");
  metadata.set(
      "ownerReferences",
      Value::list({Value::map(
          {{"kind", "ReplicaSet"}, {"name", deployment + "-abc"}, {"controller", true}})}));
  metadata.edit("annotations")
      .set(istio::kStatusAnnotation,
           fmt::format(R"({{"revision":"{}"}})", revision.empty() ? "default" : revision));
  auto container = Value::map({{"name", "istio-proxy"}, {"image", "hub/proxyv2:1"}});
  if (gateway) container.set("args", Value::list({"proxy", "router"}));
  pod.set("spec", Value::map({{"containers", Value::list({container})}}));
  pod.set("status", data::parse_json(
                        R"({"phase":"Running","conditions":[{"type":"Ready","status":"True"}]})"));
  raw.objects.pods.push_back(pod);
}

void TestCluster::add_app(const std::string& ns, const std::string& name,
                          const std::string& revision, const std::string& namespace_labels) {
  raw.objects.namespaces.push_back(with_metadata("Namespace", "", ns, namespace_labels));
  raw.objects.deployments.push_back(
      ready_deployment(ns, name, "{}", fmt::format(R"({{"app":"{}"}})", name),
                       fmt::format(R"({{"name":"{}","image":"hub/app:1"}})", name)));
  add_pod(ns, name, revision, false);
}

void TestCluster::add_gateway(const std::string& ns, const std::string& name,
                              const std::string& revision, const std::string& labels) {
  raw.objects.namespaces.push_back(with_metadata("Namespace", "", ns, "{}"));
  auto pod_labels = data::parse_json(R"({"istio":"ingressgateway"})");
  pod_labels.set("istio.io/rev", revision.empty() ? "default" : revision);
  raw.objects.deployments.push_back(ready_deployment(
      ns, name, labels, data::to_json(pod_labels),
      R"({"name":"istio-proxy","image":"hub/proxyv2:1","args":["proxy","router"]})"));
  add_pod(ns, name, revision, true);
}

void TestCluster::add_service(const std::string& ns, const std::string& name,
                              const std::string& selector, const std::string& address,
                              const std::string& labels) {
  auto service = with_metadata("Service", ns, name, labels);
  service.set("spec", Value::map({{"selector", data::parse_json(selector)}}));
  auto ingress = Value::list({Value::map({{"ip", address}})});
  service.set("status", Value::map({{"loadBalancer", Value::map({{"ingress", ingress}})}}));
  raw.objects.services.push_back(service);
}

void TestCluster::activate() {
  auto& configurations = raw.objects.mutating_webhooks;
  auto& selector = configurations[0].edit("webhooks").edit(size_t{0}).edit("namespaceSelector");
  selector = data::parse_json(R"({"matchLabels":{"istio.io/deactivated":"never-match"}})");
  configurations.push_back(injector("istio-revision-tag-default",
                                    R"({"istio.io/rev":"1-15","istio.io/tag":"default"})",
                                    "istiod-1-15", kByInjection));
  auto validator = with_metadata("ValidatingWebhookConfiguration", "", "istiod-default-validator",
                                 R"({"istio.io/rev":"1-15","istio.io/tag":"default"})");
  validator.set("webhooks", Value::list({webhook("validation.istio.io", "istiod-1-15", "{}")}));
  raw.objects.validating_webhooks = {validator};
}

ClusterState TestCluster::state() const {
  auto out = raw;
  for (const auto& proxy : istio::proxies_of(out.objects.pods)) {
    istio::ProxyConnection connection;
    connection.proxy = proxy.id();
    connection.istiod = istiod_of(proxy.revision.str()) + "-abc-x";
    connection.cds = connection.lds = istio::SyncState::kSynced;
    out.proxies.connections.push_back(connection);
  }
  out.mesh = istio::discover(out.objects);
  out.istiods = istio::istiod_revisions(out.objects.pods);
  return out;
}

data::Value& TestCluster::deployment(const std::string& name) {
  for (auto& deployment : raw.objects.deployments)
    if (kube::name_of(deployment).name == name) return deployment;
  return raw.objects.deployments.at(0);
}

Goal TestCluster::goal(bool gateways_moved) {
  Goal out;
  out.to = base::Revision("1-15");
  out.gateways_moved = gateways_moved;
  return out;
}

}  // namespace jibe::takeover
