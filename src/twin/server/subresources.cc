// Subresources that are created: eviction and binding of a Pod, tokens of a service account.
#include "base/coroutine.h"
#include "kube/status.h"
#include "kube/time.h"
#include "twin/server/reader.h"
#include "twin/server/steps.h"
#include "twin/server/writer.h"

namespace jibe::twin {

namespace {

using data::Value;

Value success() {
  return Value::map({{"kind", "Status"},
                     {"apiVersion", "v1"},
                     {"metadata", Value::map()},
                     {"status", "Success"},
                     {"code", 201}});
}

void put_condition(Value& pod, const std::string& type, const std::string& reason,
                   const std::string& message, base::Time now) {
  auto condition = Value::map(
      {{"type", type}, {"status", "True"}, {"lastTransitionTime", kube::format_time(now)}});
  if (!reason.empty()) condition.set("reason", reason);
  if (!message.empty()) condition.set("message", message);
  Value& conditions = pod.edit("status").edit("conditions");
  if (!conditions.is_list()) conditions = Value::list();
  for (Value& known : conditions.edit_items()) {
    if (known["type"].text() != type) continue;
    known = condition;
    return;
  }
  conditions.push_back(condition);
}

bool is_ready(const Value& pod) {
  for (const Value& condition : pod["status"]["conditions"].items()) {
    if (condition["type"].text() == "Ready") return condition["status"].text() == "True";
  }
  return false;
}

// canIgnorePDB of pkg/registry/core/pod/storage/eviction.go.
bool budget_does_not_matter(const Value& pod) {
  const std::string& phase = pod["status"]["phase"].text();
  return phase == "Succeeded" || phase == "Failed" || phase == "Pending" ||
         kube::is_terminating(pod);
}

std::vector<Value> budgets_of(const ServerCore& core, const Value& pod) {
  std::vector<Value> budgets;
  kube::Gvr pdbs{"policy", "v1", "poddisruptionbudgets"};
  for (Value& pdb : all_items(core, pdbs, pod["metadata"]["namespace"].text())) {
    auto selector = kube::LabelSelector::from_value(pdb["spec"]["selector"]);
    if (selector.matches(pod["metadata"]["labels"])) budgets.push_back(std::move(pdb));
  }
  return budgets;
}

bool unhealthy_may_go(const Value& pod, const Value& pdb) {
  if (is_ready(pod)) return false;
  if (pdb["spec"]["unhealthyPodEvictionPolicy"].text() == "AlwaysAllow") return true;
  int64_t desired = pdb["status"]["desiredHealthy"].int_or(0);
  return desired > 0 && pdb["status"]["currentHealthy"].int_or(0) >= desired;
}

kube::StatusError too_many(const std::string& message) {
  auto causes = Value::list({cause("DisruptionBudget", message, "")});
  return kube::StatusError(429, "TooManyRequests",
                           "Cannot evict pod as it would violate the pod's disruption budget.",
                           Value::map({{"causes", causes}}));
}

// Takes one disruption from the budget, or throws 429 (checkAndDecrement).
Value spend(const Value& pdb, const std::string& pod, base::Time now) {
  const std::string& name = pdb["metadata"]["name"].text();
  const Value& status = pdb["status"];
  if (status["observedGeneration"].int_or(0) < pdb["metadata"]["generation"].int_or(0)) {
    throw too_many(
        fmt::format("The disruption budget {} is still being processed by the server.", name));
  }
  int64_t allowed = status["disruptionsAllowed"].int_or(0);
  if (allowed <= 0) {
    throw too_many(
        fmt::format("The disruption budget {} needs {} healthy pods and has {} currently", name,
                    status["desiredHealthy"].int_or(0), status["currentHealthy"].int_or(0)));
  }
  Value next = pdb;
  next.edit("status").set("disruptionsAllowed", allowed - 1);
  next.edit("status").edit("disruptedPods").set(pod, kube::format_time(now));
  return next;
}

DeleteOptions eviction_options(const Value& eviction, const WriteOptions& options) {
  const Value& wanted = eviction["deleteOptions"];
  DeleteOptions deletion;
  deletion.caller = options.caller;
  deletion.dry_run = options.dry_run || !wanted["dryRun"].empty();
  deletion.propagation = wanted["propagationPolicy"].text();
  if (wanted["gracePeriodSeconds"].is_int()) {
    deletion.grace_s = wanted["gracePeriodSeconds"].as_int();
  }
  deletion.uid_precondition = wanted["preconditions"]["uid"].text();
  deletion.resource_version_precondition = wanted["preconditions"]["resourceVersion"].text();
  return deletion;
}

Value issue_token(ServerCore& core, const ApiWrite& write) {
  Value account = find_object(core, *write.resource, write.name());
  if (account.is_null()) throw kube::not_found("serviceaccounts", write.target.name);
  constexpr int64_t kHour = 3600;
  int64_t seconds = write.object["spec"]["expirationSeconds"].int_or(kHour);
  Authenticator::TokenRequest request;
  request.ns = write.target.ns;
  request.account = write.target.name;
  request.account_uid = kube::uid_of(account);
  for (const Value& audience : write.object["spec"]["audiences"].items()) {
    request.audiences.push_back(audience.text());
  }
  if (request.audiences.empty()) {
    request.audiences.push_back("https://kubernetes.default.svc.cluster.local");
  }
  request.now = core.runtime.now();
  request.lifetime = std::chrono::seconds(seconds);
  std::string token = core.authenticator.issue(core.runtime.random(), request);
  Value result = write.object;
  Value audiences = Value::list();
  for (const std::string& audience : request.audiences) audiences.push_back(audience);
  result.edit("spec").set("audiences", audiences);
  result.edit("spec").set("expirationSeconds", seconds);
  result.edit("metadata").set("name", write.target.name);
  result.edit("metadata").set("namespace", write.target.ns);
  result.edit("metadata").set("creationTimestamp", kube::format_time(request.now));
  result.set(
      "status",
      Value::map({{"token", token},
                  {"expirationTimestamp", kube::format_time(request.now + *request.lifetime)}}));
  return result;
}

}  // namespace

Task<Value> Writer::create_subresource(Target target, Value body, WriteOptions options) {
  ApiWrite write = begin(std::move(target), "CREATE", std::move(options));
  const std::string& subresource = write.target.subresource;
  write.object = std::move(body);
  std::string resource = resource_name(*write.resource);
  if (resource == "pods" && subresource == "binding") co_return co_await bind(std::move(write));
  if (resource == "pods" && subresource == "eviction") co_return co_await evict(std::move(write));
  if (resource == "serviceaccounts" && subresource == "token") co_return issue_token(core_, write);
  throw kube::method_not_allowed(resource + "/" + subresource, "create");
}

Task<Value> Writer::bind(ApiWrite write) {
  std::string node = write.object["target"]["name"].text();
  std::string name = write.target.name;
  if (node.empty()) throw kube::bad_request("binding: target.name is required");
  Target target = write.target;
  target.subresource.clear();
  Value annotations = write.object["metadata"]["annotations"];
  Value pod = find_object(core_, *write.resource, write.name());
  if (pod.is_null()) throw kube::not_found("pods", name);
  if (!pod["spec"]["nodeName"].text().empty()) {
    throw kube::conflict("pods/binding", name,
                         fmt::format("pod {} is already assigned to node \"{}\"", name,
                                     pod["spec"]["nodeName"].text()));
  }
  if (kube::is_terminating(pod)) {
    throw kube::conflict(
        "pods/binding", name,
        fmt::format("pod {} is being deleted, cannot be assigned to a host", name));
  }
  pod.edit("spec").set("nodeName", node);
  for (const data::Entry& entry : annotations.entries()) {
    pod.edit("metadata").edit("annotations").set(entry.key, entry.value);
  }
  put_condition(pod, "PodScheduled", "", "", core_.runtime.now());
  write.target.subresource = "binding";
  if (!write.options.dry_run) put_object(core_, write, pod);
  co_return success();
}

Task<Value> Writer::evict(ApiWrite write) {
  const std::string& name = write.target.name;
  if (write.object["metadata"]["name"].text() != name) {
    throw kube::bad_request("name in URL does not match name in Eviction object");
  }
  Value pod = find_object(core_, *write.resource, write.name());
  if (pod.is_null()) throw kube::not_found("pods", name);
  co_await admission_.mutate(write);
  co_await admission_.validate(write);
  DeleteOptions deletion = eviction_options(write.object, write.options);
  if (!budget_does_not_matter(pod)) {
    std::vector<Value> budgets = budgets_of(core_, pod);
    if (budgets.size() > 1) {
      throw kube::StatusError(500, "",
                              "This pod has more than one PodDisruptionBudget, which the eviction "
                              "subresource does not support.");
    }
    if (budgets.size() == 1 && !unhealthy_may_go(pod, budgets[0])) {
      Value next = spend(budgets[0], name, core_.runtime.now());
      kube::ObjectName key = kube::name_of(next);
      if (!deletion.dry_run) core_.store.put("poddisruptionbudgets.policy", key, next);
    }
  }
  if (!deletion.dry_run) {
    put_condition(pod, "DisruptionTarget", "EvictionByEvictionAPI", "Eviction API: evicting",
                  core_.runtime.now());
    put_object(core_, write, pod);
  }
  Target target = write.target;
  target.subresource.clear();
  co_await remove(std::move(target), std::move(deletion));
  co_return success();
}

}  // namespace jibe::twin
