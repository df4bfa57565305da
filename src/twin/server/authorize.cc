#include "twin/server/authorize.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "base/strings.h"

namespace jibe::twin {

namespace {

using data::Value;

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";

std::string resource_of(const Access& access) {
  const Target& target = access.target;
  return target.subresource.empty() ? target.gvr.resource
                                    : target.gvr.resource + "/" + target.subresource;
}

bool holds(const Value& list, std::string_view text) {
  auto items = list.items();
  return std::any_of(items.begin(), items.end(),
                     [&](const Value& item) { return item.text() == text; });
}

bool holds_or_all(const Value& list, std::string_view text) {
  return holds(list, "*") || holds(list, text);
}

bool covers_resource(const Value& rule, const Access& access) {
  const Target& target = access.target;
  if (!holds_or_all(rule["apiGroups"], target.gvr.group)) return false;
  const bool any_such =
      !target.subresource.empty() && holds(rule["resources"], "*/" + target.subresource);
  if (!any_such && !holds_or_all(rule["resources"], resource_of(access))) return false;
  return rule["resourceNames"].empty() || holds(rule["resourceNames"], target.name);
}

bool covers_path(const Value& rule, const std::string& path) {
  for (const Value& entry : rule["nonResourceURLs"].items()) {
    const std::string& url = entry.text();
    if (url == path || (url.ends_with('*') && path.starts_with(url.substr(0, url.size() - 1))))
      return true;
  }
  return false;
}

bool covers(const Value& rule, const Access& access) {
  if (!holds_or_all(rule["verbs"], access.verb)) return false;
  return access.path.empty() ? covers_resource(rule, access) : covers_path(rule, access.path);
}

bool is_subject(const Value& subject, const Access& access) {
  const std::string& kind = subject["kind"].text();
  const std::string& name = subject["name"].text();
  if (kind == "User") return name == access.user;
  if (kind == "Group")
    return std::find(access.groups.begin(), access.groups.end(), name) != access.groups.end();
  return access.user == "system:serviceaccount:" + subject["namespace"].text() + ":" + name;
}

const Value* subject_in(const Value& binding, const Access& access) {
  for (const Value& subject : binding["subjects"].items())
    if (is_subject(subject, access)) return &subject;
  return nullptr;
}

std::string plural(const std::string& kind) {
  return base::lower(kind) + "s." + std::string(kRbac);
}

// Calls `look` with each rule, its binding and the subject, until it gives true.
using Look = std::function<bool(const Value& rule, const Value& binding, const Value& subject)>;

bool visit_binding(const ObjectStore& store, const Access& access, const Value& binding,
                   const Look& look) {
  const Value* subject = subject_in(binding, access);
  if (!subject) return false;
  const Value& reference = binding["roleRef"];
  const bool local = reference["kind"].text() == "Role";
  const std::string ns = local ? binding["metadata"]["namespace"].text() : "";
  const Value* role = store.find(plural(reference["kind"].text()), {ns, reference["name"].text()});
  if (!role) return false;
  for (const Value& rule : (*role)["rules"].items())
    if (look(rule, binding, *subject)) return true;
  return false;
}

void visit(const ObjectStore& store, const Access& access, const Look& look) {
  for (const auto& [name, binding] : store.all(plural("ClusterRoleBinding")))
    if (visit_binding(store, access, binding, look)) return;
  if (access.target.ns.empty()) return;
  for (const auto& [name, binding] : store.all(plural("RoleBinding")))
    if (name.ns == access.target.ns && visit_binding(store, access, binding, look)) return;
}

std::string words_for(const Value& subject) {
  const std::string& ns = subject["namespace"].text();
  const std::string name = ns.empty() ? subject["name"].text() : subject["name"].text() + "/" + ns;
  return fmt::format("{} \"{}\"", subject["kind"].text(), name);
}

std::string words_for_binding(const Value& binding, const Value& subject) {
  const std::string name = kube::name_of(binding).ns.empty()
                               ? kube::name_of(binding).name
                               : kube::name_of(binding).name + "/" + kube::name_of(binding).ns;
  return fmt::format("RBAC: allowed by {} \"{}\" of {} \"{}\" to {}", binding["kind"].text(), name,
                     binding["roleRef"]["kind"].text(), binding["roleRef"]["name"].text(),
                     words_for(subject));
}

}  // namespace

std::optional<std::string> why_allowed(const ObjectStore& store, const Access& access) {
  const auto& groups = access.groups;
  if (std::find(groups.begin(), groups.end(), "system:masters") != groups.end()) return "";
  std::optional<std::string> why;
  visit(store, access, [&](const Value& rule, const Value& binding, const Value& subject) {
    if (covers(rule, access)) why = words_for_binding(binding, subject);
    return why.has_value();
  });
  return why;
}

std::vector<Value> rules_in(const ObjectStore& store, const Access& access) {
  std::vector<Value> rules;
  visit(store, access, [&](const Value& rule, const Value&, const Value&) {
    rules.push_back(rule);
    return false;
  });
  return rules;
}

void authorize(const ObjectStore& store, const Access& access) {
  if (why_allowed(store, access)) return;
  const Target& target = access.target;
  if (!access.path.empty())
    throw kube::StatusError(403, "Forbidden",
                            fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", access.user,
                                        access.verb, access.path));
  const std::string where = target.ns.empty() ? "at the cluster scope"
                                              : fmt::format("in the namespace \"{}\"", target.ns);
  throw kube::forbidden(
      target.gvr.group_resource(), target.name,
      fmt::format("User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}", access.user,
                  access.verb, resource_of(access), target.gvr.group, where));
}

}  // namespace jibe::twin
