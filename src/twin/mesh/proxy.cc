#include "twin/mesh/proxy.h"

#include <fmt/core.h>

#include <charconv>
#include <map>
#include <set>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "istio/installation.h"
#include "kube/object.h"
#include "rt/sync.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/mesh/discovery.h"
#include "twin/mesh/gateway_routes.h"
#include "twin/mesh/mesh_config.h"
#include "twin/mesh/pod_environment.h"

namespace jibe::twin {

using data::Value;

namespace {

// Until a received configuration works and is acknowledged.
constexpr base::Duration kWarmUp = std::chrono::milliseconds(20);
// Envoy's back-off for a broken management stream.
constexpr base::Duration kFirstBackOff = std::chrono::milliseconds(500);
constexpr base::Duration kLastBackOff = std::chrono::seconds(30);
constexpr base::Duration kInitSpan = std::chrono::milliseconds(20);
constexpr int kStatusPort = 15021;

struct Address {
  std::string host;
  int port = 0;
};

Address parse_address(const std::string& text) {
  const auto [host, port, found] = base::cut(text, ":");
  Address out{std::string(host), kDiscoveryPort};
  if (found) std::from_chars(port.data(), port.data() + port.size(), out.port);
  return out;
}

// The file /etc/istio/config/mesh: of the ConfigMap that the container mounts there, "" for none.
std::string mounted_mesh(const Api& api, const Value& pod, const std::string& container) {
  std::string volume;
  for (const Value& mount : container_of(pod, container)["volumeMounts"].items())
    if (mount["mountPath"].text() == "/etc/istio/config") volume = mount["name"].text();
  for (const Value& candidate : pod["spec"]["volumes"].items()) {
    if (volume.empty() || candidate["name"].text() != volume) continue;
    const auto map = api.try_get(
        {kConfigMaps, object_namespace(pod), candidate["configMap"]["name"].text(), ""});
    if (map) return (*map)["data"]["mesh"].text();
  }
  return "";
}

// pilot/cmd/pilot-agent ConstructProxyConfig: the release's defaults, the mounted mesh, the
// variable PROXY_CONFIG that injection wrote, the pod's annotation.
Value agent_config(const PodContext& context, const PodEnvironment& environment,
                   const istio::Version& version) {
  const std::string mesh = mounted_mesh(context.cluster.api(), context.pod, context.container);
  Value config = read_mesh_config(mesh, version)["defaultConfig"];
  for (const std::string& overlay :
       {environment.get("PROXY_CONFIG"), kube::annotation_of(context.pod, "proxy.istio.io/config")})
    config = overlay_proxy_config(config, data::parse_yaml(overlay));
  return config;
}

// ISTIO_VERSION of the image: its tag without the word for its kind.
std::string image_release(const std::string& image) {
  std::string tag = istio::split_image(image).tag;
  for (std::string_view kind : {"-distroless", "-debug"})
    if (tag.ends_with(kind)) tag.resize(tag.size() - kind.size());
  return tag;
}

class InitStep : public PodProcess {
 public:
  explicit InitStep(rt::Runtime& runtime) : runtime_(runtime) {}
  Task<void> run() override { co_await runtime_.sleep(kInitSpan); }
  http::Handler* listener(int) override { return nullptr; }
  bool ready() const override { return true; }

 private:
  rt::Runtime& runtime_;
};

// Carries requests that come to one port of a gateway.
class GatewayPort : public http::Handler {
 public:
  explicit GatewayPort(Cluster& cluster) : cluster_(cluster) {}
  // Null closes the port; requests on their way go on.
  void configure(Value listener) { listener_ = std::move(listener); }
  bool is_open() const { return !listener_.is_null(); }

  Task<http::Response> handle(http::Request request) override {
    const std::string path(base::cut(request.target, "?").before);
    const auto target =
        find_route(listener_, request.headers.get("host"), path, cluster_.runtime().random());
    if (!target) co_return answer(404, "");
    http::Handler* upstream = cluster_.connect(target->host, port_of(*target));
    if (upstream == nullptr) co_return answer(503, "no healthy upstream");
    try {
      http::Response response = co_await upstream->handle(std::move(request));
      response.headers.set("server", "istio-envoy");
      co_return response;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error&) {
      // as Envoy says it, whatever broke
    }
    co_return answer(503,
                     "upstream connect error or disconnect/reset before headers. reset reason: "
                     "connection failure");
  }

 private:
  static http::Response answer(int status, std::string text) {
    http::Response response = http::make_response(status, "text/plain", std::move(text));
    response.headers.set("server", "istio-envoy");
    return response;
  }

  // The only port of a Service where the route names none.
  int port_of(const RouteTarget& target) const {
    if (target.port != 0) return target.port;
    const auto pieces = base::split(target.host, '.');
    if (pieces.size() < 2) return 80;
    const auto service =
        cluster_.api().try_get({kServices, std::string(pieces[1]), std::string(pieces[0]), ""});
    if (!service) return 80;
    return static_cast<int>((*service)["spec"]["ports"][0]["port"].int_or(80));
  }

  Cluster& cluster_;
  Value listener_;
};

class Proxy : public PodProcess, private http::Handler {
 public:
  explicit Proxy(const PodContext& context);

