// A cluster's front door: a TLS listener on loopback with a CA of its own, and the kubeconfig that
// leads there.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/message.h"
#include "pki/certificate.h"
#include "rt/runtime.h"

namespace jibe::twin {

struct FrontOptions {
  std::string cluster_name = "twin";
  // Loopback alone.
  std::string host = "127.0.0.1";
  int port = 0;  // 0 takes a free one
  // Kept by whoever wants the same CA next time; absent: a new one.
  std::optional<pki::Identity> ca;
};

// For FrontOptions, and for whoever must know the CA before the front exists. Lasts ten years.
pki::Identity make_cluster_ca(const std::string& cluster, base::Time now);

// Listens from construction on; accepts while serve() runs. Client certificates of the CA are
// verified and handed on as the request's peer.
class TlsFront {
 public:
  // Both outlive the front. Throws base::InvalidInput for a host that is not loopback, base::Error
  // where the port is taken.
  TlsFront(rt::Runtime& runtime, http::Handler& handler, FrontOptions options);
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  int port() const;
  std::string url() const;  // "https://127.0.0.1:41234"
  const pki::Identity& ca() const;
  // A client certificate of the CA: CN and O.
  pki::Identity issue_client(const std::string& user, const std::vector<std::string>& groups) const;

  // Until cancelled or stopped.
  Task<void> serve();
  Task<void> stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct KubeconfigEntry {
  // Names context, cluster and user alike.
  std::string name;
  std::string url;
  std::string ca_pem;
  pki::Identity client;
  std::string ns;  // of the context; may be empty
};
// YAML; the first entry's context is the current one where `current` is empty.
std::string make_kubeconfig(const std::vector<KubeconfigEntry>& entries,
                            const std::string& current = "");

}  // namespace jibe::twin
