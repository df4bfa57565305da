#include "istio/injection.h"

#include <gtest/gtest.h>

namespace jibe::istio {
namespace {

using data::Value;

Value expression(const char* key, const char* op, std::vector<Value> values = {}) {
  return Value::map({{"key", key}, {"operator", op}, {"values", Value::list(std::move(values))}});
}

Value webhook(const char* prefix, const char* service, Value ns_selector, Value object_selector) {
  return Value::map(
      {{"name", std::string(prefix) + "sidecar-injector.istio.io"},
       {"clientConfig",
        Value::map({{"service", Value::map({{"name", service}, {"namespace", "istio-system"}})}})},
       {"rules", Value::list({Value::map({{"operations", Value::list({"CREATE"})},
                                          {"apiGroups", Value::list({""})},
                                          {"apiVersions", Value::list({"v1"})},
                                          {"resources", Value::list({"pods"})}})})},
       {"namespaceSelector", std::move(ns_selector)},
       {"objectSelector", std::move(object_selector)}});
}

Value selector(std::vector<Value> expressions) {
  return Value::map({{"matchExpressions", Value::list(std::move(expressions))}});
}

Value configuration(const char* name, const char* rev, std::vector<Value> webhooks) {
  return Value::map(
      {{"metadata", Value::map({{"name", name}, {"labels", Value::map({{"istio.io/rev", rev}})}})},
       {"webhooks", Value::list(std::move(webhooks))}});
}

// The two configurations of the guide before activation: no revision, and revision 1-15.
std::vector<Value> guide() {
  Value not_false = selector({expression("sidecar.istio.io/inject", "NotIn", {"false"})});
  return {configuration(
              "istio-sidecar-injector", "default",
              {webhook("namespace.", "istiod",
                       selector({expression("istio-injection", "In", {"enabled"})}), not_false)}),
          configuration("istio-sidecar-injector-1-15", "1-15",
                        {webhook("rev.namespace.", "istiod-1-15",
                                 selector({expression("istio.io/rev", "In", {"1-15"}),
                                           expression("istio-injection", "DoesNotExist")}),
                                 not_false)})};
}

TEST(Injection, NamespaceLabelsChooseTheInjector) {
  auto configs = guide();
  auto old = injectors_of(configs, Value::map({{"istio-injection", "enabled"}}), Value());
  ASSERT_EQ(old.size(), 1u);
  EXPECT_EQ(old[0].injector(), "istio-system/istiod");
  EXPECT_TRUE(old[0].revision.empty());
  auto fresh = injectors_of(configs, Value::map({{"istio.io/rev", "1-15"}}), Value());
  ASSERT_EQ(fresh.size(), 1u);
  EXPECT_EQ(fresh[0].revision.str(), "1-15");
}

TEST(Injection, TheInjectionLabelBeatsTheRevisionLabel) {
  auto both = injectors_of(
      guide(), Value::map({{"istio-injection", "enabled"}, {"istio.io/rev", "1-15"}}), Value());
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(both[0].injector(), "istio-system/istiod");
}

TEST(Injection, APodMayOptOut) {
  EXPECT_TRUE(injectors_of(guide(), Value::map({{"istio-injection", "enabled"}}),
                           Value::map({{"sidecar.istio.io/inject", "false"}}))
                  .empty());
}

TEST(Injection, TwoConfigurationsWithOneIstiodAreOneInjector) {
  auto configs = guide();
  Value tag = configs[0];
  tag.edit("metadata").set("name", "istio-revision-tag-default");
  configs.push_back(tag);
  auto matches = injectors_of(configs, Value::map({{"istio-injection", "enabled"}}), Value());
  EXPECT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].configuration, "istio-revision-tag-default");
  EXPECT_EQ(distinct_injectors(matches).size(), 1u);
}

TEST(Injection, AWebhookForOtherResourcesDoesNotMatch) {
  auto configs = guide();
  configs[0]
      .edit("webhooks")
      .edit(size_t{0})
      .edit("rules")
      .edit(size_t{0})
      .set("resources", Value::list({"services"}));
  EXPECT_TRUE(injectors_of(configs, Value::map({{"istio-injection", "enabled"}}), Value()).empty());
}

Value pod(Value labels, Value annotations = nullptr, bool host_network = false) {
  return Value::map({{"metadata", Value::map({{"labels", std::move(labels)},
                                              {"annotations", std::move(annotations)}})},
                     {"spec", Value::map({{"hostNetwork", host_network}})}});
}

TEST(Injection, PolicyAndWishes) {
  Value config = Value::map({{"policy", "enabled"}});
  EXPECT_TRUE(injection_required(config, pod(nullptr), "a"));
  EXPECT_FALSE(injection_required(config, pod(nullptr), "kube-system"));
  EXPECT_FALSE(injection_required(config, pod(nullptr, nullptr, true), "a"));
  EXPECT_FALSE(injection_required(config,
                                  pod(Value::map({{"sidecar.istio.io/inject", "false"}}),
                                      Value::map({{"sidecar.istio.io/inject", "true"}})),
                                  "a"));
  Value disabled = Value::map({{"policy", "disabled"}});
  EXPECT_FALSE(injection_required(disabled, pod(nullptr), "a"));
  EXPECT_TRUE(
      injection_required(disabled, pod(Value::map({{"sidecar.istio.io/inject", "true"}})), "a"));
}

TEST(Injection, NeverBeatsAlways) {
  Value one = Value::list({Value::map({{"matchLabels", Value::map({{"job", "x"}})}})});
  Value config = Value::map(
      {{"policy", "enabled"}, {"neverInjectSelector", one}, {"alwaysInjectSelector", one}});
  EXPECT_FALSE(injection_required(config, pod(Value::map({{"job", "x"}})), "a"));
}

}  // namespace
}  // namespace jibe::istio
