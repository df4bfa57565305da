#include "net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coroutine.h"
#include "net/pipe.h"
#include "pki/certificate.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::net {
namespace {

using std::chrono::hours;

// A CA, a server certificate for localhost, and a client certificate, valid for an hour.
struct Pki {
  explicit Pki(base::Time now) {
    pki::CertificateSpec spec;
    spec.not_before = now - hours(1);
    spec.not_after = now + hours(1);
    spec.common_name = "ca";
    spec.usage = pki::Usage::kCa;
    ca = pki::make_self_signed(spec);
    spec.common_name = "server";
    spec.usage = pki::Usage::kServer;
    spec.dns_names = {"localhost"};
    server = pki::issue(ca, spec);
    spec.common_name = "admin";
    spec.organizations = {"system:masters"};
    spec.usage = pki::Usage::kClient;
    spec.dns_names = {"cluster-1"};
    client = pki::issue(ca, spec);
  }

  TlsServerOptions server_options(ClientCertificate mode) const {
    TlsServerOptions options;
    options.cert_pem = server.cert_pem;
    options.key_pem = server.key_pem;
    options.client_certificate = mode;
    if (mode != ClientCertificate::kNone) options.client_ca_pem = ca.cert_pem;
    return options;
  }
  TlsClientOptions client_options() const {
    TlsClientOptions options;
    options.ca_pem = ca.cert_pem;
    options.server_name = "localhost";
    return options;
  }

