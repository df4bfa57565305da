#include "twin/server/http_proxy.h"

#include <charconv>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/status.h"

namespace jibe::twin {

namespace {

using data::Value;

struct Place {
  std::string name;
  std::string port;  // number or name, "" where none is given
};

// "https:name:port", "name:port" or "name" (apimachinery net.SplitSchemeNamePort).
Place parse_place(const std::string& resource, const std::string& text) {
  const auto parts = base::split(text, ':');
  const bool with_scheme = parts.size() == 3;
  const bool known = !with_scheme || parts[0] == "http" || parts[0] == "https" || parts[0].empty();
  if (parts.size() > 3 || !known || parts[with_scheme ? 1 : 0].empty())
    throw kube::bad_request(fmt::format("invalid {} request {}", resource, data::go_quote(text)));
  Place out{std::string(parts[with_scheme ? 1 : 0]), ""};
  if (parts.size() > 1) out.port = std::string(parts.back());
  return out;
}

kube::StatusError unavailable(const std::string& message) {
  return kube::StatusError(503, "ServiceUnavailable", message);
}

int number_of(const std::string& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

struct Upstream {
  std::string host;
  int port = 0;
  http::Handler* handler = nullptr;
};

int first_port(const Value& pod) {
  for (const Value& container : pod["spec"]["containers"].items())
    for (const Value& port : container["ports"].items())
      if (port["protocol"].text().empty() || port["protocol"].text() == "TCP")
        return static_cast<int>(port["containerPort"].int_or(0));
  return 80;
}

Upstream pod_upstream(const ServerCore& core, const std::string& ns, const Place& place) {
  const Value* pod = core.store.find("pods", {ns, place.name});
  if (pod == nullptr) throw kube::not_found("pods", place.name);
  const std::string& ip = (*pod)["status"]["podIP"].text();
  if (ip.empty()) throw kube::bad_request("address not allowed");
  Upstream out{ip, place.port.empty() ? first_port(*pod) : number_of(place.port), nullptr};
  if (core.options.webhooks) out.handler = core.options.webhooks->connect(out.host, out.port);
  return out;
}

Upstream service_upstream(const ServerCore& core, const std::string& ns, const Place& place) {
  const Value* service = core.store.find("services", {ns, place.name});
  if (service == nullptr) throw kube::not_found("services", place.name);
  const Value& ports = (*service)["spec"]["ports"];
  const bool only = place.port.empty() && ports.size() == 1;
  for (const Value& port : ports.items()) {
    const int number = static_cast<int>(port["port"].int_or(0));
    const bool named = port["name"].text() == place.port;
    if (!only && !named && number_of(place.port) != number) continue;
    Upstream out{place.name + "." + ns + ".svc", number, nullptr};
    if (core.options.webhooks) out.handler = core.options.webhooks->connect(out.host, out.port);
    if (out.handler == nullptr)
      throw unavailable("no endpoints available for service " + data::go_quote(place.name));
    return out;
  }
  throw unavailable(fmt::format("no service port {} found for service {}",
                                data::go_quote(place.port), data::go_quote(place.name)));
}

// What stands behind ".../proxy", as it was sent: "" or "/…", with the query.
std::string rest_of(const std::string& target) {
  // /api/v1/namespaces/<ns>/<resource>/<name>/proxy
  constexpr int kSegments = 7;
  size_t at = 0;
  for (int i = 0; i < kSegments && at != std::string::npos; ++i) {
    at = target.find_first_not_of('/', at);
    if (at != std::string::npos) at = target.find_first_of("/?", at);
  }
  return at == std::string::npos ? "" : target.substr(at);
}

// What was meant for this server alone.
void drop_identity(http::Headers& headers) {
  const auto fields = headers.fields();
  for (const auto& [name, value] : fields)
    if (base::lower(name) == "authorization" || base::lower(name).starts_with("impersonate-"))
      headers.erase(name);
}

}  // namespace

bool is_proxy_request(const RequestPath& path) {
  const Target& target = path.target;
  const bool known = target.gvr.resource == "pods" || target.gvr.resource == "services";
  return target.gvr.group.empty() && known && !target.ns.empty() &&
         (target.subresource == "proxy" || target.subresource.starts_with("proxy/"));
}

Task<http::Response> proxy_request(const ServerCore& core, http::Request request,
                                   const RequestPath& path) {
  const Target& target = path.target;
  const bool is_pod = target.gvr.resource == "pods";
  const Place place = parse_place(is_pod ? "pod" : "service", target.name);
  const Upstream upstream =
      is_pod ? pod_upstream(core, target.ns, place) : service_upstream(core, target.ns, place);
  std::string rest = rest_of(request.target);
  if (rest.empty() && (request.method == "GET" || request.method == "HEAD")) {
    http::Response moved = http::make_response(301, "text/plain", "");
    moved.headers.set("Location", request.target + "/");
    co_return moved;
  }
  request.target = rest.starts_with('/') ? rest : "/" + rest;
  drop_identity(request.headers);
  const std::string address = fmt::format("{}:{}", upstream.host, upstream.port);
  request.headers.set("Host", address);
  std::string failure = fmt::format("dial tcp {}: connect: connection refused", address);
  if (upstream.handler != nullptr) {
    try {
      http::Response response = co_await upstream.handler->handle(std::move(request));
      co_return response;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      failure = error.what();
    }
  }
  throw unavailable("error trying to reach service: " + failure);
}

}  // namespace jibe::twin
