// Who may do what, by the roles and bindings of the cluster.
#include "twin/server/authorize.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::twin {
namespace {

constexpr const char* kClusterRoles = "clusterroles.rbac.authorization.k8s.io";
constexpr const char* kRoles = "roles.rbac.authorization.k8s.io";
constexpr const char* kClusterRoleBindings = "clusterrolebindings.rbac.authorization.k8s.io";
constexpr const char* kRoleBindings = "rolebindings.rbac.authorization.k8s.io";

class Authorize : public testing::Test {
 protected:
  void put(const char* resource, const std::string& ns, const std::string& name,
           const std::string& rest) {
    auto object = data::parse_json(rest);
    object.edit("metadata").set("name", name);
    if (!ns.empty()) object.edit("metadata").set("namespace", ns);
    store.put(resource, {ns, name}, object);
  }

  void role(const char* resource, const std::string& ns, const std::string& name,
            const std::string& rules) {
    put(resource, ns, name, R"({"rules":)" + rules + "}");
  }

  void bind(const char* resource, const std::string& ns, const std::string& kind,
            const std::string& role, const std::string& subject) {
    const std::string own =
        std::string(resource).starts_with("cluster") ? "ClusterRoleBinding" : "RoleBinding";
    put(resource, ns, "b-" + role,
        R"({"kind":")" + own + R"(","roleRef":{"kind":")" + kind + R"(","name":")" + role +
            R"("},"subjects":[)" + subject + "]}");
  }

  Access ask(const std::string& verb, const std::string& resource, const std::string& ns,
             const std::string& name = "", const std::string& subresource = "") {
    Access access;
    access.user = "system:serviceaccount:n:robot";
    access.groups = {"system:authenticated"};
    access.verb = verb;
    access.target = {{"", "v1", resource}, ns, name, subresource};
    return access;
  }

  bool may(const Access& access) { return why_allowed(store, access).has_value(); }

  ObjectStore store{100};
  const std::string robot = R"({"kind":"ServiceAccount","namespace":"n","name":"robot"})";
};

TEST_F(Authorize, NothingIsAllowedThatNoRoleAllows) {
  EXPECT_FALSE(may(ask("get", "pods", "n")));
  auto access = ask("delete", "nodes", "");
  access.groups.push_back("system:masters");
  EXPECT_TRUE(may(access));
}

TEST_F(Authorize, RolesCountInTheirNamespaceAlone) {
  role(kRoles, "n", "r", R"([{"apiGroups":[""],"resources":["pods"],"verbs":["get","list"]}])");
  bind(kRoleBindings, "n", "Role", "r", robot);
  EXPECT_TRUE(may(ask("get", "pods", "n", "p")));
  EXPECT_FALSE(may(ask("get", "pods", "other", "p")));
  EXPECT_FALSE(may(ask("list", "pods", "")));
  EXPECT_FALSE(may(ask("delete", "pods", "n", "p")));
  EXPECT_FALSE(may(ask("get", "pods", "n", "p", "log")));
  auto other = ask("get", "pods", "n");
  other.user = "system:serviceaccount:m:robot";
  EXPECT_FALSE(may(other));
  EXPECT_EQ(*why_allowed(store, ask("get", "pods", "n")),
            "RBAC: allowed by RoleBinding \"b-r/n\" of Role \"r\" to ServiceAccount \"robot/n\"");
}

TEST_F(Authorize, ARoleBindingNarrowsAClusterRole) {
  role(kClusterRoles, "", "c", R"([{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}])");
  bind(kRoleBindings, "n", "ClusterRole", "c", robot);
  EXPECT_TRUE(may(ask("delete", "pods", "n", "p", "eviction")));
  EXPECT_FALSE(may(ask("get", "nodes", "")));
  bind(kClusterRoleBindings, "", "ClusterRole", "c",
       R"({"kind":"Group","name":"system:authenticated"})");
  EXPECT_TRUE(may(ask("get", "nodes", "")));
}

TEST_F(Authorize, NamesSubresourcesAndPaths) {
  role(kClusterRoles, "", "c", R"([
      {"apiGroups":[""],"resources":["configmaps"],"resourceNames":["a"],"verbs":["get"]},
      {"apiGroups":[""],"resources":["*/scale","pods/log"],"verbs":["get"]},
      {"nonResourceURLs":["/metrics","/debug/*"],"verbs":["get"]}])");
  bind(kClusterRoleBindings, "", "ClusterRole", "c", robot);
  EXPECT_TRUE(may(ask("get", "configmaps", "n", "a")));
  EXPECT_FALSE(may(ask("get", "configmaps", "n", "b")));
  EXPECT_TRUE(may(ask("get", "deployments", "n", "d", "scale")));
  EXPECT_TRUE(may(ask("get", "pods", "n", "p", "log")));
  EXPECT_FALSE(may(ask("get", "pods", "n", "p")));
  auto path = ask("get", "", "");
  for (const auto& [url, expected] :
       std::vector<std::pair<std::string, bool>>{{"/metrics", true},
                                                 {"/metrics/x", false},
                                                 {"/debug/syncz", true},
                                                 {"/version", false}}) {
    path.path = url;
    EXPECT_EQ(may(path), expected) << url;
  }
}

TEST_F(Authorize, ARefusalSaysWhatWasAsked) {
  auto message = [&](const Access& access) -> std::string {
    try {
      authorize(store, access);
    } catch (const kube::StatusError& error) {
      EXPECT_EQ(error.code(), 403);
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(ask("get", "pods", "n", "p", "log")),
            "pods \"p\" is forbidden: User \"system:serviceaccount:n:robot\" cannot get resource "
            "\"pods/log\" in API group \"\" in the namespace \"n\"");
  EXPECT_EQ(message(ask("list", "nodes", "")),
            "nodes is forbidden: User \"system:serviceaccount:n:robot\" cannot list resource "
            "\"nodes\" in API group \"\" at the cluster scope");
}

}  // namespace
}  // namespace jibe::twin
