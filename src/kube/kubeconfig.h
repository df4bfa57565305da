// kubeconfig files as client-go's clientcmd reads them (v0.36). Knows nothing of $KUBECONFIG: the
// caller passes the paths. Errors are base::InvalidInput with a sentence that names the file.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.h"
#include "data/value.h"

namespace jibe::kube {

// users[].user.exec: a command that prints an ExecCredential.
struct ExecConfig {
  std::string api_version;  // client.authentication.k8s.io/v1 or /v1beta1
  std::string command;  // a name for $PATH, or a path (relative to the kubeconfig file: resolved)
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;  // added to the caller's environment
  std::string install_hint;
  std::string interactive_mode;  // "Never", "IfAvailable", "Always"
  bool provide_cluster_info = false;
};

// Everything needed to talk to one cluster: files are read, data decoded, the user chosen.
struct Connection {
  std::string origin;  // "context kind-a of /root/.kube/config", for sentences
  std::string server;  // https://host:port[/path]
  std::string tls_server_name;
  std::string ca_pem;  // "" = the system's roots
  bool insecure = false;
  std::string client_cert_pem;
  std::string client_key_pem;
  std::string token;
  std::string token_file;  // read again every minute; wins over token
  std::optional<ExecConfig> exec;
  std::string impersonate_user;
  std::vector<std::string> impersonate_groups;
  std::string impersonate_uid;
  std::string ns = "default";
  data::Value cluster_extension;  // for exec with provideClusterInfo
};

class Kubeconfig {
 public:
  struct Part {
    data::Value body;    // the cluster:, user: or context: map
    std::string file;    // where it was found
    std::string folder;  // relative paths start here
  };

  // Files that do not exist are skipped, as kubectl does with $KUBECONFIG; for every name the first
  // file that has it wins, and so does the first current-context. `explicit_file` must exist.
  static Kubeconfig load(const std::vector<std::string>& paths);
  static Kubeconfig load_file(const std::string& explicit_file);
  // `file` names the text in sentences and is the base of relative paths.
  static Kubeconfig parse(std::string_view text, const std::string& file);

  // "" means the current context. Unknown → a sentence that lists the contexts there are.
  Connection connection(const base::ContextName& context = {}) const;
  base::ContextName current_context() const { return base::ContextName(current_); }
  std::vector<base::ContextName> contexts() const;
  bool has_context(const base::ContextName& context) const;
  // The cluster and user that a context names, "" where unknown.
  std::string cluster_of(const base::ContextName& context) const;
  std::string user_of(const base::ContextName& context) const;
  bool empty() const { return contexts_.empty() && clusters_.empty(); }

 private:
  void merge(const Kubeconfig& later);
  std::string files() const;

  std::vector<std::string> files_;
  std::vector<std::string> missing_;
  std::string current_;
  std::map<std::string, Part> contexts_;
  std::map<std::string, Part> clusters_;
  std::map<std::string, Part> users_;
};

// A pod's own: token, ca.crt and namespace in `folder`
// (/var/run/secrets/kubernetes.io/serviceaccount), host and port from the caller's environment.
Connection in_cluster_connection(const std::string& folder, const std::string& host,
                                 const std::string& port);

}  // namespace jibe::kube
