#include "kube/kubeconfig.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::kube {
namespace {

using base::ContextName;
using testing::HasSubstr;

constexpr const char* kHead = R"(apiVersion: v1
kind: Config
current-context: kind-a
contexts:
- name: kind-a
  context: {cluster: a, user: admin, namespace: team}
- name: kind-b
  context: {cluster: b, user: token}
clusters:
- name: a
  cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: Q0E=}
- name: b
  cluster: {server: "https://b:6443/prefix", insecure-skip-tls-verify: true, tls-server-name: kube}
users:
)";

struct KubeconfigTest : testing::Test {
  KubeconfigTest() {
    folder = testing::TempDir() + "/kubeconfig-" +
             testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~KubeconfigTest() override { std::filesystem::remove_all(folder); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  }
  static std::string error_of(const std::string& text, const std::string& context = "") {
    try {
      Kubeconfig::parse(text, "/etc/kube/config").connection(ContextName(context));
    } catch (const base::InvalidInput& error) {
      return error.what();
    }
    return "no error";
  }

  std::string folder;
};

// The same file with one user's fields, one cluster's fields.
std::string with_user(const std::string& fields) {
  return std::string(kHead) + "- {name: admin, user: {" + fields +
         "}}\n- {name: token, user: {}}\n";
}
std::string with_cluster(const std::string& fields) {
  return "contexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {}}]\n"
         "clusters: [{name: c, cluster: {" +
         fields + "}}]\n";
}

TEST_F(KubeconfigTest, ReadsEmbeddedDataAndTheCurrentContext) {
  Kubeconfig config = Kubeconfig::parse(
      with_user("client-certificate-data: Y2VydA==, client-key-data: a2V5"), "/x/config");
  Connection a = config.connection();
  EXPECT_EQ(a.server, "https://127.0.0.1:6443");
  EXPECT_EQ(a.ca_pem, "CA");
  EXPECT_EQ(a.client_cert_pem, "cert");
  EXPECT_EQ(a.client_key_pem, "key");
  EXPECT_EQ(a.ns, "team");
  EXPECT_EQ(a.origin, "context kind-a of /x/config");
  Connection b = config.connection(ContextName("kind-b"));
  EXPECT_TRUE(b.insecure);
  EXPECT_EQ(b.tls_server_name, "kube");
  EXPECT_EQ(b.ns, "default");
  EXPECT_EQ(config.contexts().size(), 2u);
  EXPECT_EQ(config.cluster_of(ContextName("kind-b")), "b");
  EXPECT_EQ(config.user_of(ContextName("nope")), "");
}

TEST_F(KubeconfigTest, ReadsFilesRelativeToItself) {
  write("ca.pem", "CA from a file");
  write("token", "secret\n");
  std::string file = write("config", R"(
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://x", certificate-authority: ca.pem}}]
users: [{name: u, user: {tokenFile: token, as: jane, as-groups: [a, b], as-uid: "7"}}]
)");
  Connection c = Kubeconfig::load_file(file).connection();
  EXPECT_EQ(c.ca_pem, "CA from a file");
  EXPECT_EQ(c.token_file, folder + "/token");
  EXPECT_EQ(c.impersonate_user, "jane");
  EXPECT_EQ(c.impersonate_uid, "7");
  EXPECT_EQ(c.impersonate_groups, (std::vector<std::string>{"a", "b"}));
}

TEST_F(KubeconfigTest, TheFirstFileWinsForEveryName) {
  std::string one = write("one", R"(
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://one"}}]
)");
  std::string two = write("two", R"(
current-context: c
clusters: [{name: c, cluster: {server: "https://two", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: t}}]
)");
  Connection c = Kubeconfig::load({folder + "/none", one, "", two}).connection();
  EXPECT_EQ(c.server, "https://one");
  EXPECT_FALSE(c.insecure);
  EXPECT_EQ(c.token, "t");
}

TEST_F(KubeconfigTest, MissingFilesAndContextsAreExplained) {
  EXPECT_THAT([&] { Kubeconfig::load_file(folder + "/none"); },
              testing::ThrowsMessage<base::InvalidInput>("cannot read the kubeconfig " + folder +
                                                         "/none: No such file or directory"));
  EXPECT_EQ(error_of(with_user(""), "kind-c"),
            "context \"kind-c\" does not exist in /etc/kube/config; "
            "contexts there: kind-a, kind-b");
  EXPECT_THAT(error_of("contexts: [{name: x, context: {}}]"),
              HasSubstr("no context is chosen: /etc/kube/config has no current-context; "
                        "name one with --context; contexts there: x"));
  EXPECT_THAT(
      [&] { Kubeconfig::load({folder + "/none"}).connection(ContextName("a")); },
      testing::ThrowsMessage<base::InvalidInput>("context \"a\" does not exist in " + folder +
                                                 "/none (no such file); contexts there: none"));
  EXPECT_THAT(error_of("contexts: [{name: x, context: {cluster: z}}]", "x"),
              HasSubstr("names the cluster \"z\", which does not exist; clusters there: none"));
}

TEST_F(KubeconfigTest, BadUsersAreRefused) {
  EXPECT_THAT(error_of(with_user("client-certificate-data: Y2VydA==")),
              HasSubstr("the user \"admin\" in /etc/kube/config has a client-certificate and no "
                        "client-key"));
  EXPECT_THAT(error_of(with_user("username: a, password: b")), HasSubstr("removed in 1.19"));
  EXPECT_THAT(error_of(with_user("auth-provider: {name: gcp}")), HasSubstr("\"gcp\""));
  EXPECT_THAT(error_of(with_user("client-key: /none/key")),
              HasSubstr("cannot read the client-key of the user \"admin\" in /etc/kube/config, "
                        "/none/key: No such file"));
  EXPECT_THAT(error_of(with_user("client-key-data: '%'")), HasSubstr("is not base64"));
  EXPECT_THAT(error_of(with_user("token: a, exec: {command: x}")), HasSubstr("keep one"));
  EXPECT_THAT(error_of(with_user("token: 5")), HasSubstr("token must be a string"));
  EXPECT_THAT(error_of(with_user("exec: {apiVersion: client.authentication.k8s.io/v1}")),
              HasSubstr("exec has no command"));
  EXPECT_THAT(error_of(with_user("exec: {command: x, apiVersion: v1alpha1}")),
              HasSubstr("exec has the apiVersion \"v1alpha1\""));
  EXPECT_THAT(
      error_of(with_user("exec: {command: x, apiVersion: client.authentication.k8s.io/v1}")),
      HasSubstr("interactiveMode \"\""));
}

TEST_F(KubeconfigTest, BadClustersAreRefused) {
  EXPECT_THAT(error_of(with_cluster(""), "c"), HasSubstr("has no server"));
  EXPECT_THAT(error_of(with_cluster("server: \"https://x\", proxy-url: \"http://p\""), "c"),
              HasSubstr("has a proxy-url"));
  EXPECT_THAT(error_of(with_cluster("server: x, insecure-skip-tls-verify: true, "
                                    "certificate-authority-data: Q0E="),
                       "c"),
              HasSubstr("keep one"));
  EXPECT_THAT(error_of(with_cluster("server: x, certificate-authority: a, "
                                    "certificate-authority-data: Q0E="),
                       "c"),
              HasSubstr("certificate-authority and certificate-authority-data are both given"));
}

TEST_F(KubeconfigTest, AServerWithoutASchemeSpeaksTlsWhereTlsIsConfigured) {
  Kubeconfig tls =
      Kubeconfig::parse(with_cluster("server: \"x:1\", certificate-authority-data: Q0E="), "f");
  EXPECT_EQ(tls.connection(ContextName("c")).server, "https://x:1");
  Kubeconfig plain = Kubeconfig::parse(with_cluster("server: \"x:1\""), "f");
  EXPECT_EQ(plain.connection(ContextName("c")).server, "http://x:1");
}

TEST_F(KubeconfigTest, WhatIsNoKubeconfigIsRefused) {
  EXPECT_THAT(error_of("- a"), HasSubstr("is no kubeconfig"));
  EXPECT_THAT(error_of("kind: Pod"), HasSubstr("its kind is Pod"));
  EXPECT_THAT(error_of("users: [{name: a}, {name: a}]"), HasSubstr("users has \"a\" twice"));
  EXPECT_THAT(error_of("users: {}"), HasSubstr("users must be a list"));
  EXPECT_THAT(error_of("a: [\n"), HasSubstr("/etc/kube/config"));
}

TEST_F(KubeconfigTest, ExecConfigIsReadAndItsCommandResolved) {
  std::string text = with_user(
      "exec: {command: ./bin/login, args: [a], apiVersion: client.authentication.k8s.io/v1beta1, "
      "env: [{name: K, value: V}], installHint: get it, provideClusterInfo: true}");
  Connection c = Kubeconfig::parse(text, "/etc/kube/config").connection();
  ASSERT_TRUE(c.exec);
  EXPECT_EQ(c.exec->command, "/etc/kube/./bin/login");
  EXPECT_EQ(c.exec->interactive_mode, "IfAvailable");
  EXPECT_EQ(c.exec->env[0].second, "V");
  EXPECT_TRUE(c.exec->provide_cluster_info);
}

TEST_F(KubeconfigTest, APodFindsItsOwnCluster) {
  write("ca.crt", "CA");
  write("token", "t\n");
  write("namespace", "gloo-mesh");
  Connection c = in_cluster_connection(folder, "fd00::1", "443");
  EXPECT_EQ(c.server, "https://[fd00::1]:443");
  EXPECT_EQ(c.token_file, folder + "/token");
  EXPECT_EQ(c.ns, "gloo-mesh");
  EXPECT_THROW(in_cluster_connection(folder, "", "443"), base::InvalidInput);
  EXPECT_THROW(in_cluster_connection(folder + "/none", "h", "443"), base::InvalidInput);
}

}  // namespace
}  // namespace jibe::kube
