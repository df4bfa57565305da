#include "twin/mesh/gateway_routes.h"

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "kube/selector.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

using data::Value;

namespace {

bool selects(const Value& gateway, const Value& labels) {
  const Value& selector = gateway["spec"]["selector"];
  return selector.empty() || kube::LabelSelector::from_map(selector).matches(labels);
}

bool is_http(const Value& server) {
  const std::string& protocol = server["port"]["protocol"].text();
  return protocol == "HTTP" || protocol == "HTTP2" || protocol == "GRPC" || protocol == "GRPC-WEB";
}

// Clients come to the Service's port; the proxy listens on the one behind it.
int64_t pod_port(int64_t port, const Value& labels, const std::vector<Value>& services) {
  for (const Value& service : services) {
    const Value& selector = service["spec"]["selector"];
    if (selector.empty() || !kube::LabelSelector::from_map(selector).matches(labels)) continue;
    for (const Value& open : service["spec"]["ports"].items())
      if (open["port"].int_or(0) == port) return open["targetPort"].int_or(port);
  }
  return port;
}

// A server's host may be "ns/dns", "*/dns" or "./dns".
std::string dns_of(const std::string& host) {
  const auto [before, after, cut] = base::cut(host, "/");
  return std::string(cut ? after : before);
}

// "*.example.com" covers a.example.com; "*" covers everything.
bool covers(std::string_view pattern, std::string_view host) {
  if (pattern == "*") return true;
  if (pattern.starts_with("*."))
    return host.size() > pattern.size() - 1 && host.ends_with(pattern.substr(1));
  return pattern == host;
}

bool uses_gateway(const Value& service, const Value& gateway) {
  const std::string full = object_namespace(gateway) + "/" + object_name(gateway);
  for (const Value& name : service["spec"]["gateways"].items()) {
    const bool qualified = base::contains(name.text(), "/");
    if ((qualified ? name.text() : object_namespace(service) + "/" + name.text()) == full)
      return true;
  }
  return false;
}

Value destinations(const Value& http, const std::string& ns) {
  Value out = Value::list();
  for (const Value& route : http["route"].items()) {
    std::string host = route["destination"]["host"].text();
    if (!base::contains(host, ".")) host += "." + ns + ".svc.cluster.local";
    out.push_back(
        Value::map({{"host", host},
                    {"port", route["destination"]["port"]["number"].int_or(0)},
                    {"weight", route["weight"].int_or(http["route"].size() > 1 ? 0 : 1)}}));
  }
  return out;
}

// A match that asks for more than its path is not understood here, and must not catch what it was
// not written for.
bool only_path(const Value& match) {
  for (const data::Entry& entry : match.entries())
    if (entry.key != "uri" && entry.key != "name") return false;
  return true;
}

void add_routes(Value& routes, const Value& service) {
  for (const Value& http : service["spec"]["http"].items()) {
    const Value to = destinations(http, object_namespace(service));
    if (http["match"].empty()) routes.push_back(Value::map({{"prefix", "/"}, {"to", to}}));
    for (const Value& match : http["match"].items()) {
      if (!only_path(match)) continue;
      const Value& uri = match["uri"];
      if (uri.has("exact")) {
        routes.push_back(Value::map({{"exact", uri["exact"]}, {"to", to}}));
      } else if (uri.has("prefix") || uri.is_null()) {
        const std::string prefix = uri.is_null() ? "/" : uri["prefix"].text();
        routes.push_back(Value::map({{"prefix", prefix}, {"to", to}}));
      }
    }
  }
}

using Domains = std::map<std::string, Value>;

void add_domains(Domains& domains, const Value& gateway, const Value& server,
                 const std::vector<Value>& services) {
  for (const Value& service : services) {
    if (!uses_gateway(service, gateway)) continue;
    for (const Value& host : service["spec"]["hosts"].items()) {
      for (const Value& pattern : server["hosts"].items()) {
        const std::string own = dns_of(pattern.text());
        const bool narrower = covers(own, host.text());
        if (!narrower && !covers(host.text(), own)) continue;
        Value& routes = domains[narrower ? host.text() : own];
        if (routes.is_null()) routes = Value::list();
        add_routes(routes, service);
      }
    }
  }
}

bool path_matches(const Value& route, std::string_view path) {
  if (const Value* exact = route.find("exact")) return exact->text() == path;
  return path.starts_with(route["prefix"].text());
}

// The most specific domain first: a name, then the longest wildcard, then "*".
const Value* routes_for(const Value& listener, std::string_view host) {
  const Value* found = nullptr;
  size_t length = 0;
  for (const Value& entry : listener["hosts"].items()) {
    const std::string& domain = entry["domain"].text();
    if (!covers(domain, host)) continue;
    const size_t rank = domain == host ? std::string::npos : domain.size();
    if (found != nullptr && rank <= length) continue;
    found = &entry["routes"];
    length = rank;
  }
  return found;
}

}  // namespace

Value gateway_listeners(const Value& labels, const std::string& ns,
                        const GatewayResources& resources) {
  std::vector<Value> own;
  for (const Value& service : resources.services)
    if (object_namespace(service) == ns) own.push_back(service);
  std::map<int64_t, Domains> by_port;
  for (const Value& gateway : resources.gateways) {
    if (!selects(gateway, labels)) continue;
    for (const Value& server : gateway["spec"]["servers"].items()) {
      if (!is_http(server)) continue;
      const int64_t port = pod_port(server["port"]["number"].int_or(0), labels, own);
      add_domains(by_port[port], gateway, server, resources.virtual_services);
    }
  }
  Value out = Value::list();
  for (const auto& [port, domains] : by_port) {
    Value hosts = Value::list();
    for (const auto& [domain, routes] : domains)
      hosts.push_back(Value::map({{"domain", domain}, {"routes", routes}}));
    out.push_back(Value::map({{"port", port}, {"hosts", hosts}}));
  }
  return out;
}

std::optional<RouteTarget> find_route(const Value& listener, std::string_view host,
                                      std::string_view path, base::Random& random) {
  const Value* routes = routes_for(listener, base::cut(host, ":").before);
  if (routes == nullptr) return std::nullopt;
  for (const Value& route : routes->items()) {
    if (!path_matches(route, path)) continue;
    int64_t all = 0;
    for (const Value& to : route["to"].items()) all += to["weight"].int_or(0);
    int64_t drawn = all > 1 ? static_cast<int64_t>(random.below(static_cast<uint64_t>(all))) : 0;
    for (const Value& to : route["to"].items()) {
      drawn -= to["weight"].int_or(0);
      if (drawn < 0) return RouteTarget{to["host"].text(), static_cast<int>(to["port"].int_or(0))};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace jibe::twin
