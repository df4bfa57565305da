// apiserver pkg/admission/plugin/resourcequota of 1.36, with what is used counted at the moment of
// the write instead of taken from the quota's status.
#include "twin/schema/quota.h"

#include "base/strings.h"
#include "kube/status.h"
#include "twin/server/plugins.h"

namespace jibe::twin {

namespace {

using data::Value;

std::vector<Value> objects_of(const ServerCore& core, const std::string& key,
                              const std::string& ns) {
  std::vector<Value> out;
  const ObjectStore::Objects& all = core.store.all(key);
  for (auto next = all.lower_bound({ns, ""}); next != all.end() && next->first.ns == ns; ++next) {
    out.push_back(next->second);
  }
  return out;
}

std::string listed(const std::vector<std::pair<std::string, std::string>>& amounts) {
  std::vector<std::string> out;
  for (const auto& [name, amount] : amounts) out.push_back(name + "=" + amount);
  return base::join(out, ",");
}

// "" or what the write would go beyond.
std::string excess(const ServerCore& core, const ApiWrite& write, const Value& quota) {
  const std::string resource = write.resource->gvr.group_resource();
  const QuotaUsage wanted = quota_usage(quota, resource, write.object);
  const QuotaUsage before =
      write.old.is_null() ? QuotaUsage() : quota_usage(quota, resource, write.old);
  std::vector<std::pair<std::string, std::string>> requested;
  std::vector<std::pair<std::string, std::string>> used;
  std::vector<std::pair<std::string, std::string>> limited;
  QuotaUsage counted;
  for (const auto& [name, amount] : wanted) {
    const auto had = before.find(name);
    const kube::Quantity more = had == before.end() ? amount : amount - had->second;
    if (more <= kube::Quantity()) continue;
    if (counted.empty()) {
      counted = quota_used(
          quota, [&](const std::string& key) { return objects_of(core, key, write.target.ns); });
    }
    const auto hard = kube::Quantity::of_value(quota["spec"]["hard"][name]);
    if (!hard || counted[name] + more <= *hard) continue;
    requested.emplace_back(name, more.str());
    used.emplace_back(name, counted[name].str());
    limited.emplace_back(name, hard->str());
  }
  if (requested.empty()) return "";
  return fmt::format("exceeded quota: {}, requested: {}, used: {}, limited: {}",
                     quota["metadata"]["name"].text(), listed(requested), listed(used),
                     listed(limited));
}

}  // namespace

void admit_quota(const ServerCore& core, const ApiWrite& write) {
  const bool counts = write.operation == "CREATE" || write.operation == "UPDATE";
  if (!counts || write.target.ns.empty() || !write.target.subresource.empty()) return;
  const std::string resource = resource_name(*write.resource);
  for (const Value& quota : objects_of(core, "resourcequotas", write.target.ns)) {
    std::string why;
    if (resource == "pods" && write.operation == "CREATE") {
      const std::string unspecified = quota_unspecified(quota, write.object);
      if (!unspecified.empty()) {
        why = fmt::format("failed quota: {}: {}", quota["metadata"]["name"].text(), unspecified);
      }
    }
    if (why.empty()) why = excess(core, write, quota);
    if (why.empty()) continue;
    throw kube::forbidden(resource, write.object["metadata"]["name"].text(), why);
  }
}

}  // namespace jibe::twin
