#include "kube/credentials.h"

#include <gmock/gmock.h>

#include <deque>
#include <filesystem>
#include <fstream>

#include "base/coroutine.h"
#include "base/error.h"
#include "data/json.h"
#include "kube/scripted_handler.h"
#include "kube/transport.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

ExecConfig exec_config() {
  ExecConfig config;
  config.api_version = "client.authentication.k8s.io/v1";
  config.command = "login";
  config.interactive_mode = "Never";
  return config;
}

std::string credential_json(const std::string& status) {
  return R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":)" +
         status + "}";
}

class FakeCommands : public CommandRunner {
 public:
  explicit FakeCommands(rt::Runtime& runtime) : runtime_(runtime) {}
  Task<CommandResult> run(CommandLine line) override {
    lines.push_back(std::move(line));
    co_await runtime_.sleep(seconds(1));
    CommandResult next = answers.front();
    answers.pop_front();
    co_return next;
  }
  std::deque<CommandResult> answers;
  std::vector<CommandLine> lines;

 private:
  rt::Runtime& runtime_;
};

struct CredentialsTest : testing::Test {
  CredentialsTest() : runtime(rt::make_simulated_runtime()), commands(*runtime), api(*runtime) {
    connection.origin = "context c of f";
    connection.server = "https://x";
  }
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    runtime->run(rt::store_result(std::move(task), result));
    return std::move(*result);
  }
  void pause(base::Duration span) { runtime->run(runtime->sleep(span)); }
  void plugin_answers(const std::string& status) {
    commands.answers.push_back({0, credential_json(status), ""});
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  FakeCommands commands;
  ScriptedHandler api;
  Connection connection;
};

