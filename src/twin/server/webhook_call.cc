#include "twin/server/webhook_call.h"

#include "base/coroutine.h"
#include "data/json.h"
#include "kube/status.h"
#include "rt/sync.h"

namespace jibe::twin {

namespace {

using data::Value;

struct Endpoint {
  http::Handler* handler = nullptr;
  std::string url;     // as error sentences name it
  std::string target;  // path and query
  std::string host;
};

Value kind_value(const kube::Gvk& gvk) {
  return Value::map({{"group", gvk.group}, {"version", gvk.version}, {"kind", gvk.kind}});
}

Value resource_value(const kube::Gvr& gvr) {
  return Value::map({{"group", gvr.group}, {"version", gvr.version}, {"resource", gvr.resource}});
}

// The kind of the object that travels: a Scale and an Eviction are not their resource's kind.
kube::Gvk kind_of(const ApiWrite& write, const Resource& as) {
  if (write.target.subresource.empty() || write.target.subresource == "status") return as.gvk();
  kube::Gvk own = kube::gvk_of(write.object);
  return own.kind.empty() ? as.gvk() : own;
}

Value operation_options(const ApiWrite& write) {
  const char* kind = write.operation == "CREATE"   ? "CreateOptions"
                     : write.operation == "UPDATE" ? "UpdateOptions"
                                                   : "DeleteOptions";
  auto options = Value::map({{"kind", kind}, {"apiVersion", "meta.k8s.io/v1"}});
  if (write.options.dry_run) options.set("dryRun", Value::list({"All"}));
  if (!write.options.field_manager.empty() && write.operation != "DELETE") {
    options.set("fieldManager", write.options.field_manager);
  }
  return options;
}

std::string review_version(const Webhook& webhook) {
  for (const Value& version : webhook.spec["admissionReviewVersions"].items()) {
    if (version.text() == "v1" || version.text() == "v1beta1") return version.text();
  }
  throw WebhookCallFailed(
      "could not create admission objects: webhook does not accept known AdmissionReview versions "
      "(v1, v1beta1)");
}

void check_dry_run(const Webhook& webhook, const ApiWrite& write) {
  const std::string& effects = webhook.spec["sideEffects"].text();
  if (!write.options.dry_run || effects == "None" || effects == "NoneOnDryRun") return;
  throw kube::bad_request("admission webhook " + data::go_quote(webhook.name()) +
                          " does not support dry run");
}

[[noreturn]] void call_failed(const Endpoint& endpoint, const std::string& why) {
  throw WebhookCallFailed(
      fmt::format("failed to call webhook: Post {}: {}", data::go_quote(endpoint.url), why));
}

Endpoint find_endpoint(const ServerCore& core, const Webhook& webhook, int64_t timeout_s) {
  const Value& config = webhook.spec["clientConfig"];
  const Value& service = config["service"];
  WebhookNetwork* network = core.options.webhooks;
  Endpoint endpoint;
  std::string query = fmt::format("?timeout={}s", timeout_s);
  if (service.is_null()) {
    endpoint.url = config["url"].text();
    size_t path = endpoint.url.find('/', endpoint.url.find("://") + 3);
    endpoint.target = path == std::string::npos ? "/" : endpoint.url.substr(path);
    endpoint.target += query;
    endpoint.url += query;
    endpoint.handler = network ? network->connect_url(config["url"].text()) : nullptr;
    if (!endpoint.handler) call_failed(endpoint, "connect: connection refused");
    return endpoint;
  }
  const std::string& ns = service["namespace"].text();
  const std::string& name = service["name"].text();
  int port = static_cast<int>(service["port"].int_or(443));
  std::string path = service["path"].text();
  if (!path.starts_with('/')) path.insert(0, "/");
  endpoint.host = name + "." + ns + ".svc";
  endpoint.target = path + query;
  endpoint.url = fmt::format("https://{}:{}{}", endpoint.host, port, endpoint.target);
  if (!core.store.find("services", {ns, name})) {
    call_failed(endpoint, "service " + data::go_quote(name) + " not found");
  }
  endpoint.handler = network ? network->connect(endpoint.host, port) : nullptr;
  if (!endpoint.handler) {
    call_failed(endpoint, "no endpoints available for service " + data::go_quote(name));
  }
  return endpoint;
}

Task<std::string> post(http::Handler& handler, http::Request request) {
  http::Response response = co_await handler.handle(std::move(request));
  std::string text = co_await http::read_all(*response.body);
  if (response.status < 200 || response.status > 299) {
    Value status;
    try {
      status = data::parse_json(text);
    } catch (const base::InvalidInput&) {
      status = text;
    }
    throw WebhookCallFailed(std::string("failed to call webhook: ") +
                            kube::StatusError::from_value(response.status, status).what());
  }
  co_return text;
}

Value verified_response(const std::string& text, const std::string& version,
                        const std::string& uid) {
  auto refuse = [](const std::string& why) {
    throw WebhookCallFailed("received invalid webhook response: " + why);
  };
  Value review;
  try {
    review = data::parse_json(text);
  } catch (const base::InvalidInput& error) {
    refuse(error.what());
  }
  const Value& response = review["response"];
  if (response.is_null()) refuse("webhook response was absent");
  if (version == "v1") {
    std::string got = review["apiVersion"].text() + ", Kind=" + review["kind"].text();
    if (got != "admission.k8s.io/v1, Kind=AdmissionReview") {
      refuse("expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got " + got);
    }
    if (response["uid"].text() != uid) {
      refuse(fmt::format("expected response.uid={}, got {}", data::go_quote(uid),
                         data::go_quote(response["uid"].text())));
    }
    bool patch = !response["patch"].text().empty();
    if (patch && response["patchType"].text() != "JSONPatch") {
      refuse("webhook returned invalid response.patchType of " +
             data::go_quote(response["patchType"].text()));
    }
  }
  return response;
}

}  // namespace

Value admission_review(const ApiWrite& write, const Resource& as, const std::string& version,
                       const std::string& uid) {
  auto user = Value::map({{"username", write.options.caller.user}});
  Value groups = Value::list();
  for (const std::string& group : write.options.caller.groups) groups.push_back(group);
  user.set("groups", groups);
  const Resource& own = *write.resource;
  bool is_namespace = resource_name(own) == "namespaces";
  auto request = Value::map({
      {"uid", uid},
      {"kind", kind_value(kind_of(write, as))},
      {"resource", resource_value(as.gvr)},
      {"requestKind", kind_value(kind_of(write, own))},
      {"requestResource", resource_value(own.gvr)},
      {"name", write.target.name},
      {"namespace", is_namespace ? write.target.name : write.target.ns},
      {"operation", write.operation},
      {"userInfo", user},
      {"object", to_version(write.object, as)},
      {"oldObject", to_version(write.old, as)},
      {"dryRun", write.options.dry_run},
      {"options", operation_options(write)},
  });
  for (const char* field : {"name", "namespace"}) {
    if (request[field].text().empty()) request.erase(field);
  }
  if (!write.target.subresource.empty()) {
    request.set("subResource", write.target.subresource);
    request.set("requestSubResource", write.target.subresource);
  }
  return Value::map({{"kind", "AdmissionReview"},
                     {"apiVersion", "admission.k8s.io/" + version},
                     {"request", request}});
}

Task<Value> call_webhook(const ServerCore& core, Webhook webhook, ApiWrite write, ResourcePtr as) {
  check_dry_run(webhook, write);
  std::string version = review_version(webhook);
  std::string uid = generate_uid(core.runtime.random());
  int64_t timeout_s = webhook.spec["timeoutSeconds"].int_or(10);
  Endpoint endpoint = find_endpoint(core, webhook, timeout_s);
  http::Request request;
  request.method = "POST";
  request.target = endpoint.target;
  request.headers.set("Host", endpoint.host);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Accept", "application/json, */*");
  request.headers.set("User-Agent", "kube-apiserver-admission");
  request.body = data::to_json(admission_review(write, *as, version, uid));
  std::string text;
  std::string failure;
  try {
    text = co_await rt::within(core.runtime, std::chrono::seconds(timeout_s), "the webhook",
                               post(*endpoint.handler, std::move(request)));
  } catch (const base::DeadlineExceeded&) {
    failure = "context deadline exceeded";
  } catch (const WebhookCallFailed&) {
    throw;
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    failure = error.what();
  }
  if (!failure.empty()) call_failed(endpoint, failure);
  co_return verified_response(text, version, uid);
}

kube::StatusError denied(const std::string& webhook, const Value& status) {
  std::string by = "admission webhook " + data::go_quote(webhook) + " denied the request";
  int code = static_cast<int>(status["code"].int_or(0));
  if (code < 400) code = 400;
  std::string message = by + " without explanation";
  if (!status["message"].text().empty()) {
    message = by + ": " + status["message"].text();
  } else if (!status["reason"].text().empty()) {
    message = by + ": " + status["reason"].text();
  }
  std::string reason = status["reason"].text();
  return kube::StatusError(code, reason, message, status["details"]);
}

}  // namespace jibe::twin
