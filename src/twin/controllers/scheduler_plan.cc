#include "twin/controllers/scheduler_plan.h"

#include <fmt/core.h>

#include <charconv>
#include <map>

#include "base/strings.h"
#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

int64_t number(const std::string& text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool requirement_holds(const data::Value& requirement, const std::string* value) {
  const std::string& op = requirement["operator"].text();
  const auto listed = [&] {
    for (const data::Value& candidate : requirement["values"].items())
      if (value != nullptr && candidate.text() == *value) return true;
    return false;
  };
  if (op == "In") return listed();
  if (op == "NotIn") return !listed();
  if (op == "Exists") return value != nullptr;
  if (op == "DoesNotExist") return value == nullptr;
  if (value == nullptr) return false;
  const int64_t bound = number(requirement["values"][0].text());
  return op == "Gt" ? number(*value) > bound : number(*value) < bound;
}

bool term_holds(const data::Value& term, const data::Value& node) {
  const data::Value& expressions = term["matchExpressions"];
  const data::Value& fields = term["matchFields"];
  if (expressions.empty() && fields.empty()) return false;
  for (const data::Value& requirement : expressions.items()) {
    const data::Value* label = node["metadata"]["labels"].find(requirement["key"].text());
    if (!requirement_holds(requirement, label == nullptr ? nullptr : &label->text())) return false;
  }
  for (const data::Value& requirement : fields.items())
    if (!requirement_holds(requirement, &object_name(node))) return false;
  return true;
}

bool tolerates(const data::Value& toleration, const data::Value& taint) {
  const std::string& effect = toleration["effect"].text();
  if (!effect.empty() && effect != taint["effect"].text()) return false;
  const std::string& key = toleration["key"].text();
  if (!key.empty() && key != taint["key"].text()) return false;
  if (toleration["operator"].text() == "Exists") return true;
  return !key.empty() && toleration["value"].text() == taint["value"].text();
}

}  // namespace

bool matches_node_affinity(const data::Value& pod, const data::Value& node) {
  const data::Value& spec = pod["spec"];
  for (const data::Entry& wanted : spec["nodeSelector"].entries())
    if (node["metadata"]["labels"][wanted.key] != wanted.value) return false;
  const data::Value& required =
      spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
  if (required.is_null()) return true;
  for (const data::Value& term : required["nodeSelectorTerms"].items())
    if (term_holds(term, node)) return true;
  return false;
}

data::Value untolerated_taint(const data::Value& pod, const data::Value& node,
                              const std::vector<std::string>& effects) {
  for (const data::Value& taint : node["spec"]["taints"].items()) {
    bool matters = false;
    for (const std::string& effect : effects) matters = matters || taint["effect"].text() == effect;
    if (!matters) continue;
    bool tolerated = false;
    for (const data::Value& toleration : pod["spec"]["tolerations"].items())
      tolerated = tolerated || tolerates(toleration, taint);
    if (!tolerated) return taint;
  }
  return nullptr;
}

std::string misfit(const data::Value& pod, const data::Value& node) {
  if (node["spec"]["unschedulable"].bool_or(false)) {
    const data::Value taint =
        data::Value::map({{"key", "node.kubernetes.io/unschedulable"}, {"effect", "NoSchedule"}});
    bool tolerated = false;
    for (const data::Value& toleration : pod["spec"]["tolerations"].items())
      tolerated = tolerated || tolerates(toleration, taint);
    if (!tolerated) return "node(s) were unschedulable";
  }
  const data::Value taint = untolerated_taint(pod, node, {"NoSchedule", "NoExecute"});
  if (!taint.is_null()) return fmt::format("node(s) had untolerated taint(s)");
  if (!matches_node_affinity(pod, node)) return "node(s) didn't match Pod's node affinity/selector";
  return "";
}

Placement place(const data::Value& pod, const std::vector<data::Value>& nodes,
                const std::vector<data::Value>& pods) {
  std::map<std::string, size_t> reasons;
  std::map<std::string, size_t> load;
  if (nodes.size() > 1)
    for (const data::Value& other : pods)
      if (is_pod_active(other)) ++load[other["spec"]["nodeName"].text()];
  const data::Value* best = nullptr;
  for (const data::Value& node : nodes) {
    const std::string reason = misfit(pod, node);
    if (!reason.empty()) {
      ++reasons[reason];
    } else if (best == nullptr || load[object_name(node)] < load[object_name(*best)]) {
      best = &node;
    }
  }
  if (best != nullptr) return {object_name(*best), ""};
  if (nodes.empty()) return {"", "no nodes available to schedule pods"};
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) parts.push_back(fmt::format("{} {}", count, reason));
  return {"", fmt::format("0/{} nodes are available: {}.", nodes.size(), base::join(parts, ", "))};
}

}  // namespace jibe::twin
