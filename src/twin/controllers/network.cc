#include "twin/controllers/network.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "http/url.h"
#include "twin/controllers/endpoints_plan.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

constexpr int kMaxExternalNames = 4;

std::string spell(const std::string& ip, int port) {
  return fmt::format("{}:{}", ip, port);
}

// Keeps what produces the body alive while it is read.
class HeldBody : public http::Body {
 public:
  HeldBody(std::unique_ptr<http::Body> body, std::shared_ptr<PodProcess> process)
      : process_(std::move(process)), body_(std::move(body)) {}
  Task<std::string> read() override {
    std::string piece = co_await body_->read();
    co_return piece;
  }

 private:
  std::shared_ptr<PodProcess> process_;
  std::unique_ptr<http::Body> body_;
};

bool is_ip(const std::string& host) {
  return host.find_first_not_of("0123456789.") == std::string::npos;
}

std::vector<std::string> addresses_of(const data::Value& service) {
  std::vector<std::string> addresses;
  for (const data::Value& ip : service["spec"]["clusterIPs"].items())
    addresses.push_back(ip.text());
  if (addresses.empty()) addresses.push_back(service["spec"]["clusterIP"].text());
  for (const data::Value& ip : service["spec"]["externalIPs"].items())
    addresses.push_back(ip.text());
  for (const data::Value& ingress : service["status"]["loadBalancer"]["ingress"].items())
    addresses.push_back(ingress["ip"].text());
  std::erase_if(addresses, [](const std::string& ip) { return ip.empty() || ip == "None"; });
  return addresses;
}

}  // namespace

// The way to one address, whoever listens there at the time of a request.
class Network::Route : public http::Handler {
 public:
  Route(Kubelet& kubelet, Address address) : kubelet_(kubelet), address_(std::move(address)) {}

  Task<http::Response> handle(http::Request request) override {
    PodListener listener = kubelet_.listener(address_.ip, address_.port);
    if (listener.handler == nullptr)
      throw base::Error(fmt::format("dial tcp {}: connect: connection refused",
                                    spell(address_.ip, address_.port)));
    http::Response response = co_await listener.handler->handle(std::move(request));
    response.body = std::make_unique<HeldBody>(std::move(response.body), listener.process);
    co_return response;
  }

 private:
  Kubelet& kubelet_;
  Address address_;
};

Network::Network(Context context, Kubelet& kubelet)
    : Controller(context, "network", 0), kubelet_(kubelet) {}

Network::~Network() = default;

void Network::add_listener(const std::string& ip, int port, http::Handler* handler) {
  fixed_[spell(ip, port)] = handler;
}

void Network::watch() {
  on(kServices, [this](const WatchEvent& event) { see_service(event); });
  on(kEndpointSlices, [this](const WatchEvent& event) { see_slice(event); });
}

Task<void> Network::sync(std::string) {
  co_return;
}

void Network::see_service(const WatchEvent& event) {
  for (const std::string& ip : addresses_of(event.old)) service_by_ip_.erase(ip);
  for (const std::string& ip : addresses_of(event.object)) {
    if (event.type == "DELETED") {
      service_by_ip_.erase(ip);
    } else {
      service_by_ip_[ip] = key_of(event.object);
    }
  }
}

void Network::see_slice(const WatchEvent& event) {
  const auto service_of = [](const data::Value& slice) {
    return object_namespace(slice) + "/" + kube::label_of(slice, "kubernetes.io/service-name");
  };
  const std::string key = key_of(event.object);
  if (!event.old.is_null()) slices_[service_of(event.old)].erase(key);
  if (event.type == "DELETED") {
    slices_[service_of(event.object)].erase(key);
  } else {
    slices_[service_of(event.object)][key] = event.object;
  }
}

data::Value Network::find_service(const std::string& host, std::string& hostname) const {
  std::string_view name = host;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.ends_with(".cluster.local")) name.remove_suffix(14);
  const bool full = name.ends_with(".svc");
  if (full) name.remove_suffix(4);
  const auto parts = base::split(name, '.');
  if (parts.size() != 2 && !(full && parts.size() == 3)) return nullptr;
  if (parts.size() == 3) hostname = parts[0];
  const auto found = client_.get(kServices, std::string(parts[parts.size() - 1]),
                                 std::string(parts[parts.size() - 2]));
  return found ? *found : data::Value();
}

