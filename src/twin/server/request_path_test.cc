#include "twin/server/request_path.h"

#include <gtest/gtest.h>

namespace jibe::twin {
namespace {

std::string shown(const std::string& text) {
  RequestPath path = parse_request_path(text);
  const Target& t = path.target;
  return t.gvr.api_version() + "|" + t.gvr.resource + "|" + t.ns + "|" + t.name + "|" +
         t.subresource + (path.watch ? "|watch" : "");
}

TEST(RequestPath, NamesResources) {
  EXPECT_EQ(shown("/api/v1/pods"), "v1|pods|||");
  EXPECT_EQ(shown("/api/v1/namespaces"), "v1|namespaces|||");
  EXPECT_EQ(shown("/api/v1/namespaces/a"), "v1|namespaces||a|");
  EXPECT_EQ(shown("/api/v1/namespaces/a/finalize"), "v1|namespaces||a|finalize");
  EXPECT_EQ(shown("/api/v1/namespaces/a/pods/b/log?x=y"), "v1|pods|a|b|log");
  EXPECT_EQ(shown("/apis/apps/v1/namespaces/a/deployments/b/scale"),
            "apps/v1|deployments|a|b|scale");
  EXPECT_EQ(shown("/api/v1/namespaces/a/services/b/proxy/c/d"), "v1|services|a|b|proxy/c/d");
}

TEST(RequestPath, KnowsBothSpellingsOfWatch) {
  EXPECT_EQ(shown("/api/v1/watch/namespaces/a/pods"), "v1|pods|a|||watch");
  EXPECT_EQ(shown("/api/v1/pods?watch=1"), "v1|pods||||watch");
  EXPECT_EQ(shown("/api/v1/pods?watch=false"), "v1|pods|||");
}

TEST(RequestPath, TellsDiscoveryApart) {
  using Kind = RequestPath::Kind;
  EXPECT_EQ(parse_request_path("/api").kind, Kind::kApiVersions);
  EXPECT_EQ(parse_request_path("/apis/").kind, Kind::kApiGroups);
  EXPECT_EQ(parse_request_path("/apis/apps").kind, Kind::kApiGroup);
  EXPECT_EQ(parse_request_path("/apis/apps/v1").kind, Kind::kApiResources);
  EXPECT_EQ(parse_request_path("/api/v1").kind, Kind::kApiResources);
  EXPECT_EQ(parse_request_path("/version?timeout=32s").path, "/version");
}

}  // namespace
}  // namespace jibe::twin
