#include "api/kinds.h"

#include <gmock/gmock.h>

#include "api/status.h"
#include "data/path.h"

namespace jibe::api {
namespace {

using data::Value;

const Value& schema_of(const Value& crd) {
  return crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
}

Value crd_of(const KindInfo& kind) {
  for (Value& crd : crds()) {
    if (crd["spec"]["names"]["kind"].text() == kind.gvk.kind) return crd;
  }
  return nullptr;
}

std::vector<KindInfo> all_kinds() {
  return {istio_lifecycle_manager_kind(),
          gateway_lifecycle_manager_kind(),
          root_trust_policy_kind(),
          kubernetes_cluster_kind(),
          virtual_destination_kind(),
          virtual_gateway_kind(),
          route_table_kind(),
          istio_operator_kind()};
}

// Calls `visit` for every schema below `properties`, `items` and `additionalProperties`.
void walk(const Value& schema, const std::string& path,
          const std::function<void(const std::string&, const Value&)>& visit) {
  visit(path, schema);
  for (const data::Entry& property : schema["properties"].entries()) {
    walk(property.value, path + "." + property.key, visit);
  }
  if (!schema["items"].is_null()) walk(schema["items"], path + "[]", visit);
  if (schema["additionalProperties"].is_map()) {
    walk(schema["additionalProperties"], path + "{}", visit);
  }
}

TEST(Crds, ThereIsOneForEveryKind) {
  EXPECT_EQ(crds().size(), all_kinds().size());
  for (const KindInfo& kind : all_kinds()) {
    Value crd = crd_of(kind);
    ASSERT_FALSE(crd.is_null()) << kind.gvk.kind;
    EXPECT_EQ(crd["metadata"]["name"].text(), kind.gvr.group_resource());
    EXPECT_EQ(crd["spec"]["group"].text(), kind.gvk.group);
    EXPECT_EQ(crd["spec"]["versions"][0]["name"].text(), kind.gvk.version);
    EXPECT_EQ(crd["spec"]["names"]["plural"].text(), kind.gvr.resource);
    EXPECT_TRUE(crd["spec"]["versions"][0]["subresources"]["status"].is_map());
    EXPECT_FALSE(crd["spec"]["versions"][0]["additionalPrinterColumns"].empty());
  }
  EXPECT_EQ(crd_of(istio_lifecycle_manager_kind())["spec"]["names"]["shortNames"][0].text(), "ilm");
  EXPECT_EQ(crd_of(gateway_lifecycle_manager_kind())["spec"]["names"]["shortNames"][0].text(),
            "glm");
}

TEST(Crds, EveryClusterGetsItsOwn) {
  EXPECT_EQ(management_crds().size(), 7u);
  EXPECT_EQ(workload_crds().size(), 4u);
}

TEST(Crds, SchemasAreStructuralAndExplainEveryField) {
  for (const Value& crd : crds()) {
    walk(schema_of(crd), crd["spec"]["names"]["kind"].text(),
         [](const std::string& path, const Value& schema) {
           bool any = schema["x-kubernetes-preserve-unknown-fields"].bool_or(false) ||
                      schema["x-kubernetes-int-or-string"].bool_or(false);
           EXPECT_TRUE(schema["type"].is_string() || any) << path;
           bool item = path.ends_with("[]") || path.ends_with("}") || path.ends_with(".metadata");
           EXPECT_TRUE(schema["description"].is_string() || item) << path;
         });
  }
}

const Value& operator_schema(const Value& crd) {
  return data::get_path(schema_of(crd),
                        "properties.spec.properties.installations.items.properties."
                        "istioOperatorSpec");
}

TEST(Crds, BothLifecycleManagersTakeTheSameOperatorSpec) {
  Value ilm = crd_of(istio_lifecycle_manager_kind());
  EXPECT_FALSE(operator_schema(ilm).is_null());
  EXPECT_EQ(operator_schema(ilm), operator_schema(crd_of(gateway_lifecycle_manager_kind())));
}

void expect_states(const Value& crd, bool (*known)(State)) {
  const Value& states = data::get_path(
      schema_of(crd),
      "properties.status.properties.clusters.additionalProperties.properties.installations."
      "additionalProperties.properties.state.enum");
  size_t count = 0;
  for (int i = 0; i <= static_cast<int>(State::kUninstalledGateway); ++i) {
    if (known(static_cast<State>(i))) ++count;
  }
  EXPECT_EQ(states.size(), count);
  for (const Value& text : states.items()) {
    auto state = parse_state(text.text());
    EXPECT_TRUE(state && known(*state)) << text.text();
  }
}

TEST(Crds, TheStatesAreThoseOfTheCode) {
  expect_states(crd_of(istio_lifecycle_manager_kind()), is_istio_state);
  expect_states(crd_of(gateway_lifecycle_manager_kind()), is_gateway_state);
}

}  // namespace
}  // namespace jibe::api
