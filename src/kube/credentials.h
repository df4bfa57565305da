// Credentials that change while the program runs: token files and exec plugins
// (client.authentication.k8s.io/v1 and v1beta1), as client-go's transport and
// plugin/pkg/client/auth treat them (v0.36).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "kube/kubeconfig.h"
#include "rt/command.h"
#include "rt/runtime.h"

namespace jibe::kube {

using rt::CommandLine;
using rt::CommandResult;
using rt::CommandRunner;
using rt::make_command_runner;

struct Credential {
  std::string token;
  std::string client_cert_pem;
  std::string client_key_pem;
  std::optional<base::Time> expires;
  bool operator==(const Credential&) const = default;
};

// The status of an ExecCredential document. Throws base::InvalidInput naming what is wrong.
Credential parse_exec_credential(std::string_view json, const ExecConfig& config);
// What a plugin finds in KUBERNETES_EXEC_INFO.
data::Value exec_info(const Connection& connection);

// The current credential of a connection, refreshed when it is due.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  virtual Task<Credential> current() = 0;
  // The server answered 401: the next current() asks again.
  virtual void invalidate() = 0;
};
// `commands` may be null where no connection uses exec; asking then throws a sentence. Both must
// outlive the source.
std::unique_ptr<CredentialSource> make_credential_source(Connection connection,
                                                         rt::Runtime& runtime,
                                                         CommandRunner* commands);

}  // namespace jibe::kube