TEST_F(CredentialsTest, AnExecCredentialIsReadStrictly) {
  Credential got = parse_exec_credential(
      credential_json(R"({"token":"t","expirationTimestamp":"2026-01-01T00:00:00Z"})"),
      exec_config());
  EXPECT_EQ(got.token, "t");
  EXPECT_EQ(*got.expires, base::Time(seconds(1'767'225'600)));
  for (const char* status : {"{}", "null", R"({"clientCertificateData":"a"})",
                             R"({"token":"t","expirationTimestamp":"soon"})"}) {
    EXPECT_THROW(parse_exec_credential(credential_json(status), exec_config()), base::InvalidInput)
        << status;
  }
  EXPECT_THROW(parse_exec_credential("{}", exec_config()), base::InvalidInput);
  EXPECT_THROW(parse_exec_credential("token", exec_config()), base::InvalidInput);
  ExecConfig beta = exec_config();
  beta.api_version = "client.authentication.k8s.io/v1beta1";
  EXPECT_THROW(parse_exec_credential(credential_json(R"({"token":"t"})"), beta),
               base::InvalidInput);
}

TEST_F(CredentialsTest, APluginRunsOnceUntilItsCredentialExpires) {
  connection.exec = exec_config();
  connection.exec->env = {{"A", "B"}};
  auto source = make_credential_source(connection, *runtime, &commands);
  plugin_answers(R"({"token":"one","expirationTimestamp":"2026-01-01T00:10:00Z"})");
  EXPECT_EQ(run(source->current()).token, "one");
  EXPECT_EQ(run(source->current()).token, "one");
  EXPECT_EQ(commands.lines.size(), 1u);
  EXPECT_EQ(commands.lines[0].env[0].second, "B");
  EXPECT_EQ(commands.lines[0].env[1].first, "KUBERNETES_EXEC_INFO");
  pause(minutes(10));
  plugin_answers(R"({"token":"two"})");
  EXPECT_EQ(run(source->current()).token, "two");
  pause(minutes(1000));
  EXPECT_EQ(run(source->current()).token, "two");
  source->invalidate();
  plugin_answers(R"({"token":"three"})");
  EXPECT_EQ(run(source->current()).token, "three");
}

Task<void> get_into(CredentialSource* source, std::vector<std::string>* tokens) {
  Credential credential = co_await source->current();
  tokens->push_back(credential.token);
}
Task<void> three_at_once(rt::Runtime* runtime, CredentialSource* source,
                         std::vector<std::string>* tokens) {
  rt::TaskGroup group(*runtime);
  for (int i = 0; i < 3; ++i) group.spawn("get", get_into(source, tokens));
  co_await group.join();
}

TEST_F(CredentialsTest, ConcurrentRequestsShareOneRun) {
  connection.exec = exec_config();
  auto source = make_credential_source(connection, *runtime, &commands);
  plugin_answers(R"({"token":"one"})");
  std::vector<std::string> tokens;
  runtime->run(three_at_once(runtime.get(), source.get(), &tokens));
  EXPECT_EQ(tokens, (std::vector<std::string>{"one", "one", "one"}));
  EXPECT_EQ(commands.lines.size(), 1u);
}

TEST_F(CredentialsTest, AFailingPluginIsExplainedAndAskedAgain) {
  connection.exec = exec_config();
  connection.exec->install_hint = "install it with apt";
  auto source = make_credential_source(connection, *runtime, &commands);
  commands.answers.push_back({3, "", "not logged in\n"});
  EXPECT_THAT([&] { run(source->current()); },
              testing::ThrowsMessage<base::Error>(
                  "the exec plugin login of context c of f failed with exit code 3: "
                  "not logged in\ninstall it with apt"));
  plugin_answers(R"({"token":"one"})");
  EXPECT_EQ(run(source->current()).token, "one");
}

TEST_F(CredentialsTest, ClusterInformationIsGivenWhereAskedFor) {
  connection.exec = exec_config();
  connection.ca_pem = "CA";
  connection.cluster_extension = data::parse_json(R"({"audience":"x"})");
  EXPECT_EQ(exec_info(connection)["spec"]["cluster"], data::Value());
  connection.exec->provide_cluster_info = true;
  EXPECT_EQ(exec_info(connection)["spec"], data::parse_json(R"({"interactive":false,"cluster":{
    "server":"https://x","certificate-authority-data":"Q0E=","config":{"audience":"x"}}})"));
}

TEST_F(CredentialsTest, ATokenFileIsReadAgainEveryMinute) {
  connection.token_file = testing::TempDir() + "/token-file-test";
  std::ofstream(connection.token_file) << "one\n";
  auto source = make_credential_source(connection, *runtime, nullptr);
  EXPECT_EQ(run(source->current()).token, "one");
  std::ofstream(connection.token_file) << "two\n";
  EXPECT_EQ(run(source->current()).token, "one");
  pause(seconds(61));
  EXPECT_EQ(run(source->current()).token, "two");
  std::filesystem::remove(connection.token_file);
  pause(seconds(61));
  EXPECT_EQ(run(source->current()).token, "two");
  auto fresh = make_credential_source(connection, *runtime, nullptr);
  EXPECT_THROW(run(fresh->current()), base::InvalidInput);
}

// Hands the scripted server out and remembers how it was asked for.
struct Endpoints {
  class Borrowed : public http::Handler {
   public:
    explicit Borrowed(http::Handler& inner) : inner_(inner) {}
    Task<http::Response> handle(http::Request r) override { return inner_.handle(std::move(r)); }

   private:
    http::Handler& inner_;
  };
  EndpointFactory factory(http::Handler& handler) {
    return [this, &handler](const Endpoint& endpoint) {
      made.push_back(endpoint);
      return std::make_unique<Borrowed>(handler);
    };
  }
  std::vector<Endpoint> made;
};

http::Request get() {
  http::Request request;
  request.target = "/api";
  return request;
}

TEST_F(CredentialsTest, TheTransportAddsTokenAndImpersonation) {
  connection.token = "t";
  connection.impersonate_user = "jane";
  connection.impersonate_groups = {"a", "b"};
  Endpoints endpoints;
  auto transport = make_transport(connection, *runtime, nullptr, endpoints.factory(api));
  api.answer(200, "{}");
  api.answer(401, "");
  EXPECT_EQ(run(transport->handle(get())).status, 200);
  EXPECT_EQ(api.requests[0].headers.get("Authorization"), "Bearer t");
  EXPECT_EQ(api.requests[0].headers.get("Impersonate-User"), "jane");
  // A fixed token gets no better by asking again.
  EXPECT_EQ(run(transport->handle(get())).status, 401);
  EXPECT_EQ(endpoints.made.size(), 1u);
}

TEST_F(CredentialsTest, AfterA401ThePluginIsAskedOnce) {
  connection.exec = exec_config();
  Endpoints endpoints;
  auto transport = make_transport(connection, *runtime, &commands, endpoints.factory(api));
  plugin_answers(R"({"token":"one"})");
  plugin_answers(R"({"clientCertificateData":"cert","clientKeyData":"key"})");
  api.answer(401, "");
  api.answer(200, "{}");
  EXPECT_EQ(run(transport->handle(get())).status, 200);
  EXPECT_EQ(api.requests[0].headers.get("Authorization"), "Bearer one");
  EXPECT_EQ(api.requests[1].headers.find("Authorization"), nullptr);
  ASSERT_EQ(endpoints.made.size(), 2u);
  EXPECT_EQ(endpoints.made[1].client_cert_pem, "cert");
}

}  // namespace
}  // namespace jibe::kube
