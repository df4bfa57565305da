#include "helm/manifest.h"

#include <gmock/gmock.h>

#include "helm/chart.h"

namespace jibe::helm {
namespace {

using testing::ElementsAre;

std::vector<std::string> order_of(const SortedManifests& sorted) {
  std::vector<std::string> out;
  for (const Manifest& m : sorted.manifests) out.push_back(m.kind + "/" + m.name);
  return out;
}

std::string document(const std::string& kind, const std::string& name) {
  return "---\nkind: " + kind + "\nmetadata: {name: " + name + "}\n";
}

TEST(SplitDocuments, AtEveryLineThatStartsWithDashes) {
  EXPECT_THAT(split_documents("a: 1\n---\nb: 2\n"), ElementsAre("a: 1", "b: 2\n"));
  EXPECT_THAT(split_documents("\n---\na: 1\n---b: 2"), ElementsAre("a: 1", "b: 2"));
  EXPECT_THAT(split_documents("a: ' ---'\n  ---\n"), ElementsAre("a: ' ---'\n  ---\n"));
  EXPECT_THAT(split_documents("  \n"), ElementsAre());
  // The first separator takes the line break that the second would need.
  EXPECT_THAT(split_documents("---\n---\na: 1"), ElementsAre("---\na: 1"));
  EXPECT_THAT(split_documents("a\n\n  \n---\n# c\n---"), ElementsAre("a", "# c"));
}

TEST(SortManifests, KnownKindsFirstThenByNameOfTheKind) {
  SortedManifests sorted = sort_manifests(
      {{"c/b.yaml", document("Zebra", "z") + document("Service", "b1") + document("Ant", "a")},
       {"c/a.yaml", document("Deployment", "d") + document("Service", "a2") +
                        document("Service", "a1") + document("Namespace", "ns")}});
  EXPECT_THAT(order_of(sorted), ElementsAre("Namespace/ns", "Service/a2", "Service/a1",
                                            "Service/b1", "Deployment/d", "Ant/a", "Zebra/z"));
  EXPECT_EQ(sorted.manifests[0].source, "c/a.yaml");
}

TEST(SortManifests, LeavesPartialsAndBlanksOut) {
  EXPECT_TRUE(sort_manifests({{"c/_p.yaml", "kind: A"}, {"c/e.yaml", " \n"}}).manifests.empty());
}

TEST(SortManifests, TakesHooksOut) {
  SortedManifests sorted = sort_manifests(
      {{"c/h.yaml",
        "kind: Job\nmetadata:\n  name: j\n  annotations:\n    helm.sh/hook: Post-Install, test\n"
        "    helm.sh/hook-weight: \"-5\"\n    helm.sh/hook-delete-policy: hook-succeeded , x\n"
        "---\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: odd}}\n"
        "---\nkind: ConfigMap\nmetadata: {annotations: {helm.sh/hook: test-success}}\n"}});
  EXPECT_TRUE(sorted.manifests.empty());
  ASSERT_EQ(sorted.hooks.size(), 2u);
  EXPECT_EQ(sorted.hooks[0].manifest.kind, "ConfigMap");
  EXPECT_THAT(sorted.hooks[0].events, ElementsAre("test"));
  const Hook& job = sorted.hooks[1];
  EXPECT_THAT(job.events, ElementsAre("post-install", "test"));
  EXPECT_EQ(job.weight, -5);
  EXPECT_THAT(job.delete_policies, ElementsAre("hook-succeeded", "x"));
  EXPECT_TRUE(job.is_test());
  EXPECT_EQ(sorted.warnings.size(), 1u);
}

TEST(SortManifests, NamesTheFileOfAMistake) {
  try {
    sort_manifests({{"c/x.yaml", "a: b: c"}});
    FAIL();
  } catch (const ChartError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("YAML parse error on c/x.yaml: error converting "
                                                  "YAML to JSON: yaml: "));
  }
}

TEST(InstallOrder, UninstallMirrorsItButForServices) {
  EXPECT_EQ(install_order().size(), uninstall_order().size());
  EXPECT_EQ(install_order().front(), uninstall_order().back());
}

TEST(SortManifests, NamesTheTypeOfMetadataAsGoDoes) {
  EXPECT_THAT(
      [] {
        sort_manifests({{"c/a.yaml", "kind: A\nmetadata: x"}});
      },
      testing::ThrowsMessage<ChartError>(testing::HasSubstr(
          "cannot unmarshal string into Go struct field SimpleHead.metadata of type struct { Name "
          "string \"json:\\\"name\\\"\"; Annotations map[string]string "
          "\"json:\\\"annotations\\\"\" }")));
}

}  // namespace
}  // namespace jibe::helm
