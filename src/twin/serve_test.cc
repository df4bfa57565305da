#include "twin/serve.h"

#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "http/client.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "rt/task_group.h"
#include "twin/test_cluster.h"
#include "twin/test_programs.h"

namespace jibe::twin {
namespace {

// Over the sockets, as curl and kubectl come.
Task<std::string> fetch(rt::Runtime& runtime, std::unique_ptr<net::Dialer> dialer,
                        std::string target, int* status) {
  auto client = http::make_client(runtime, std::move(dialer), "twin");
  http::Request request;
  request.target = std::move(target);
  http::Response response = co_await client->handle(std::move(request));
  *status = response.status;
  std::string body = co_await http::read_all(*response.body);
  co_return body;
}

std::unique_ptr<net::Dialer> tls(rt::Runtime& runtime, const ClusterSockets& sockets,
                                 bool with_certificate) {
  const AdminAccess access = sockets.admin();
  net::TlsClientOptions options;
  options.ca_pem = access.ca_pem;
  options.server_name = "127.0.0.1";
  if (with_certificate) {
    options.cert_pem = access.cert_pem;
    options.key_pem = access.key_pem;
  }
  return net::tls_dialer(runtime, net::tcp_dialer(runtime, "127.0.0.1", sockets.port()), options);
}

Task<void> ask_over_sockets(rt::Runtime& runtime, Cluster& cluster, ClusterSockets& sockets) {
  int status = 0;
  std::string body =
      co_await fetch(runtime, tls(runtime, sockets, true), "/api/v1/namespaces", &status);
  EXPECT_EQ(status, 200);
  EXPECT_NE(body.find("kube-system"), std::string::npos);
  body = co_await fetch(runtime, tls(runtime, sockets, false), "/api/v1/namespaces", &status);
  EXPECT_EQ(status, 401);
  const Client client(cluster.api(), "test", "system:admin");
  cluster.add_behaviour("*", echo("hello"));
  co_await client.create(kServices, test_service("default", "echo", 18089, "LoadBalancer"));
  co_await client.create(kDeployments, test_deployment("default", "echo", 1));
  std::string address;
  co_await eventually(runtime, [&] {
    const auto service = client.get(kServices, "default", "echo");
    address = (*service)["status"]["loadBalancer"]["ingress"][0]["ip"].text();
    return cluster.connect("echo.default.svc", 18089) != nullptr;
  });
  body = co_await fetch(runtime, net::tcp_dialer(runtime, address, 18089), "/", &status);
  EXPECT_EQ(status, 200);
  EXPECT_TRUE(body.ends_with(" hello")) << body;
}

Task<void> drive(rt::Runtime& runtime) {
  const pki::Identity ca = make_cluster_ca("c1", runtime.now());
  ClusterOptions options{.name = base::ClusterName("c1")};
  options.index = 150;
  options.ca_pem = ca.cert_pem;
  auto cluster = make_cluster(runtime, options);
  ServeOptions serve;
  serve.ca = ca;
  ClusterSockets sockets(*cluster, serve);
  rt::TaskGroup group(runtime);
  group.spawn("cluster", cluster->run());
  group.spawn("sockets", sockets.run());
  co_await cluster->wait_ready();
  std::exception_ptr error;
  try {
    co_await ask_over_sockets(runtime, *cluster, sockets);
  } catch (...) {
    error = std::current_exception();
  }
  co_await group.stop();
  if (error) std::rethrow_exception(error);
}

TEST(Serve, AnswersOnSockets) {
  rt::RealOptions options;
  options.log_level = base::LogLevel::kError;
  auto runtime = rt::make_real_runtime(options);
  runtime->run(drive(*runtime));
}

TEST(Serve, KubeconfigHasAContextForEach) {
  const AdminAccess access{"https://127.0.0.1:1", "ca", "cert", "key"};
  const data::Value config = make_kubeconfig(
      {{base::ContextName("mgmt"), access}, {base::ContextName("cluster-1"), access}});
  EXPECT_EQ(config["current-context"].text(), "mgmt");
  EXPECT_EQ(config["contexts"][1]["name"].text(), "cluster-1");
  EXPECT_EQ(config["users"][0]["user"]["client-key-data"].text(), "a2V5");
}

}  // namespace
}  // namespace jibe::twin