data::Value Network::find_by_ip(const std::string& ip) const {
  const auto it = service_by_ip_.find(ip);
  if (it == service_by_ip_.end()) return nullptr;
  const auto found = client_.get(kServices, it->second);
  return found ? *found : data::Value();
}

std::vector<Network::Address> Network::endpoints(const data::Value& service,
                                                 const data::Value& port,
                                                 const std::string& hostname) const {
  std::vector<Address> ready;
  std::vector<Address> ending;
  const auto it = slices_.find(key_of(service));
  if (it == slices_.end()) return ready;
  for (const auto& [key, slice] : it->second) {
    int number = 0;
    for (const data::Value& open : slice["ports"].items())
      if (open["name"].text() == port["name"].text())
        number = static_cast<int>(open["port"].int_or(0));
    // A headless Service's clients go straight to the pod's port.
    if (is_headless(service) && port["targetPort"].is_null())
      number = static_cast<int>(port["port"].int_or(0));
    if (number == 0) continue;
    for (const data::Value& endpoint : slice["endpoints"].items()) {
      if (!hostname.empty() && endpoint["hostname"].text() != hostname) continue;
      const data::Value& conditions = endpoint["conditions"];
      const Address address{endpoint["addresses"][0].text(), number};
      if (conditions["ready"].bool_or(true)) {
        ready.push_back(address);
      } else if (conditions["serving"].bool_or(true) && conditions["terminating"].bool_or(false)) {
        ending.push_back(address);
      }
    }
  }
  return ready.empty() ? ending : ready;
}

http::Handler* Network::route_to(const Address& address) {
  const std::string key = spell(address.ip, address.port);
  if (const auto fixed = fixed_.find(key); fixed != fixed_.end()) return fixed->second;
  if (kubelet_.listener(address.ip, address.port).handler == nullptr) return nullptr;
  std::unique_ptr<Route>& route = routes_[key];
  if (!route) route = std::make_unique<Route>(kubelet_, address);
  return route.get();
}

http::Handler* Network::pick(const std::string& turn, const std::vector<Address>& addresses) {
  if (addresses.empty()) return nullptr;
  const size_t first = turns_[turn]++;
  return route_to(addresses[first % addresses.size()]);
}

http::Handler* Network::connect_service(const data::Value& service, const std::string& hostname,
                                        int port, int depth) {
  const data::Value& spec = service["spec"];
  if (spec["type"].text() == "ExternalName")
    return connect_host(spec["externalName"].text(), port, depth + 1);
  for (const data::Value& open : spec["ports"].items()) {
    const bool direct = is_headless(service) && open["targetPort"].int_or(0) == port;
    if (open["port"].int_or(0) != port && !direct) continue;
    return pick(key_of(service) + "/" + open["name"].text(), endpoints(service, open, hostname));
  }
  return nullptr;
}

http::Handler* Network::connect_node_port(const std::string& ip, int port) {
  bool is_node = false;
  for (const data::Value& node : client_.items(kNodes))
    for (const data::Value& address : node["status"]["addresses"].items())
      is_node = is_node || address["address"].text() == ip;
  if (!is_node) return nullptr;
  for (const data::Value& service : client_.items(kServices))
    for (const data::Value& open : service["spec"]["ports"].items())
      if (open["nodePort"].int_or(0) == port)
        return pick(key_of(service) + "/" + open["name"].text(), endpoints(service, open, ""));
  return nullptr;
}

http::Handler* Network::connect_host(const std::string& host, int port, int depth) {
  if (depth > kMaxExternalNames) return nullptr;
  if (is_ip(host)) {
    const data::Value service = find_by_ip(host);
    if (!service.is_null()) return connect_service(service, "", port, depth);
    if (http::Handler* pod = route_to({host, port})) return pod;
    return connect_node_port(host, port);
  }
  std::string hostname;
  const data::Value service = find_service(host, hostname);
  return service.is_null() ? nullptr : connect_service(service, hostname, port, depth);
}

http::Handler* Network::connect(const std::string& host, int port) {
  return connect_host(host, port, 0);
}

http::Handler* Network::connect_url(const std::string& text) {
  const http::Url url = http::parse_url(text);
  return connect(url.host, url.port);
}

}  // namespace jibe::twin