  Task<void> run() override;
  http::Handler* listener(int port) override {
    if (port == kStatusPort) return this;
    const auto it = ports_.find(port);
    return it == ports_.end() || !it->second->is_open() ? nullptr : it->second.get();
  }
  bool ready() const override { return synced_once_; }

 private:
  // Until the stream ends.
  Task<void> hold_stream();
  Task<void> take(const Value& message, http::Handler& istiod, const std::string& connection);
  void configure(const Value& listeners);
  base::Duration next_back_off();

  Task<http::Response> handle(http::Request request) override {
    const bool known = request.target == "/healthz/ready";
    co_return http::make_response(!known ? 404 : synced_once_ ? 200 : 503, "text/plain", "");
  }

  Cluster& cluster_;
  rt::Runtime& runtime_;
  Node node_;
  Address istiod_;
  std::map<int, std::unique_ptr<GatewayPort>> ports_;
  std::set<std::string> acked_;
  bool synced_once_ = false;
  int failures_ = 0;
};

Proxy::Proxy(const PodContext& context)
    : cluster_(context.cluster), runtime_(context.cluster.runtime()) {
  const PodEnvironment environment(cluster_.api(), context.pod, context.container);
  const Value& container = container_of(context.pod, context.container);
  node_.type = container["args"][1].text();
  node_.pod = object_name(context.pod);
  node_.ns = object_namespace(context.pod);
  node_.cluster = environment.get_or("ISTIO_META_CLUSTER_ID", "Kubernetes");
  node_.version = image_release(container["image"].text());
  node_.labels = context.pod["metadata"]["labels"];
  const auto version = istio::version_of_tag(node_.version);
  const Value config =
      agent_config(context, environment, version.value_or(istio::Version{1, 31, 0, ""}));
  istiod_ = parse_address(config["discoveryAddress"].text());
}

base::Duration Proxy::next_back_off() {
  base::Duration span = kFirstBackOff;
  for (int i = 0; i < failures_ && span < kLastBackOff; ++i) span *= 2;
  ++failures_;
  const double part = 0.5 + runtime_.random().unit() / 2;
  return base::Duration(
      static_cast<int64_t>(static_cast<double>(std::min(span, kLastBackOff).count()) * part));
}

Task<void> Proxy::run() {
  while (true) {
    try {
      co_await hold_stream();
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      runtime_.log().debug(
          "proxy lost its istiod",
          {{"proxy", node_.id()}, {"istiod", istiod_.host}, {"error", error.what()}});
    }
    co_await runtime_.sleep(next_back_off());
  }
}

Task<void> Proxy::hold_stream() {
  http::Handler* istiod = cluster_.connect(istiod_.host, istiod_.port);
  if (istiod == nullptr) throw base::Error("nothing listens there");
  if (const auto pod = cluster_.api().try_get({kPods, node_.ns, node_.pod, ""}))
    node_.ip = (*pod)["status"]["podIP"].text();
  http::Request request;
  request.method = "POST";
  request.target = kStreamPath;
  request.body = data::to_json(node_.to_value());
  http::Response response = co_await istiod->handle(std::move(request));
  if (response.status != 200)
    throw base::Error(fmt::format("istiod answered with status {}", response.status));
  const std::string connection = response.headers.get(kConnectionHeader);
  acked_.clear();
  std::string buffer;
  while (true) {
    const std::string piece = co_await response.body->read();
    if (piece.empty()) co_return;
    buffer += piece;
    for (size_t end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n')) {
      const Value message = data::parse_json(buffer.substr(0, end));
      buffer.erase(0, end + 1);
      co_await take(message, *istiod, connection);
    }
  }
}

Task<void> Proxy::take(const Value& message, http::Handler& istiod, const std::string& connection) {
  co_await runtime_.sleep(kWarmUp);
  const std::string& type = message["type"].text();
  if (type == "LDS") configure(message["resources"]);
  http::Request ack;
  ack.method = "POST";
  ack.target = kAckPath;
  ack.body = data::to_json(Value::map(
      {{"connection", connection}, {"type", message["type"]}, {"nonce", message["nonce"]}}));
  const http::Response response = co_await istiod.handle(std::move(ack));
  if (response.status != 200) throw base::Error("istiod does not know this stream any more");
  acked_.insert(type);
  failures_ = 0;
  synced_once_ = synced_once_ || (acked_.contains("CDS") && acked_.contains("LDS"));
}

void Proxy::configure(const Value& listeners) {
  std::map<int, Value> wanted;
  for (const Value& listener : listeners.items())
    wanted[static_cast<int>(listener["port"].int_or(0))] = listener;
  for (const auto& [port, listener] : wanted)
    if (!ports_.contains(port)) ports_[port] = std::make_unique<GatewayPort>(cluster_);
  for (const auto& [port, handler] : ports_) handler->configure(wanted[port]);
}

}  // namespace

std::unique_ptr<PodProcess> make_proxy(PodContext context) {
  const Value& container = container_of(context.pod, context.container);
  if (container["args"][0].text() != "proxy")
    return std::make_unique<InitStep>(context.cluster.runtime());
  return std::make_unique<Proxy>(context);
}

}  // namespace jibe::twin
