// One API server: the store, the write pipeline, and their HTTP face. Runs nothing by itself: it
// answers calls; controllers are elsewhere.
//
// Allocated here on create, as kube-apiserver's registry does (so controllers need not): cluster
// IPs and node ports of Services, a Pod's service account, its token volume and its priority.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/message.h"
#include "rt/runtime.h"
#include "twin/server/api.h"

namespace jibe::twin {

// How webhooks are reached. The in-memory network has no TLS: a webhook's caBundle is not looked at
// for Services.
class WebhookNetwork {
 public:
  virtual ~WebhookNetwork() = default;
  // What listens behind a Service's port ("name.namespace.svc"); nullptr where nothing does.
  virtual http::Handler* connect(const std::string& host, int port) = 0;
  // Of clientConfig.url; nullptr where the embedder offers no way there.
  virtual http::Handler* connect_url(const std::string& url) = 0;
};

struct ServerOptions {
  std::string kubernetes_version = "v1.36.3";
  // The first two bytes of cluster IPs, a /16.
  std::string service_network = "10.96";
  // Events that each resource keeps for watches that resume; older ones get 410 Gone.
  size_t watch_history = 4096;
  // Not owned; null: every webhook call fails as unreachable.
  WebhookNetwork* webhooks = nullptr;
};

class Server : public Api {
 public:
  // The HTTP face. Identity comes from the bearer token or the verified client certificate
  // (CN → user, O → groups); anybody else gets 401. Every identity may do everything.
  virtual http::Handler& http() = 0;

  // A bearer token for that identity, for as long as the server lives.
  virtual void add_token(std::string token, Caller caller) = 0;
  // A new token of system:serviceaccount:<ns>:<name>, as TokenRequest gives it, without an end.
  virtual std::string issue_token(const std::string& ns, const std::string& service_account) = 0;

  // May be set after construction, where the network is built later than the server. Not owned.
  virtual void set_webhooks(WebhookNetwork* network) = 0;
  // The count of objects, for tests and status screens.
  virtual size_t object_count() const = 0;
};

// Starts empty but for what every API server creates itself: nothing. Namespaces and the rest of
// the bootstrap come from the cluster. `runtime` outlives the server; HTTP response bodies
// (watches) may outlive it and then end.
std::unique_ptr<Server> make_server(rt::Runtime& runtime, ServerOptions options = {});

// From make_server's name rule: `base` and five characters (apiserver names.SimpleNameGenerator).
std::string generate_name(base::Random& random, const std::string& base);
// RFC 4122 version 4.
std::string generate_uid(base::Random& random);
// metav1.Time (seconds) and metav1.MicroTime.
std::string to_timestamp(base::Time time);
std::string to_micro_timestamp(base::Time time);
// RFC 3339. Throws base::InvalidInput.
base::Time parse_timestamp(const std::string& text);

}  // namespace jibe::twin
