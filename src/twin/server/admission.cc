#include "twin/server/admission.h"

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "data/patch.h"
#include "kube/status.h"
#include "twin/server/plugins.h"
#include "twin/server/steps.h"
#include "twin/server/webhook_call.h"

namespace jibe::twin {

namespace {

using data::Value;

constexpr const char* kMutating = "mutatingwebhookconfigurations.admissionregistration.k8s.io";
constexpr const char* kValidating = "validatingwebhookconfigurations.admissionregistration.k8s.io";

std::pair<std::string, std::string> id_of(const Webhook& webhook) {
  return {webhook.configuration, webhook.name()};
}

Value patched(const Webhook& webhook, const Value& object, const Value& response) {
  Value patch = data::parse_json(base::base64_decode(response["patch"].text()));
  if (patch.empty()) return object;
  if (object.is_null()) {
    throw internal_error("admission webhook " + data::go_quote(webhook.name()) +
                         " attempted to modify the object, which is not supported for this "
                         "operation");
  }
  return data::json_patch(object, patch);
}

}  // namespace

Task<void> Admission::run_plugins(ApiWrite& write) {
  admit_namespace(core_, write);
  co_await admit_service_account(core_, write);
  admit_pod_defaults(core_, write);
}

Task<void> Admission::mutate(ApiWrite& write) {
  co_await run_plugins(write);
  std::vector<Webhook> webhooks = webhooks_of(core_, kMutating);
  if (webhooks.empty()) co_return;
  bool any_changed = false;
  // Called and willing to be called again; and those of them that saw an older object.
  Names willing;
  Names outdated;
  for (const Webhook& webhook : webhooks) {
    ResourcePtr as = match_webhook(core_, webhook, write);
    if (!as) continue;
    bool changed = co_await call_mutating(webhook, write, as);
    if (changed) outdated = willing;
    any_changed = any_changed || changed;
    if (webhook.spec["reinvocationPolicy"].text() == "IfNeeded") willing.insert(id_of(webhook));
  }
  if (!any_changed) co_return;
  Value before = write.object;
  co_await run_plugins(write);
  if (!(write.object == before)) outdated = willing;
  for (const Webhook& webhook : webhooks) {
    if (!outdated.count(id_of(webhook))) continue;
    ResourcePtr as = match_webhook(core_, webhook, write);
    if (as) co_await call_mutating(webhook, write, as);
  }
}

Task<void> Admission::validate(const ApiWrite& write) {
  std::vector<Webhook> webhooks = webhooks_of(core_, kValidating);
  for (const Webhook& webhook : webhooks) {
    ResourcePtr as = match_webhook(core_, webhook, write);
    if (as) co_await ask(webhook, write, as);
  }
  admit_quota(core_, write);
}

Task<bool> Admission::call_mutating(Webhook webhook, ApiWrite& write, ResourcePtr as) {
  Value response = co_await ask(webhook, write, as);
  if (response["patch"].text().empty()) co_return false;
  Value next;
  std::string failure;
  try {
    next = patched(webhook, to_version(write.object, *as), response);
  } catch (const base::InvalidInput& error) {
    failure = error.what();
  }
  if (!failure.empty()) throw internal_error(failure);
  next = to_version(next, *write.resource);
  // Subresources' bodies have no schema of their own here.
  bool whole = kube::gvk_of(next).kind == write.resource->kind;
  if (whole) accept_again(*write.resource, next);
  bool changed = !(next == write.object);
  write.object = std::move(next);
  co_return changed;
}

Task<Value> Admission::ask(Webhook webhook, const ApiWrite& write, ResourcePtr as) {
  std::string failure;
  Value response;
  try {
    if (!conditions_hold(webhook)) co_return nullptr;
    response = co_await call_webhook(core_, webhook, write, as);
  } catch (const WebhookCallFailed& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    call_failed(webhook, failure);
    co_return nullptr;
  }
  for (const Value& warning : response["warnings"].items()) warn(write.options, warning.text());
  if (!response["allowed"].bool_or(false)) throw denied(webhook.name(), response["status"]);
  co_return response;
}

bool Admission::conditions_hold(const Webhook& webhook) {
  bool unknown = false;
  for (const Value& condition : webhook.spec["matchConditions"].items()) {
    std::string expression(base::trim(condition["expression"].text()));
    if (expression == "false") return false;
    unknown = unknown || expression != "true";
  }
  if (unknown) {
    throw WebhookCallFailed(
        "its matchConditions are CEL expressions, which this API server does not evaluate");
  }
  return true;
}

void Admission::call_failed(const Webhook& webhook, const std::string& why) {
  bool ignored = webhook.ignores_failures();
  // Ignoring is what its owner asked for, for as long as it cannot answer.
  core_.runtime.log().write(ignored ? base::LogLevel::kInfo : base::LogLevel::kWarning,
                            "admission webhook failed",
                            {{"webhook", webhook.name()},
                             {"configuration", webhook.configuration},
                             {"policy", ignored ? "Ignore" : "Fail"},
                             {"error", why}});
  if (ignored) return;
  throw internal_error("failed calling webhook " + data::go_quote(webhook.name()) + ": " + why);
}

}  // namespace jibe::twin
