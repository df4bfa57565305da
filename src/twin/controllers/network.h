// The network between the pods of a cluster, in memory: what kube-proxy, the cluster's DNS and its
// load balancers do together. Decides by EndpointSlices, as kube-proxy does.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "twin/controllers/controller.h"
#include "twin/controllers/kubelet.h"
#include "twin/server/server.h"

namespace jibe::twin {

class Network : public Controller, public WebhookNetwork {
 public:
  Network(Context context, Kubelet& kubelet);
  ~Network() override;

  // Something beside pods that listens there: the API server. Not owned.
  void add_listener(const std::string& ip, int port, http::Handler* handler);

  // `host`: name.namespace[.svc[.cluster.local]], pod-hostname.name.namespace.svc…, a cluster IP, a
  // LoadBalancer address, a node's address (with a node port), or a pod IP. Of several ready
  // endpoints each gets its turn; where none is ready, those that still serve while they
  // terminate. nullptr where nothing listens. The handler lives as long as the network; requests
  // through it fail where the pod has gone meanwhile.
  http::Handler* connect(const std::string& host, int port) override;
  http::Handler* connect_url(const std::string& url) override;

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;

 private:
  class Route;
  struct Address {
    std::string ip;
    int port = 0;
  };

  void see_service(const WatchEvent& event);
  void see_slice(const WatchEvent& event);
  // By DNS; null where there is no such Service. `hostname` is that of one of its pods, or "".
  data::Value find_service(const std::string& host, std::string& hostname) const;
  data::Value find_by_ip(const std::string& ip) const;
  std::vector<Address> endpoints(const data::Value& service, const data::Value& port,
                                 const std::string& hostname) const;
  http::Handler* connect_service(const data::Value& service, const std::string& hostname, int port,
                                 int depth);
  http::Handler* connect_node_port(const std::string& ip, int port);
  http::Handler* connect_host(const std::string& host, int port, int depth);
  // One of them that something listens on.
  http::Handler* pick(const std::string& turn, const std::vector<Address>& addresses);
  http::Handler* route_to(const Address& address);

  Kubelet& kubelet_;
  // From Service keys to their slices, by key.
  std::map<std::string, std::map<std::string, data::Value>> slices_;
  std::map<std::string, std::string> service_by_ip_;
  std::map<std::string, std::unique_ptr<Route>> routes_;
  std::map<std::string, http::Handler*> fixed_;
  std::map<std::string, size_t> turns_;
};

}  // namespace jibe::twin
