#include "base/strings.h"
#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

constexpr const char* kWidgets = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wi]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count}
    additionalPrinterColumns:
    - {name: Size, type: string, jsonPath: .spec.size}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: string, enum: [small, large], default: small}
              count: {type: integer, minimum: 0}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
  - name: v1alpha1
    served: true
    storage: false
    deprecated: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
)";
constexpr const char* kPath = "/apis/example.org/v1/namespaces/default/widgets";

class Crd : public testing::Test {
 protected:
  Crd() { crd_ = twin_.create("customresourcedefinitions.apiextensions.k8s.io", kWidgets); }
  TestTwin twin_;
  Value crd_;
};

TEST_F(Crd, DefaultsHaveToPassTheirSchema) {
  const auto refusal = [&](const std::string& given, const std::string& instead) {
    std::string text = kWidgets;
    text.replace(text.find("example.org"), 11, "example.net");
    text.replace(text.find("group: example.org"), 18, "group: example.net");
    text.replace(text.find(given), given.size(), instead);
    return std::string(status_of([&] {
                         twin_.create("customresourcedefinitions.apiextensions.k8s.io", text);
                       }).what());
  };
  EXPECT_THAT(refusal("default: small", "default: huge"),
              HasSubstr("spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size]."
                        "default: Unsupported value: \"huge\": supported values: \"small\", "
                        "\"large\""));
  EXPECT_THAT(refusal("minimum: 0", "minimum: 0, default: many"),
              HasSubstr("default in body must be of type integer: \"string\""));
  EXPECT_THAT(refusal("properties:\n              size",
                      "default: {colour: 1}\n            "
                      "properties:\n              size"),
              HasSubstr("default: Invalid value: {\"colour\":1}: must not have unknown fields"));
  EXPECT_THAT(refusal("storage: true", "storage: false"),
              HasSubstr("status.storedVersions: Invalid value: null: must have at least one stored "
                        "version"));
}

TEST_F(Crd, IsEstablishedAtOnce) {
  std::map<std::string, std::string> conditions;
  for (const Value& condition : crd_["status"]["conditions"].items()) {
    conditions[condition["type"].text()] = condition["status"].text();
  }
  EXPECT_EQ(conditions["Established"], "True");
  EXPECT_EQ(conditions["NamesAccepted"], "True");
  EXPECT_EQ(crd_["status"]["acceptedNames"]["kind"].text(), "Widget");
  EXPECT_EQ(crd_["status"]["storedVersions"][0].text(), "v1");
  Value list = twin_.send("GET", "/apis/example.org/v1").json();
  EXPECT_EQ(list["resources"][0]["name"].text(), "widgets");
}

TEST_F(Crd, ObjectsAreDefaultedPrunedAndStored) {
  Reply made = twin_.send("POST", kPath,
                          R"({"apiVersion":"example.org/v1","kind":"Widget",
                              "metadata":{"name":"a"},"spec":{"count":1,"colour":"red"}})");
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.json()["spec"]["size"].text(), "small");
  EXPECT_TRUE(made.json()["spec"]["colour"].is_null());
  EXPECT_EQ(made.headers.get("warning"), R"(299 - "unknown field \"spec.colour\"")");
  EXPECT_EQ(made.json()["metadata"]["generation"].int_or(0), 1);
  Reply other = twin_.send("GET", "/apis/example.org/v1alpha1/namespaces/default/widgets/a");
  EXPECT_EQ(other.json()["apiVersion"].text(), "example.org/v1alpha1");
  EXPECT_THAT(other.headers.get("warning"), HasSubstr("example.org/v1alpha1 Widget is deprecated"));
}

TEST_F(Crd, UpdatesNeedAResourceVersion) {
  twin_.send("POST", kPath, R"({"metadata":{"name":"a"}})");
  Reply reply = twin_.send("PUT", std::string(kPath) + "/a", R"({"metadata":{"name":"a"}})");
  EXPECT_EQ(reply.status, 422);
  EXPECT_THAT(reply.json()["message"].text(), HasSubstr("must be specified for an update"));
}

TEST_F(Crd, HasAScale) {
  twin_.send("POST", kPath, R"({"metadata":{"name":"a"},"spec":{"count":1}})");
  Reply reply = twin_.send("PATCH", std::string(kPath) + "/a/scale", R"({"spec":{"replicas":4}})",
                           "application/merge-patch+json");
  ASSERT_EQ(reply.status, 200) << reply.text;
  EXPECT_EQ(reply.json()["kind"].text(), "Scale");
  EXPECT_EQ(twin_.send("GET", std::string(kPath) + "/a").json()["spec"]["count"].int_or(0), 4);
}

TEST_F(Crd, KnowsNoStrategicMerge) {
  twin_.send("POST", kPath, R"({"metadata":{"name":"a"}})");
  Reply reply = twin_.send("PATCH", std::string(kPath) + "/a", "{}",
                           "application/strategic-merge-patch+json");
  EXPECT_EQ(reply.status, 415);
}

TEST_F(Crd, NamesAreGivenOnce) {
  std::string text = base::replace_all(kWidgets, "widgets", "widgetz");
  Value second = twin_.create("customresourcedefinitions.apiextensions.k8s.io", text);
  const Value& condition = second["status"]["conditions"][0];
  EXPECT_EQ(condition["type"].text(), "NamesAccepted");
  EXPECT_EQ(condition["status"].text(), "False");
  EXPECT_EQ(condition["message"].text(), "\"widget\" is already in use");
  EXPECT_EQ(twin_.send("GET", "/apis/example.org/v1/widgetz").status, 404);
}

TEST_F(Crd, GoesWithItsObjects) {
  twin_.send("POST", kPath, R"({"metadata":{"name":"a","finalizers":["example.org/hold"]}})");
  twin_.send("POST", kPath, R"({"metadata":{"name":"b"}})");
  const char* crds = "customresourcedefinitions.apiextensions.k8s.io";
  twin_.remove(crds, "widgets.example.org");
  ASSERT_TRUE(twin_.get(crds, "widgets.example.org"));
  EXPECT_EQ(twin_.send("GET", std::string(kPath) + "/b").status, 404);
  Reply refused = twin_.send("POST", kPath, R"({"metadata":{"name":"c"}})");
  EXPECT_EQ(refused.status, 405);
  Reply freed = twin_.send("PATCH", std::string(kPath) + "/a", R"({"metadata":{"finalizers":[]}})",
                           "application/merge-patch+json");
  EXPECT_EQ(freed.status, 200) << freed.text;
  EXPECT_FALSE(twin_.get(crds, "widgets.example.org"));
  EXPECT_EQ(twin_.send("GET", "/apis/example.org/v1").status, 404);
}

}  // namespace
}  // namespace jibe::twin
