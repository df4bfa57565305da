#include "api/names.h"

#include <gmock/gmock.h>

namespace jibe::api {
namespace {

using testing::HasSubstr;

TEST(Names, RevisionsAreDnsLabels) {
  for (const char* fine : {"1-15", "auto", "a", "1", "canary-2"}) {
    EXPECT_EQ(revision_problem(fine), "") << fine;
  }
  EXPECT_EQ(revision_problem(std::string(63, 'a')), "");
  EXPECT_THAT(revision_problem(std::string(64, 'a')), HasSubstr("has 64 characters; at most 63"));
  EXPECT_EQ(revision_problem(""), "the revision is missing");
  EXPECT_EQ(revision_problem("1.15.3"),
            "the revision \"1.15.3\" has a dot, which cannot stand in the names of Services and "
            "namespaces that carry the revision (istiod-<revision>); try \"1-15-3\"");
  for (const char* bad : {"A", "-a", "a-", "a_b", "ä"}) {
    EXPECT_THAT(revision_problem(bad), HasSubstr("must consist of lower-case letters")) << bad;
  }
}

TEST(Names, UnderscoresInContextsAreExplainedWithTheCommand) {
  EXPECT_EQ(context_name_problem("gke_project_zone"),
            "the context name \"gke_project_zone\" has an underscore; it becomes a SAN in the "
            "certificate that connects the cluster, where underscores are not allowed; rename it: "
            "kubectl config rename-context \"gke_project_zone\" gke-project-zone");
  EXPECT_EQ(context_name_problem("admin@kind-a"), "");
  EXPECT_NE(context_name_problem(""), "");
}

TEST(Names, ClustersAreDnsLabels) {
  EXPECT_EQ(cluster_name_problem("cluster-1"), "");
  EXPECT_THAT(cluster_name_problem("cluster_1"), HasSubstr("underscore"));
  EXPECT_THAT(cluster_name_problem("cluster_1"), HasSubstr("try \"cluster-1\""));
  EXPECT_THAT(cluster_name_problem("Cluster"), HasSubstr("try \"cluster\""));
}

TEST(Names, AGatewayAndItsRevisionFitTogether) {
  EXPECT_EQ(gateway_name_problem("istio-ingressgateway", "1-15"), "");
  EXPECT_THAT(gateway_name_problem(std::string(60, 'g'), "1-15"), HasSubstr("65 characters"));
  EXPECT_THAT(gateway_name_problem("", "1-15"), HasSubstr("missing"));
  EXPECT_THAT(gateway_name_problem("G", "1-15"), HasSubstr("try \"g\""));
}

TEST(Names, SuggestionsAreAlwaysLabels) {
  EXPECT_EQ(suggest_label("__A..b--c__"), "a-b-c");
  EXPECT_EQ(suggest_label("..."), "");
  EXPECT_EQ(suggest_label(std::string(100, 'a')).size(), 63u);
}

}  // namespace
}  // namespace jibe::api
