// A client made from a kubeconfig, over real TLS on loopback.
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "http/server.h"
#include "kube/cache.h"
#include "kube/client.h"
#include "kube/fake_api_test.h"
#include "kube/transport.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "pki/certificate.h"
#include "rt/task_group.h"

namespace jibe::kube {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

// Notes who came, and passes on.
class Doorman : public http::Handler {
 public:
  explicit Doorman(http::Handler& inner) : inner_(inner) {}
  Task<http::Response> handle(http::Request request) override {
    peer = request.peer ? request.peer->common_name : "nobody";
    target = request.target;
    if (request.target.starts_with("/prefix")) request.target.erase(0, 7);
    return inner_.handle(std::move(request));
  }
  std::string peer;
  std::string target;

 private:
  http::Handler& inner_;
};

struct TlsTransportTest : testing::Test {
  TlsTransportTest() : runtime(rt::make_real_runtime()), api(*runtime), door(api) {
    pki::CertificateSpec spec;
    spec.not_before = runtime->now() - hours(1);
    spec.not_after = runtime->now() + hours(2);
    spec.common_name = "ca";
    spec.usage = pki::Usage::kCa;
    ca = pki::make_self_signed(spec);
    spec.not_after = runtime->now() + hours(1);
    spec.common_name = "kube-apiserver";
    spec.usage = pki::Usage::kServer;
    spec.dns_names = {"kubernetes"};
    server = pki::issue(ca, spec);
    spec.common_name = "admin";
    spec.usage = pki::Usage::kClient;
    spec.dns_names = {};
    client = pki::issue(ca, spec);
  }

  // What a scenario does with the client of a kubeconfig whose cluster has these further fields.
  using Scenario = Task<void> (*)(TlsTransportTest*, Client*);
  void run(Scenario scenario, const std::string& fields) {
    runtime->run(serve_and(this, scenario, fields));
  }
  static Task<void> serve_and(TlsTransportTest* t, Scenario scenario, std::string fields) {
    net::TlsServerOptions tls;
    tls.cert_pem = t->server.cert_pem;
    tls.key_pem = t->server.key_pem;
    tls.client_ca_pem = t->ca.cert_pem;
    tls.client_certificate = net::ClientCertificate::kOptional;
    auto listener =
        net::tls_listener(*t->runtime, net::listen_tcp(*t->runtime, "127.0.0.1", 0), tls);
    http::Server http_server(*t->runtime, t->door);
    rt::TaskGroup group(*t->runtime);
    group.spawn("server", http_server.serve(*listener));
    std::exception_ptr error;
    try {
      auto transport =
          make_transport(t->config(listener->port(), fields).connection(), *t->runtime);
      Client client(*transport, *t->runtime);
      co_await scenario(t, &client);
    } catch (...) {
      error = std::current_exception();
    }
    co_await group.stop();
    if (error) std::rethrow_exception(error);
  }
  Kubeconfig config(int port, const std::string& fields) const {
    return Kubeconfig::parse(
        fmt::format("current-context: c\n"
                    "contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
                    "clusters: [{{name: c, cluster: {{server: \"https://127.0.0.1:{}/prefix\", "
                    "{}}}}}]\n"
                    "users: [{{name: u, user: {{client-certificate-data: {}, "
                    "client-key-data: {}}}}}]\n",
                    port, fields, base::base64_encode(client.cert_pem),
                    base::base64_encode(client.key_pem)),
        "config");
  }
  std::string ca_field() const {
    return "certificate-authority-data: " + base::base64_encode(ca.cert_pem);
  }

  std::unique_ptr<rt::Runtime> runtime;
  FakeApi api;
  Doorman door;
  pki::Identity ca;
  pki::Identity server;
  pki::Identity client;
};

const Gvr kConfigMaps{"", "v1", "configmaps"};

Task<void> list_once(TlsTransportTest* t, Client* client) {
  t->api.put("a", "1");
  ObjectList all = co_await client->list(kConfigMaps);
  EXPECT_EQ(all.items.size(), 1u);
}

TEST_F(TlsTransportTest, TheServerKnowsTheUserAndThePrefixIsKept) {
  run(list_once, ca_field() + ", tls-server-name: kubernetes");
  EXPECT_EQ(door.peer, "admin");
  EXPECT_EQ(door.target, "/prefix/api/v1/configmaps?limit=500");
}

TEST_F(TlsTransportTest, AServerWithAnotherNameIsRefused) {
  base::Time start = runtime->now();
  EXPECT_THROW(run(list_once, ca_field()), net::ConnectError);
  EXPECT_LT(runtime->now() - start, seconds(5));
  run(list_once, "insecure-skip-tls-verify: true");
}

Task<void> follow(TlsTransportTest* t, Client* client) {
  CacheOptions options;
  options.reflect.gvr = kConfigMaps;
  Cache cache(*client, options);
  rt::TaskGroup group(*t->runtime);
  group.spawn("cache", cache.run());
  co_await cache.wait_synced(seconds(5));
  co_await t->runtime->sleep(milliseconds(50));
  for (int i = 0; i < 100; ++i) t->api.put(fmt::format("o{}", i), "1");
  for (int tries = 0; tries < 100 && cache.size() < 100; ++tries) {
    co_await t->runtime->sleep(milliseconds(20));
  }
  EXPECT_EQ(cache.size(), 100u);
  EXPECT_EQ(t->api.lists(), 1);
  co_await group.stop();
}

TEST_F(TlsTransportTest, AWatchStreamsAndEndsWithItsTask) {
  run(follow, ca_field() + ", tls-server-name: kubernetes");
}

}  // namespace
}  // namespace jibe::kube
