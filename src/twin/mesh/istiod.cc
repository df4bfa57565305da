#include "twin/mesh/istiod.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "http/url.h"
#include "istio/installation.h"
#include "kube/cache.h"
#include "kube/wait.h"
#include "rt/task_group.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/mesh/discovery.h"
#include "twin/mesh/gateway_routes.h"
#include "twin/mesh/mesh_root.h"
#include "twin/mesh/pod_environment.h"
#include "twin/mesh/upkeep.h"
#include "twin/mesh/webhook_face.h"

namespace jibe::twin {

using data::Value;

namespace {

// From the last of several changes until proxies hear of them (PILOT_DEBOUNCE_AFTER).
constexpr base::Duration kDebounce = std::chrono::milliseconds(100);
constexpr base::Duration kForever = std::chrono::hours(24 * 3650);
// From a synced state until it serves.
constexpr base::Duration kWarmUp = std::chrono::milliseconds(50);

kube::CacheOptions cache_of(kube::Gvr gvr) {
  kube::CacheOptions out;
  out.reflect.gvr = std::move(gvr);
  return out;
}

kube::Gvr networking(const char* resource) {
  return {"networking.istio.io", "v1beta1", resource};
}

bool exists(const Value& object) {
  return !object.is_null();
}

IstiodIdentity identity_of(const PodContext& context, const PodEnvironment& environment) {
  const std::string& image = container_of(context.pod, context.container)["image"].text();
  IstiodIdentity out;
  out.revision = environment.get_or("REVISION", "default");
  out.ns = environment.get_or("POD_NAMESPACE", object_namespace(context.pod));
  // A tag that names no release ("latest") behaves as the newest.
  out.version =
      istio::version_of_tag(istio::split_image(image).tag).value_or(istio::Version{1, 31, 0, ""});
  return out;
}

kube::ClientOptions client_options(const PodContext& context) {
  kube::ClientOptions out;
  out.field_manager = "pilot-discovery";
  out.user_agent = "pilot-discovery";
  out.where = "cluster " + context.cluster.name().str();
  return out;
}

class Istiod : public PodProcess, private http::Handler {
 public:
  explicit Istiod(const PodContext& context)
      : runtime_(context.cluster.runtime()),
        environment_(context.cluster.api(), context.pod, context.container),
        identity_(identity_of(context, environment_)),
        client_(context.api, runtime_, client_options(context)),
        discovery_(runtime_, [this](const Node& node,
                                    const std::string& type) { return resources(node, type); }),
        webhooks_(client_, identity_, environment_),
        upkeep_(client_, identity_),
        stale_(runtime_),
        services_(client_, cache_of(kServices)),
        gateways_(client_, cache_of(networking("gateways"))),
        virtual_services_(client_, cache_of(networking("virtualservices"))) {
    for (kube::Cache* cache : {&services_, &gateways_, &virtual_services_})
      cache->on_change([this](const kube::Change&) { stale_.set(); });
  }

  Task<void> run() override {
    std::exception_ptr error;
    try {
      co_await rt::with_group(runtime_, [this](rt::TaskGroup& group) { return serve(group); });
    } catch (...) {
      error = std::current_exception();
    }
    serving_ = false;
    discovery_.close();
    if (error) std::rethrow_exception(error);
  }

  http::Handler* listener(int port) override {
    if (!serving_) return nullptr;
    switch (port) {
      case 15010:
      case kDiscoveryPort:
        return &discovery_;
      case 15017:
        return &webhooks_;
      case 8080:
      case 15014:
        return this;
      default:
        return nullptr;
    }
  }
  bool ready() const override { return serving_; }

 private:
  Task<void> serve(rt::TaskGroup& group) {
    co_await upkeep_.start(group);
    group.spawn("istiod watches services", services_.run());
    for (kube::Cache* cache : {&gateways_, &virtual_services_})
      group.spawn("istiod watches " + cache->gvr().resource, watch_once_known(*cache));
    co_await services_.wait_synced(std::chrono::seconds(30));
    std::string root = co_await ensure_mesh_root(client_, identity_.ns, "cluster.local");
    co_await webhooks_.refresh();
    co_await runtime_.sleep(kWarmUp);
    stale_.reset();
    serving_ = true;
    runtime_.log().info("istiod serves", {{"revision", identity_.revision},
                                          {"version", identity_.version.str()},
                                          {"in", client_.options().where}});
    group.spawn("istiod pushes", push_changes());
    co_await upkeep_.run(std::move(root));
  }

  // Istio's CRDs may come later than istiod.
  Task<void> watch_once_known(kube::Cache& cache) {
    const std::string crd = cache.gvr().group_resource();
    co_await kube::wait_until(client_, kCrds, {"", crd}, exists, kForever, crd);
    co_await cache.run();
  }

  Task<void> push_changes() {
    while (true) {
      co_await stale_.wait();
      co_await runtime_.sleep(kDebounce);
      stale_.reset();
      discovery_.push();
    }
  }

  Value resources(const Node& node, const std::string& type) const {
    if (node.type != "router") return Value::list();
    if (type == "CDS" || type == "EDS") return Value::list();
    GatewayResources known{gateways_.list(), virtual_services_.list(), services_.list(node.ns)};
    Value listeners = gateway_listeners(node.labels, node.ns, known);
    // Without listeners a proxy asks for no routes.
    if (type == "RDS" && listeners.empty()) return nullptr;
    return listeners;
  }

  Task<http::Response> handle(http::Request request) override {
    const auto [path, query, has_query] = base::cut(request.target, "?");
    if (path == "/ready") co_return http::make_response(200, "text/plain", "");
    if (path == "/version")
      co_return http::make_response(200, "text/plain", identity_.version.str());
    if (path == "/metrics") co_return http::make_response(200, "text/plain", metrics());
    if (path == "/debug/syncz")
      co_return http::make_response(200, "application/json",
                                    data::to_json(syncz(http::Query(query).get("namespace"))));
    co_return http::make_response(404, "text/plain", "404 page not found\n");
  }

  Value syncz(const std::string& ns) const {
    Value out = discovery_.syncz(ns);
    if (identity_.version < istio::Version{1, 18, 0, ""} && !out.empty())
      for (Value& entry : out.edit_items()) entry.erase("proxy_type");
    return out;
  }

  std::string metrics() const {
    return fmt::format(
        "# TYPE istio_build gauge\nistio_build{{component=\"pilot\",tag=\"{0}\"}} 1\n"
        "# TYPE pilot_xds gauge\npilot_xds{{version=\"{0}\"}} {1}\n",
        identity_.version.str(), discovery_.size());
  }

  rt::Runtime& runtime_;
  PodEnvironment environment_;
  IstiodIdentity identity_;
  kube::Client client_;
  Discovery discovery_;
  WebhookFace webhooks_;
  Upkeep upkeep_;
  rt::Event stale_;
  kube::Cache services_;
  kube::Cache gateways_;
  kube::Cache virtual_services_;
  bool serving_ = false;
};

}  // namespace

std::unique_ptr<PodProcess> make_istiod(PodContext context) {
  return std::make_unique<Istiod>(context);
}

}  // namespace jibe::twin
