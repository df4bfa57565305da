#include "istio/ownership.h"

#include <gtest/gtest.h>

#include "data/yaml.h"
#include "kube/selector.h"

namespace jibe::istio {
namespace {

data::Value operator_named(const std::string& metadata, const std::string& revision) {
  return data::parse_yaml("metadata: " + metadata + "\nspec: {revision: " + revision + "}");
}

Version version(const char* text) {
  return *parse_version(text);
}

TEST(Ownership, AnOperatorFindsWhatItLabelled) {
  auto iop = operator_named("{name: a, namespace: istio-system}", "null");
  auto owner = operator_owner(iop, version("1.14.5"));
  auto object =
      with_owner_labels(data::parse_yaml("metadata: {name: x, labels: {app: y, "
                                         "install.operator.istio.io/owning-resource: unknown}}"),
                        owner, "Pilot");
  EXPECT_EQ(object["metadata"]["labels"],
            data::parse_yaml("{app: y, operator.istio.io/managed: Reconcile, "
                             "operator.istio.io/version: 1.14.5, istio.io/rev: default, "
                             "operator.istio.io/component: Pilot, "
                             "install.operator.istio.io/owning-resource: a, "
                             "install.operator.istio.io/owning-resource-namespace: istio-system}"));
  auto selects = [&](const Owner& other) {
    return kube::LabelSelector::parse(owner_selector(other)).matches(object["metadata"]["labels"]);
  };
  EXPECT_TRUE(selects(owner));
  EXPECT_FALSE(selects(operator_owner(iop, version("1.15.3"))));
  EXPECT_FALSE(selects(operator_owner(operator_named("{name: b, namespace: istio-system}", "null"),
                                      version("1.14.5"))));
  EXPECT_FALSE(selects(operator_owner(
      operator_named("{name: a, namespace: istio-system}", "canary"), version("1.14.5"))));
}

TEST(Ownership, IstioctlOwnsByTheNameThatItsVersionUses) {
  auto named = operator_named("{name: production}", "1-20");
  EXPECT_EQ(istioctl_owner(named, version("1.18.0")).resource,
            (kube::ObjectName{"istio-system", "production"}));
  EXPECT_EQ(istioctl_owner(named, version("1.19.0")).resource,
            (kube::ObjectName{"istio-system", "installed-state-production-1-20"}));
  EXPECT_EQ(istioctl_owner(named, version("1.24.0")).resource,
            (kube::ObjectName{"istio-system", "production"}));
  auto unnamed = operator_named("{namespace: mesh}", "null");
  EXPECT_EQ(istioctl_owner(unnamed, version("1.14.5")).resource, (kube::ObjectName{"mesh", ""}));
  EXPECT_EQ(istioctl_owner(unnamed, version("1.19.0")).resource,
            (kube::ObjectName{"mesh", "installed-state"}));
  auto object =
      with_owner_labels(data::Value::map(), istioctl_owner(unnamed, version("1.14.5")), "Base");
  EXPECT_FALSE(object["metadata"]["labels"].has("install.operator.istio.io/owning-resource"));
  EXPECT_TRUE(istioctl_saves_state(version("1.20.8")));
  EXPECT_FALSE(istioctl_saves_state(version("1.21.0")));
}

TEST(Ownership, ARevisionIsRemovedWholeBefore116) {
  auto owner =
      operator_owner(operator_named("{name: a, namespace: n}", "canary"), version("1.14.5"));
  auto labels = data::parse_yaml(
      "{istio.io/rev: canary, operator.istio.io/component: Pilot, "
      "install.operator.istio.io/owning-resource: other, "
      "install.operator.istio.io/owning-resource-namespace: n}");
  auto matches = [&](const char* text) {
    return kube::LabelSelector::parse(revision_selector(owner, "Pilot", version(text)))
        .matches(labels);
  };
  EXPECT_TRUE(matches("1.15.3"));
  EXPECT_FALSE(matches("1.16.0"));
}

TEST(Ownership, TheDefaultTagBelongsToTheFirstAndToTheRevisionless) {
  auto revisionless = data::parse_yaml("{components: {pilot: {enabled: true}}}");
  auto revised = data::parse_yaml("{revision: a, components: {pilot: {enabled: true}}}");
  auto gateway = data::parse_yaml("{components: {pilot: {enabled: false}}}");
  auto charts = data::parse_yaml(
      "{components: {pilot: {enabled: true}}, values: {global: {operatorManageWebhooks: true}}}");
  EXPECT_TRUE(wants_default_tag(revisionless, false, version("1.14.5")));
  EXPECT_FALSE(wants_default_tag(revised, false, version("1.14.5")));
  EXPECT_TRUE(wants_default_tag(revised, true, version("1.14.5")));
  EXPECT_FALSE(wants_default_tag(gateway, false, version("1.14.5")));
  EXPECT_TRUE(wants_default_tag(charts, true, version("1.14.5")));
  EXPECT_FALSE(wants_default_tag(charts, true, version("1.15.3")));
}

TEST(Ownership, DefinitionsComeFirstAndServicesLast) {
  std::vector<data::Value> objects;
  for (auto text : {"{apiVersion: v1, kind: Service}", "{apiVersion: apps/v1, kind: Deployment}",
                    "{apiVersion: v1, kind: ConfigMap}",
                    "{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter}",
                    "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}"})
    objects.push_back(data::parse_yaml(text));
  sort_as_operator(objects);
  std::vector<std::string> kinds;
  for (const auto& object : objects) kinds.push_back(object["kind"].text());
  EXPECT_EQ(kinds, (std::vector<std::string>{"CustomResourceDefinition", "EnvoyFilter", "ConfigMap",
                                             "Deployment", "Service"}));
}

}  // namespace
}  // namespace jibe::istio
