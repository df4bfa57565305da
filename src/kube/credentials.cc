#include "kube/credentials.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/connection.h"
#include "rt/sync.h"

namespace jibe::kube {
namespace {

// client-go's cachingTokenSource: read again every minute.
constexpr base::Duration kTokenPeriod = std::chrono::minutes(1);
// A credential that is about to expire would do so on the way.
constexpr base::Duration kExpiryMargin = std::chrono::seconds(10);

class FixedSource : public CredentialSource {
 public:
  explicit FixedSource(Credential credential) : credential_(std::move(credential)) {}
  Task<Credential> current() override { co_return credential_; }
  void invalidate() override {}

 private:
  Credential credential_;
};

class FileSource : public CredentialSource {
 public:
  FileSource(Connection connection, rt::Runtime& runtime)
      : connection_(std::move(connection)), runtime_(runtime) {}

  Task<Credential> current() override {
    if (!credential_ || runtime_.now() >= read_at_ + kTokenPeriod) refresh();
    co_return *credential_;
  }
  void invalidate() override { read_at_ = {}; }

 private:
  void refresh() {
    std::string token;
    try {
      token = read_file(connection_.token_file, "the token file");
      token = std::string(base::trim(token));
      if (token.empty()) throw base::InvalidInput(connection_.token_file + " is empty");
    } catch (const base::InvalidInput& error) {
      // While the file is being replaced the last token may still do (client-go does the same).
      if (!credential_) throw;
      runtime_.log().warning("keeping the last token", {{"trouble", error.what()}});
      return;
    }
    credential_ = Credential{token, connection_.client_cert_pem, connection_.client_key_pem, {}};
    read_at_ = runtime_.now();
  }

  Connection connection_;
  rt::Runtime& runtime_;
  std::optional<Credential> credential_;
  base::Time read_at_{};
};

class ExecSource : public CredentialSource {
 public:
  ExecSource(Connection connection, rt::Runtime& runtime, CommandRunner& commands)
      : connection_(std::move(connection)), runtime_(runtime), commands_(commands), idle_(runtime) {
    idle_.set();
  }

  // Requests that come while the plugin runs wait for its answer instead of starting it again.
  Task<Credential> current() override {
    while (!usable()) {
      if (!idle_.is_set()) {
        co_await idle_.wait();
        continue;
      }
      idle_.reset();
      try {
        credential_ = co_await ask();
      } catch (...) {
        idle_.set();
        throw;
      }
      idle_.set();
      break;
    }
    co_return *credential_;
  }
  void invalidate() override { credential_.reset(); }

 private:
  bool usable() const {
    if (!credential_) return false;
    return !credential_->expires || runtime_.now() + kExpiryMargin < *credential_->expires;
  }

  Task<Credential> ask() {
    const ExecConfig& exec = *connection_.exec;
    if (exec.interactive_mode == "Always") {
      throw base::InvalidInput(fmt::format(
          "the exec plugin {} of {} wants a terminal (interactiveMode: Always), which jibe cannot "
          "give it",
          exec.command, connection_.origin));
    }
    CommandLine line{exec.command, exec.args, exec.env};
    line.env.emplace_back("KUBERNETES_EXEC_INFO", data::to_json(exec_info(connection_)));
    CommandResult result = co_await start(std::move(line));
    if (result.exit_code != 0) {
      throw base::Error(fmt::format("the exec plugin {} of {} failed with exit code {}: {}{}",
                                    exec.command, connection_.origin, result.exit_code,
                                    base::trim(result.err), hint()));
    }
    Credential credential = parse_exec_credential(result.out, exec);
    if (credential.client_cert_pem.empty()) {
      credential.client_cert_pem = connection_.client_cert_pem;
      credential.client_key_pem = connection_.client_key_pem;
    }
    co_return credential;
  }

  Task<CommandResult> start(CommandLine line) {
    std::string trouble;
    try {
      CommandResult result = co_await commands_.run(std::move(line));
      co_return result;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      trouble = error.what();
    }
    throw base::Error(fmt::format("cannot run the exec plugin {} of {}: {}{}",
                                  connection_.exec->command, connection_.origin, trouble, hint()));
  }

  std::string hint() const {
    const std::string& text = connection_.exec->install_hint;
    return text.empty() ? "" : "\n" + text;
  }

  Connection connection_;
  rt::Runtime& runtime_;
  CommandRunner& commands_;
  rt::Event idle_;
  std::optional<Credential> credential_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_credential_source(Connection connection,
                                                         rt::Runtime& runtime,
                                                         CommandRunner* commands) {
  if (connection.exec) {
    if (commands == nullptr) {
      throw base::InvalidInput(fmt::format("{} uses the exec plugin {}, which cannot be run here",
                                           connection.origin, connection.exec->command));
    }
    return std::make_unique<ExecSource>(std::move(connection), runtime, *commands);
  }
  if (!connection.token_file.empty()) {
    return std::make_unique<FileSource>(std::move(connection), runtime);
  }
  return std::make_unique<FixedSource>(Credential{connection.token, connection.client_cert_pem,
                                                  connection.client_key_pem, std::nullopt});
}

}  // namespace jibe::kube
