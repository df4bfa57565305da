#include "istio/activation.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "istio/injection.h"

namespace jibe::istio {
namespace {

data::Value injector(const std::string& name, const std::string& labels,
                     const std::string& service) {
  return data::parse_json(R"({"metadata":{"name":")" + name + R"(","labels":)" + labels +
                          R"(},"webhooks":[
    {"name":"rev.namespace.sidecar-injector.istio.io","clientConfig":{"caBundle":"Y2E=",
     "service":{"name":")" +
                          service + R"(","namespace":"istio-system"}},
     "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}],
     "namespaceSelector":{"matchLabels":{"istio.io/rev":"default"}}},
    {"name":"namespace.sidecar-injector.istio.io","clientConfig":{"caBundle":"Y2E=",
     "service":{"name":")" +
                          service + R"(","namespace":"istio-system"}},
     "rules":[{"operations":["CREATE"],"apiGroups":[""],"apiVersions":["v1"],"resources":["pods"]}],
     "namespaceSelector":{"matchLabels":{"istio-injection":"enabled"}}}]})");
}

data::Value old_injector() {
  return injector("istio-sidecar-injector", R"({"istio.io/rev":"default"})", "istiod");
}
data::Value tag() {
  return injector("istio-revision-tag-default",
                  R"({"istio.io/rev":"1-15","istio.io/tag":"default"})", "istiod-1-15");
}
data::Value validator(const std::string& service) {
  return data::parse_json(R"({"metadata":{"name":"istiod-default-validator"},"webhooks":[{"name":
    "validation.istio.io","clientConfig":{"service":{"name":")" +
                          service + R"(","namespace":"istio-system"}}}]})");
}

std::vector<std::string> injectors(const std::vector<data::Value>& configurations) {
  return distinct_injectors(injectors_of(
      configurations, data::Value::map({{"istio-injection", "enabled"}}), data::Value()));
}

// The four writes of an activation, looked at after each: always exactly one injector.
TEST(Activation, EveryStepHasExactlyOneInjector) {
  std::vector<data::Value> state = {old_injector()};
  EXPECT_EQ(injectors(state), (std::vector<std::string>{"istio-system/istiod"}));
  state[0] = point_injector_to(state[0], "istio-system", "istiod-1-15");
  EXPECT_EQ(injectors(state), (std::vector<std::string>{"istio-system/istiod-1-15"}));
  state.push_back(tag());
  EXPECT_EQ(injectors(state), (std::vector<std::string>{"istio-system/istiod-1-15"}));
  state[0] = deactivate_injector(state[0]);
  EXPECT_EQ(injectors(state), (std::vector<std::string>{"istio-system/istiod-1-15"}));
  EXPECT_TRUE(is_deactivated(state[0]));
}

TEST(Activation, ANamedRevisionKeepsItsOwnWebhooks) {
  auto named = injector("istio-sidecar-injector-a", R"({"istio.io/rev":"a"})", "istiod-a");
  auto moved = point_injector_to(named, "istio-system", "istiod-b");
  EXPECT_EQ(moved["webhooks"][0]["clientConfig"]["service"]["name"].text(), "istiod-a");
  EXPECT_EQ(moved["webhooks"][1]["clientConfig"]["service"]["name"].text(), "istiod-b");
}

TEST(Activation, RestoringGivesTheWebhooksBackWithTheCurrentCaBundle) {
  auto before = old_injector();
  auto now = deactivate_injector(point_injector_to(before, "istio-system", "istiod-1-15"));
  for (auto& webhook : now.edit("webhooks").edit_items())
    webhook.edit("clientConfig").set("caBundle", "bmV3");
  auto restored = restore_webhooks(now, before);
  for (auto& webhook : restored.edit("webhooks").edit_items()) {
    EXPECT_EQ(webhook["clientConfig"]["caBundle"].text(), "bmV3");
    webhook.edit("clientConfig").set("caBundle", "Y2E=");
  }
  EXPECT_EQ(restored, before);
}

TEST(Activation, TheRecordSurvivesItsOwnSpelling) {
  ActivationRecord record;
  record.before = {{"MutatingWebhookConfiguration/x", old_injector()},
                   {"ValidatingWebhookConfiguration/y", nullptr}};
  auto copy = ActivationRecord::from_value(record.to_value());
  ASSERT_NE(copy.find("ValidatingWebhookConfiguration/y"), nullptr);
  EXPECT_TRUE(copy.find("ValidatingWebhookConfiguration/y")->is_null());
  EXPECT_EQ(copy.find("absent"), nullptr);
}

TEST(Activation, DisagreementsAreNamed) {
  std::vector<data::Value> agreed = {deactivate_injector(old_injector()), tag()};
  std::vector<data::Value> good = {validator("istiod-1-15")};
  std::vector<data::Value> bad = {validator("istiod")};
  EXPECT_EQ(default_disagreement(agreed, good), std::nullopt);
  EXPECT_EQ(default_disagreement(agreed, bad),
            "the default validator calls istio-system/istiod, but the default injector is "
            "istio-system/istiod-1-15");
  std::vector<data::Value> both = {old_injector(), tag()};
  EXPECT_EQ(default_disagreement(both, good),
            "namespaces labelled istio-injection=enabled have two injectors: "
            "istio-system/istiod-1-15 and istio-system/istiod");
  EXPECT_EQ(default_disagreement({}, {}), std::nullopt);
}

}  // namespace
}  // namespace jibe::istio
