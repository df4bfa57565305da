#include "twin/server/tls_front.h"

#include <gtest/gtest.h>

#include "data/yaml.h"
#include "net/tcp.h"
#include "net/tls.h"
#include "rt/task_group.h"
#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

// One request over a TLS connection of its own, to the end of the connection.
Task<void> ask(rt::Runtime& runtime, int port, net::TlsClientOptions tls, std::string& answer) {
  tls.server_name = "127.0.0.1";
  auto dialer =
      net::tls_dialer(runtime, net::tcp_dialer(runtime, "127.0.0.1", port), std::move(tls));
  std::unique_ptr<net::ByteStream> stream = co_await dialer->dial();
  co_await stream->write("GET /api/v1/namespaces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  for (;;) {
    std::string piece = co_await stream->read();
    if (piece.empty()) break;
    answer += piece;
  }
}

Task<void> talk(rt::Runtime& runtime, std::string& known, std::string& stranger) {
  auto server = make_server(runtime);
  TlsFront front(runtime, server->http(), {});
  rt::TaskGroup group(runtime);
  group.spawn("front", front.serve());
  net::TlsClientOptions tls;
  tls.ca_pem = front.ca().cert_pem;
  co_await ask(runtime, front.port(), tls, stranger);
  pki::Identity client = front.issue_client("alice", {"dev"});
  tls.cert_pem = client.cert_pem;
  tls.key_pem = client.key_pem;
  co_await ask(runtime, front.port(), tls, known);
  co_await group.stop();
}

TEST(TlsFront, LetsCertificatesOfItsCaIn) {
  auto runtime = rt::make_real_runtime();
  std::string known;
  std::string stranger;
  runtime->run(talk(*runtime, known, stranger));
  EXPECT_TRUE(known.starts_with("HTTP/1.1 200")) << known;
  EXPECT_TRUE(stranger.starts_with("HTTP/1.1 401")) << stranger;
}

TEST(TlsFront, StaysOnLoopback) {
  auto runtime = rt::make_real_runtime();
  auto server = make_server(*runtime);
  FrontOptions options;
  options.host = "0.0.0.0";
  EXPECT_THROW(TlsFront(*runtime, server->http(), options), base::InvalidInput);
}

TEST(Kubeconfig, HasAContextPerCluster) {
  KubeconfigEntry mgmt{"mgmt", "https://127.0.0.1:1", "CA", {"CERT", "KEY"}, ""};
  KubeconfigEntry one{"cluster-1", "https://127.0.0.1:2", "CA", {"CERT", "KEY"}, "bookinfo"};
  data::Value config = data::parse_yaml(make_kubeconfig({mgmt, one}));
  EXPECT_EQ(config["current-context"].text(), "mgmt");
  EXPECT_EQ(config["contexts"][1]["context"]["namespace"].text(), "bookinfo");
  EXPECT_EQ(config["clusters"][1]["cluster"]["certificate-authority-data"].text(), "Q0E=");
  EXPECT_EQ(config["users"][0]["user"]["client-key-data"].text(), "S0VZ");
}

}  // namespace
}  // namespace jibe::twin