  pki::Identity ca;
  pki::Identity server;
  pki::Identity client;
};

struct Ends {
  std::string client_error;
  std::string server_error;
  PeerInfo seen_by_server;
  std::string protocol;
  std::string answer;
};

Task<void> answer_once(std::unique_ptr<ByteStream> stream, Ends& ends) {
  try {
    std::string question = co_await stream->read();
    ends.seen_by_server = stream->peer();
    ends.protocol = negotiated_protocol(*stream);
    co_await stream->write("answer to " + question);
    co_await stream->shutdown();
  } catch (const base::Error& e) {
    ends.server_error = e.what();
  }
}

Task<void> ask_once(std::unique_ptr<ByteStream> stream, Ends& ends) {
  try {
    co_await stream->write("question");
    ends.answer = co_await stream->read();
  } catch (const base::Error& e) {
    ends.client_error = e.what();
  }
}

Task<void> converse(rt::Runtime& runtime, TlsServerOptions server, TlsClientOptions client,
                    Ends& ends) {
  auto [a, b] = make_pipe(runtime);
  rt::TaskGroup group(runtime);
  group.spawn("server", answer_once(tls_stream(runtime, make_tls_server_context(server),
                                               std::move(a), "there"),
                                    ends));
  group.spawn("client", ask_once(tls_stream(runtime, make_tls_client_context(client), std::move(b),
                                            "127.0.0.1:6443"),
                                 ends));
  co_await group.join();
}

class TlsTest : public testing::Test {
 protected:
  Ends run(const TlsServerOptions& server, const TlsClientOptions& client) {
    Ends ends;
    runtime_->run(converse(*runtime_, server, client, ends));
    return ends;
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime_ = rt::make_simulated_runtime();
  Pki pki_{runtime_->now()};
};

TEST_F(TlsTest, ShowsTheClientsCertificateToTheServer) {
  auto client = pki_.client_options();
  client.cert_pem = pki_.client.cert_pem;
  client.key_pem = pki_.client.key_pem;
  auto ends = run(pki_.server_options(ClientCertificate::kRequired), client);
  EXPECT_EQ(ends.answer, "answer to question");
  EXPECT_EQ(ends.seen_by_server.common_name, "admin");
  EXPECT_EQ(ends.seen_by_server.organizations, std::vector<std::string>{"system:masters"});
  EXPECT_EQ(ends.seen_by_server.dns_names, std::vector<std::string>{"cluster-1"});
  EXPECT_EQ(ends.protocol, "http/1.1");
}

TEST_F(TlsTest, AnOptionalCertificateMayBeMissing) {
  auto ends = run(pki_.server_options(ClientCertificate::kOptional), pki_.client_options());
  EXPECT_EQ(ends.answer, "answer to question");
  EXPECT_EQ(ends.seen_by_server.common_name, "");
}

TEST_F(TlsTest, ARequiredCertificateMayNot) {
  auto ends = run(pki_.server_options(ClientCertificate::kRequired), pki_.client_options());
  EXPECT_EQ(ends.server_error, "the client at there shows no certificate");
  EXPECT_THAT(ends.client_error,
              testing::HasSubstr("the server at 127.0.0.1:6443 does not accept our certificate"));
}

TEST_F(TlsTest, AClientOfAnotherCaIsRefused) {
  Pki other(runtime_->now());
  auto client = pki_.client_options();
  client.cert_pem = other.client.cert_pem;
  client.key_pem = other.client.key_pem;
  auto ends = run(pki_.server_options(ClientCertificate::kOptional), client);
  EXPECT_THAT(ends.server_error, testing::HasSubstr("the certificate of the client at there is "
                                                    "not trusted"));
  EXPECT_EQ(ends.answer, "");
}

TEST_F(TlsTest, AServerOfAnotherCaIsRefused) {
  auto client = pki_.client_options();
  client.ca_pem = Pki(runtime_->now()).ca.cert_pem;
  auto ends = run(pki_.server_options(ClientCertificate::kNone), client);
  EXPECT_THAT(ends.client_error,
              testing::StartsWith("the certificate of the server at 127.0.0.1:6443 is not "
                                  "trusted: "));
  client.insecure = true;
  EXPECT_EQ(run(pki_.server_options(ClientCertificate::kNone), client).answer,
            "answer to question");
}

TEST_F(TlsTest, TheNameMustMatch) {
  auto client = pki_.client_options();
  client.server_name = "example.com";
  auto ends = run(pki_.server_options(ClientCertificate::kNone), client);
  EXPECT_EQ(ends.client_error,
            "the server at 127.0.0.1:6443 shows a certificate for localhost, not for example.com");
  client.server_name = "127.0.0.1";
  ends = run(pki_.server_options(ClientCertificate::kNone), client);
  EXPECT_EQ(ends.client_error,
            "the server at 127.0.0.1:6443 shows a certificate for localhost, not for 127.0.0.1");
}

Task<void> sleep_for(rt::Runtime& runtime, base::Duration span) {
  co_await runtime.sleep(span);
}

TEST_F(TlsTest, CertificatesExpireInVirtualTime) {
  runtime_->run(sleep_for(*runtime_, hours(2)));
  auto ends = run(pki_.server_options(ClientCertificate::kNone), pki_.client_options());
  EXPECT_THAT(ends.client_error, testing::HasSubstr("certificate has expired"));
}

Task<void> speak_plain(std::unique_ptr<ByteStream> stream) {
  co_await stream->write("HTTP/1.1 400 Bad Request\r\n\r\n");
  co_await stream->read();
}

Task<void> meet_plain(rt::Runtime& runtime, TlsClientOptions client, Ends& ends) {
  auto [a, b] = make_pipe(runtime);
  rt::TaskGroup group(runtime);
  group.spawn("server", speak_plain(std::move(a)));
  group.spawn("client", ask_once(tls_stream(runtime, make_tls_client_context(client), std::move(b),
                                            "127.0.0.1:80"),
                                 ends));
  co_await group.join();
}

TEST_F(TlsTest, AServerWithoutTlsIsNamed) {
  Ends ends;
  runtime_->run(meet_plain(*runtime_, pki_.client_options(), ends));
  EXPECT_EQ(ends.client_error, "the server at 127.0.0.1:80 does not speak TLS");
}

Task<void> say_nothing(rt::Runtime& runtime, TlsServerOptions server, Ends& ends) {
  auto [a, b] = make_pipe(runtime);
  co_await answer_once(tls_stream(runtime, make_tls_server_context(server), std::move(a), "there"),
                       ends);
}

TEST_F(TlsTest, ASilentClientIsNotWaitedForForever) {
  Ends ends;
  auto start = runtime_->now();
  runtime_->run(say_nothing(*runtime_, pki_.server_options(ClientCertificate::kNone), ends));
  EXPECT_EQ(ends.server_error, "the TLS handshake with there took too long");
  EXPECT_EQ(runtime_->now() - start, std::chrono::seconds(10));
}

TEST_F(TlsTest, WrongPemIsNamed) {
  auto server = pki_.server_options(ClientCertificate::kNone);
  server.key_pem = pki_.client.key_pem;
  EXPECT_THROW(make_tls_server_context(server), base::InvalidInput);
  server.key_pem = "x";
  EXPECT_THROW(make_tls_server_context(server), base::InvalidInput);
  auto client = pki_.client_options();
  client.cert_pem = pki_.client.cert_pem;
  EXPECT_THROW(make_tls_client_context(client), base::InvalidInput);
}

// Lets `budget` bytes pass and then breaks the connection.
class Faulty : public ByteStream {
 public:
  Faulty(std::unique_ptr<ByteStream> inner, size_t budget)
      : inner_(std::move(inner)), budget_(budget) {}
  Task<std::string> read(size_t limit) override { return inner_->read(limit); }
  std::optional<std::string> try_read(size_t limit) override { return inner_->try_read(limit); }
  Task<void> write(std::string bytes) override {
    bool last = bytes.size() >= budget_;
    bytes.resize(std::min(bytes.size(), budget_));
    budget_ -= bytes.size();
    co_await inner_->write(std::move(bytes));
    if (last) inner_->close();
  }
  Task<void> shutdown() override { return inner_->shutdown(); }
  void close() override { inner_->close(); }
  const PeerInfo& peer() const override { return inner_->peer(); }

 private:
  std::unique_ptr<ByteStream> inner_;
  size_t budget_;
};

Task<void> converse_faulty(rt::Runtime& runtime, std::shared_ptr<TlsContext> server,
                           std::shared_ptr<TlsContext> client, size_t budget, Ends& ends) {
  auto [a, b] = make_pipe(runtime);
  rt::TaskGroup group(runtime);
  auto faulty = std::make_unique<Faulty>(std::move(a), budget);
  group.spawn("server", answer_once(tls_stream(runtime, server, std::move(faulty), "there"), ends));
  group.spawn("client", ask_once(tls_stream(runtime, client, std::move(b), "here"), ends));
  co_await group.join();
}

TEST_F(TlsTest, AServerThatBreaksOffAtAnyByteGivesAnErrorAndNoHang) {
  auto server = make_tls_server_context(pki_.server_options(ClientCertificate::kNone));
  auto client = make_tls_client_context(pki_.client_options());
  size_t budget = 1;
  for (; budget < 10'000; ++budget) {
    Ends ends;
    runtime_->run(converse_faulty(*runtime_, server, client, budget, ends));
    if (ends.answer == "answer to question") break;
    ASSERT_NE(ends.client_error, "") << budget;
  }
  EXPECT_GT(budget, 500U);
  EXPECT_LT(budget, 5'000U);
}

}  // namespace
}  // namespace jibe::net
