#include "twin/mesh/webhook_face.h"

#include <fmt/core.h>

#include <charconv>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "istio/injection.h"
#include "kube/object.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/mesh/mesh_config.h"

namespace jibe::twin {

using data::Value;

namespace {

constexpr const char* kAlwaysReject = "internal.istio.io/webhook-always-reject";

Value allowed() {
  return Value::map({{"allowed", true}});
}

// pkg/kube/inject toAdmissionResponse: no code, no reason.
Value refused(const std::string& sentence) {
  return Value::map({{"allowed", false},
                     {"status", Value::map({{"metadata", Value::map()}, {"message", sentence}})}});
}

// The kubelet's minor version, 0 where it is not understood.
int minor_version(const Value& node) {
  const std::string& text = node["status"]["nodeInfo"]["kubeletVersion"].text();
  const auto pieces = base::split(text, '.');
  int minor = 0;
  if (pieces.size() > 1)
    std::from_chars(pieces[1].data(), pieces[1].data() + pieces[1].size(), minor);
  return minor;
}

}  // namespace

std::string IstiodIdentity::with_revision(const std::string& name) const {
  return revision.empty() || revision == "default" ? name : name + "-" + revision;
}

WebhookFace::WebhookFace(kube::Client& client, const IstiodIdentity& identity,
                         const PodEnvironment& environment)
    : client_(client), identity_(identity), environment_(environment) {}

Task<void> WebhookFace::refresh_injector() {
  const auto map = co_await client_.try_get(
      kConfigMaps, {identity_.ns, identity_.with_revision("istio-sidecar-injector")});
  if (!map || kube::resource_version_of(*map) == injector_version_) co_return;
  injector_version_ = kube::resource_version_of(*map);
  injector_ = read_injector_config(*map);
}

Task<void> WebhookFace::refresh_mesh() {
  const auto map =
      co_await client_.try_get(kConfigMaps, {identity_.ns, identity_.with_revision("istio")});
  if (!map || kube::resource_version_of(*map) == mesh_version_) co_return;
  mesh_version_ = kube::resource_version_of(*map);
  mesh_config_ = read_mesh_config((*map)["data"]["mesh"].text(), identity_.version);
}

Task<void> WebhookFace::refresh() {
  std::string trouble = "the ConfigMap does not exist";
  try {
    co_await refresh_mesh();
    co_await refresh_injector();
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    trouble = error.what();
    client_.runtime().log().warning("istiod keeps its earlier injection configuration",
                                    {{"revision", identity_.revision}, {"error", error.what()}});
  }
  if (mesh_config_.is_null()) mesh_config_ = default_mesh_config(identity_.version);
  if (!injector_)
    throw base::Error(fmt::format("istiod {} in {} has no injection template (ConfigMap {}/{}): {}",
                                  identity_.revision, client_.options().where, identity_.ns,
                                  identity_.with_revision("istio-sidecar-injector"), trouble));
}

// Since 1.27 by default where every kubelet is 1.33 or newer (pkg/kube/inject DetectNativeSidecar);
// since 1.19 where istiod is told so.
Task<bool> WebhookFace::native_sidecars(Value pod) {
  const bool by_default = !(identity_.version < istio::Version{1, 27, 0, ""});
  const bool known = !(identity_.version < istio::Version{1, 19, 0, ""});
  const std::string wanted =
      environment_.get_or("ENABLE_NATIVE_SIDECARS", by_default ? "auto" : "false");
  if (wanted != "auto" || !by_default) co_return known&& wanted == "true";
  constexpr int kStableSince = 33;
  const auto nodes = co_await client_.list(kNodes);
  const std::string& own = pod["spec"]["nodeName"].text();
  bool all = true;
  for (const Value& node : nodes.items) {
    const bool fits = minor_version(node) >= kStableSince;
    if (object_name(node) == own) co_return fits;
    all = all && fits;
  }
  co_return all;
}

Task<Value> WebhookFace::inject(const Value& request, std::string path) {
  Value pod = request["object"];
  if (object_namespace(pod).empty()) pod.edit("metadata").set("namespace", request["namespace"]);
  pod.edit("metadata").erase("managedFields");
  std::string failure;
  try {
    co_await refresh();
    if (!istio::injection_required(injector_->config, pod, object_namespace(pod)))
      co_return allowed();
    const bool native = co_await native_sidecars(pod);
    const Injection injection{pod,
                              *injector_,
                              mesh_config_,
                              identity_.version,
                              identity_.revision,
                              native,
                              proxy_environment_of(path),
                              environment_};
    const Value injected = inject_pod(injection, client_.runtime(), client_.runtime().random());
    // Relative to what was sent: without the namespace where it was absent.
    Value before = request["object"];
    Value after = injected;
    if (object_namespace(before).empty()) after.edit("metadata").erase("namespace");
    before.edit("metadata").erase("managedFields");
    Value response = allowed();
    response.set("patchType", "JSONPatch");
    response.set("patch", base::base64_encode(data::to_json(json_patch_between(before, after))));
    co_return response;
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    failure = error.what();
  }
  client_.runtime().log().error(
      "pod injection failed",
      {{"namespace", object_namespace(pod)}, {"revision", identity_.revision}, {"error", failure}});
  co_return refused(failure);
}

std::string validation_error(const Value& object) {
  const std::string& kind = object["kind"].text();
  const Value& spec = object["spec"];
  if (kube::annotation_of(object, kAlwaysReject) == "true")
    return "always reject annotation is set";
  if (kind == "Gateway" && spec["servers"].empty()) return "gateway must have at least one server";
  if (kind == "VirtualService" && spec["hosts"].empty())
    return "virtual service must have at least one host";
  if (kind == "VirtualService" && spec["http"].empty() && spec["tcp"].empty() &&
      spec["tls"].empty())
    return "http, tcp or tls must be provided in virtual service";
  return "";
}

Task<http::Response> WebhookFace::handle(http::Request request) {
  const std::string path(base::cut(request.target, "?").before);
  const bool inject_path = path == "/inject" || path.starts_with("/inject/");
  const bool validate_path = path == "/validate" || path.starts_with("/validate/");
  if (!inject_path && !validate_path)
    co_return http::make_response(404, "text/plain", "404 page not found\n");
  if (request.body.empty()) co_return http::make_response(400, "text/plain", "no body found\n");
  if (request.headers.get("content-type") != "application/json")
    co_return http::make_response(415, "text/plain",
                                  "invalid Content-Type, want `application/json`\n");
  const Value review = data::parse_json(request.body);
  const Value& asked = review["request"];
  Value answer = allowed();
  if (inject_path) {
    Value made = co_await inject(asked, path);
    answer = std::move(made);
  } else if (const std::string why = validation_error(asked["object"]); !why.empty()) {
    answer = refused("configuration is invalid: " + why);
  }
  answer.set("uid", asked["uid"]);
  co_return http::make_response(200, "application/json",
                                data::to_json(Value::map({{"kind", "AdmissionReview"},
                                                          {"apiVersion", review["apiVersion"]},
                                                          {"response", answer}})));
}

}  // namespace jibe::twin
