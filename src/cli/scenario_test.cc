#include "cli/scenario.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::cli {
namespace {

using Files = std::map<std::string, std::string>;

Scenario load(const Files& files, const Variables& given = {}) {
  return load_scenario("dir/s.yaml", given, [&files](const std::string& path) {
    auto found = files.find(path);
    if (found == files.end()) throw base::InvalidInput("open " + path + ": no such file");
    return found->second;
  });
}

std::string refusal(const Files& files, const Variables& given = {}) {
  try {
    load(files, given);
  } catch (const base::InvalidInput& error) {
    return error.what();
  }
  return "";
}

constexpr const char* kScenario = R"(
variables: {VERSION: "1.14.5", TAG: $VERSION-solo}
clusters:
- name: a
  variables: {WORD: hello}
  steps:
  - apply: [../x.yaml]
  - operator: {version: $VERSION, hub: example.com, namespace: ops}
- name: b
  variables: {WORD: $TAG}
  steps:
  - istioctl: {version: $VERSION, files: [iop.yaml]}
)";
constexpr const char* kObjects = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: $WORD, namespace: ${CLUSTER_NAME}}
---
apiVersion: v1
kind: Namespace
metadata: {name: n}
)";
constexpr const char* kOperatorResource = R"(
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: $WORD}
)";

TEST(Scenario, ReadsStepsFilesAndVariables) {
  auto scenario =
      load({{"dir/s.yaml", kScenario}, {"x.yaml", kObjects}, {"dir/iop.yaml", kOperatorResource}});
  ASSERT_EQ(scenario.clusters.size(), 2u);
  const auto& a = scenario.clusters[0];
  EXPECT_EQ(a.name.str(), "a");
  ASSERT_EQ(a.steps.size(), 2u);
  const auto& objects = std::get<ApplyStep>(a.steps[0]).objects;
  ASSERT_EQ(objects.size(), 2u);
  EXPECT_EQ(objects[0]["metadata"]["name"].text(), "hello");
  EXPECT_EQ(objects[0]["metadata"]["namespace"].text(), "a");
  const auto& init = std::get<OperatorStep>(a.steps[1]);
  EXPECT_EQ(init.version, "1.14.5");
  EXPECT_EQ(init.init.hub, "example.com");
  EXPECT_EQ(init.init.operator_namespace, "ops");
  EXPECT_EQ(init.init.watched_namespaces, "istio-system");
  const auto& install = std::get<IstioctlStep>(scenario.clusters[1].steps[0]);
  EXPECT_EQ(install.resources[0]["metadata"]["name"].text(), "1.14.5-solo");
}

TEST(Scenario, TheCommandLinesVariablesGoFirst) {
  Files files = {
      {"dir/s.yaml", kScenario}, {"x.yaml", kObjects}, {"dir/iop.yaml", kOperatorResource}};
  auto scenario = load(files, {{"VERSION", "1.30.3"}, {"WORD", "given"}});
  EXPECT_EQ(std::get<OperatorStep>(scenario.clusters[0].steps[1]).version, "1.30.3");
  EXPECT_EQ(
      std::get<ApplyStep>(scenario.clusters[0].steps[0]).objects[0]["metadata"]["name"].text(),
      "given");
}

TEST(Scenario, SaysWhereSomethingIsWrong) {
  auto one = [](const std::string& steps) {
    return Files{{"dir/s.yaml", "clusters: [{name: a, steps: [" + steps + "]}]"},
                 {"dir/x.yaml", "apiVersion: v1\nkind: ConfigMap\n"},
                 {"dir/broken.yaml", "a: 1\nb: [\n"},
                 {"dir/plain.yaml", "# nothing\n---\na: 1\n"},
                 {"dir/unset.yaml", "a: $NOT_SET\n"}};
  };
  EXPECT_EQ(refusal({{"dir/s.yaml", "clusters: []"}}),
            "dir/s.yaml: clusters: is missing: a list of clusters and their steps");
  EXPECT_NE(refusal(one("{apply: [y.yaml]}")).find("dir/y.yaml"), std::string::npos);
  EXPECT_NE(refusal(one("{apply: [broken.yaml]}")).find("dir/broken.yaml: "), std::string::npos);
  EXPECT_NE(refusal(one("{apply: [broken.yaml]}")).find("line"), std::string::npos);
  EXPECT_NE(refusal(one("{apply: [plain.yaml]}")).find("dir/plain.yaml: line 3"), std::string::npos)
      << refusal(one("{apply: [plain.yaml]}"));
  EXPECT_NE(refusal(one("{apply: [unset.yaml]}")).find("dir/unset.yaml uses $NOT_SET"),
            std::string::npos);
  EXPECT_EQ(refusal(one("{apply: []}")),
            "dir/s.yaml: clusters[0].steps[0].apply: must be a list of files");
  EXPECT_EQ(refusal(one("{aply: [x.yaml]}")),
            "dir/s.yaml: clusters[0].steps[0]: must have one of apply, operator, istioctl");
  EXPECT_NE(refusal(one("{operator: {hub: h}}"))
                .find("clusters[0].steps[0].operator.version: is missing"),
            std::string::npos);
  EXPECT_NE(refusal(one("{istioctl: {version: v, files: [x.yaml]}}")).find("hold a ConfigMap"),
            std::string::npos);
  EXPECT_NE(refusal({{"dir/s.yaml", "clusters: [{name: A}]"}}).find("clusters[0].name"),
            std::string::npos);
  EXPECT_NE(refusal({{"dir/s.yaml", "clusters: [{name: a}, {name: a}]"}}).find("is used twice"),
            std::string::npos);
  EXPECT_NE(refusal({{"dir/s.yaml", "variables: {A: 1.14}\nclusters: [{name: a}]"}})
                .find("variables.A: must be text: put it in quotes"),
            std::string::npos);
  EXPECT_NE(refusal({{"dir/s.yaml", "clusters: [{name: a, stepz: []}]"}}).find("stepz"),
            std::string::npos);
}

}  // namespace
}  // namespace jibe::cli
