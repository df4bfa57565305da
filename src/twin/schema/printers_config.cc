// ConfigMaps, Secrets, RBAC, webhooks, leases and the rest of the cluster's configuration.
#include <fmt/format.h>

#include <map>

#include "base/strings.h"
#include "twin/schema/printers.h"
#include "twin/schema/table.h"

namespace jibe::twin {
namespace {

using data::Value;

Value size_cell(const Value& v) {
  return static_cast<int64_t>(v.size());
}

Value config_map(const Value& o, base::Time now) {
  const auto count = static_cast<int64_t>(o["data"].size() + o["binaryData"].size());
  return Value::list({name_cell(o), count, age_cell(o, now)});
}

Value secret(const Value& o, base::Time now) {
  return Value::list({name_cell(o), o["type"].text(), size_cell(o["data"]), age_cell(o, now)});
}

std::string subjects(const Value& o, std::string_view kind) {
  std::vector<std::string> out;
  for (const Value& s : o["subjects"].items()) {
    if (s["kind"].text() != kind) continue;
    const bool account = kind == "ServiceAccount";
    out.push_back((account ? s["namespace"].text() + "/" : "") + s["name"].text());
  }
  return base::join(out, ", ");
}

Value binding(const Value& o, base::Time now) {
  const Value& role = o["roleRef"];
  return Value::list({name_cell(o), role["kind"].text() + "/" + role["name"].text(),
                      age_cell(o, now), subjects(o, "User"), subjects(o, "Group"),
                      subjects(o, "ServiceAccount")});
}

Value webhooks(const Value& o, base::Time now) {
  return Value::list({name_cell(o), size_cell(o["webhooks"]), age_cell(o, now)});
}

std::string param_kind(const Value& o) {
  const Value& kind = o["spec"]["paramKind"];
  if (!kind.is_map()) return "<unset>";
  return kind["apiVersion"].text() + "/" + kind["kind"].text();
}

Value validating_policy(const Value& o, base::Time now) {
  return Value::list(
      {name_cell(o), size_cell(o["spec"]["validations"]), param_kind(o), age_cell(o, now)});
}

Value mutating_policy(const Value& o, base::Time now) {
  return Value::list(
      {name_cell(o), size_cell(o["spec"]["mutations"]), param_kind(o), age_cell(o, now)});
}

Value policy_binding(const Value& o, base::Time now) {
  const Value& ref = o["spec"]["paramRef"];
  std::string param = "<unset>";
  if (ref.is_map() && ref["name"].is_string()) {
    const std::string& ns = ref["namespace"].text();
    param = (ns.empty() ? "*" : ns) + "/" + ref["name"].text();
  }
  return Value::list({name_cell(o), o["spec"]["policyName"].text(), param, age_cell(o, now)});
}

Value lease(const Value& o, base::Time now) {
  return Value::list({name_cell(o), o["spec"]["holderIdentity"].text(), age_cell(o, now)});
}

Value resource_quota(const Value& o, base::Time now) {
  std::vector<std::string> requests;
  std::vector<std::string> limits;
  const Value& status = o["status"];
  for (const data::Entry& e : status["hard"].entries()) {
    const Value used = text_or(status["used"][e.key], "0");
    auto& column = e.key.starts_with("limits.") ? limits : requests;
    column.push_back(fmt::format("{}: {}/{}", e.key, used.text(), e.value.text()));
  }
  return Value::list(
      {name_cell(o), base::join(requests, ", "), base::join(limits, ", "), age_cell(o, now)});
}

Value priority_class(const Value& o, base::Time now) {
  return Value::list({name_cell(o), count_cell(o["value"]), o["globalDefault"].bool_or(false),
                      age_cell(o, now), o["preemptionPolicy"].text()});
}

Value runtime_class(const Value& o, base::Time now) {
  return Value::list({name_cell(o), o["handler"].text(), age_cell(o, now)});
}

Value signing_request(const Value& o, base::Time now) {
  std::string status = "Pending";
  bool failed = false;
  for (const Value& c : o["status"]["conditions"].items()) {
    const std::string& type = c["type"].text();
    if (type == "Denied" || (type == "Approved" && status != "Denied")) status = type;
    failed = failed || type == "Failed";
  }
  if (failed) status += ",Failed";
  if (!o["status"]["certificate"].text().empty()) status += ",Issued";
  const Value& seconds = o["spec"]["expirationSeconds"];
  const std::string asked =
      seconds.is_int() ? human_duration(std::chrono::seconds(seconds.as_int())) : "<none>";
  return Value::list({name_cell(o), age_cell(o, now), text_or(o["spec"]["signerName"], "<none>"),
                      o["spec"]["username"].text(), asked, status});
}

Value component_status(const Value& o, base::Time) {
  std::string status = "Unknown";
  std::string message;
  std::string error;
  for (const Value& c : o["conditions"].items()) {
    if (c["type"].text() != "Healthy") continue;
    status = c["status"].text() == "True" ? "Healthy" : "Unhealthy";
    message = c["message"].text();
    error = c["error"].text();
  }
  return Value::list({name_cell(o), status, message, error});
}

Value flow_schema(const Value& o, base::Time now) {
  std::string dangling = "?";
  for (const Value& c : o["status"]["conditions"].items()) {
    if (c["type"].text() == "Dangling") dangling = c["status"].text();
  }
  const Value& spec = o["spec"];
  return Value::list({name_cell(o), spec["priorityLevelConfiguration"]["name"].text(),
                      count_cell(spec["matchingPrecedence"]),
                      text_or(spec["distinguisherMethod"]["type"], "<none>"), age_cell(o, now),
                      dangling});
}

Value priority_level(const Value& o, base::Time now) {
  const Value& limited = o["spec"]["limited"];
  const Value& queuing = limited["limitResponse"]["queuing"];
  const auto number = [](const Value& v) { return v.is_int() ? v : Value("<none>"); };
  return Value::list({name_cell(o), o["spec"]["type"].text(),
                      number(limited["nominalConcurrencyShares"]), number(queuing["queues"]),
                      number(queuing["handSize"]), number(queuing["queueLengthLimit"]),
                      age_cell(o, now)});
}

Value service_cidr(const Value& o, base::Time now) {
  return Value::list({name_cell(o), joined(o["spec"]["cidrs"], ""), age_cell(o, now)});
}

Value ip_address(const Value& o, base::Time now) {
  const Value& ref = o["spec"]["parentRef"];
  std::string parent = "<none>";
  if (ref.is_map()) {
    parent = ref["resource"].text();
    if (!ref["group"].text().empty()) parent += "." + ref["group"].text();
    if (!ref["namespace"].text().empty()) parent += "/" + ref["namespace"].text();
    parent += "/" + ref["name"].text();
  }
  return Value::list({name_cell(o), parent, age_cell(o, now)});
}

Value resource_claim(const Value& o, base::Time now) {
  std::string state = o["status"]["allocation"].is_map() ? "allocated" : "pending";
  if (!o["status"]["reservedFor"].empty()) state += ",reserved";
  if (o["metadata"].has("deletionTimestamp")) state = "deleted," + state;
  return Value::list({name_cell(o), state, age_cell(o, now)});
}

Value resource_slice(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  return Value::list({name_cell(o), spec["nodeName"].text(), spec["driver"].text(),
                      spec["pool"]["name"].text(), age_cell(o, now)});
}

using Printers = std::map<std::string_view, Printer>;

Printers admission_printers() {
  const std::vector<Column> hooks = {
      kNameColumn, {"Webhooks", "integer", 0, "How many webhooks are registered."}, kAgeColumn};
  const std::vector<Column> bindings = {kNameColumn, {"PolicyName"}, {"ParamRef"}, kAgeColumn};
  return {
      {"admissionregistration.k8s.io/MutatingWebhookConfiguration", {hooks, webhooks}},
      {"admissionregistration.k8s.io/ValidatingWebhookConfiguration", {hooks, webhooks}},
      {"admissionregistration.k8s.io/ValidatingAdmissionPolicy",
       {{kNameColumn, {"Validations", "integer"}, {"ParamKind"}, kAgeColumn}, validating_policy}},
      {"admissionregistration.k8s.io/MutatingAdmissionPolicy",
       {{kNameColumn, {"Mutations", "integer"}, {"ParamKind"}, kAgeColumn}, mutating_policy}},
      {"admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding", {bindings, policy_binding}},
      {"admissionregistration.k8s.io/MutatingAdmissionPolicyBinding", {bindings, policy_binding}},
  };
}

Printers make_printers() {
  const std::vector<Column> roles = {kNameColumn,
                                     {"Role", "string", 0, "The role that is granted."},
                                     kAgeColumn,
                                     {"Users", "string", 1},
                                     {"Groups", "string", 1},
                                     {"ServiceAccounts", "string", 1}};
  Printers out = {
      {"/ConfigMap",
       {{kNameColumn, {"Data", "string", 0, "Number of entries."}, kAgeColumn}, config_map}},
      {"/Secret",
       {{kNameColumn,
         {"Type", "string", 0, "What the data is for."},
         {"Data", "string", 0, "Number of entries."},
         kAgeColumn},
        secret}},
      {"rbac.authorization.k8s.io/RoleBinding", {roles, binding}},
      {"rbac.authorization.k8s.io/ClusterRoleBinding", {roles, binding}},
      {"coordination.k8s.io/Lease", {{kNameColumn, {"Holder"}, kAgeColumn}, lease}},
      {"/ResourceQuota", {{kNameColumn, {"Request"}, {"Limit"}, kAgeColumn}, resource_quota}},
      {"scheduling.k8s.io/PriorityClass",
       {{kNameColumn,
         {"Value", "integer"},
         {"Global-Default", "boolean"},
         kAgeColumn,
         {"PreemptionPolicy"}},
        priority_class}},
      {"node.k8s.io/RuntimeClass", {{kNameColumn, {"Handler"}, kAgeColumn}, runtime_class}},
      {"certificates.k8s.io/CertificateSigningRequest",
       {{kNameColumn,
         kAgeColumn,
         {"SignerName"},
         {"Requestor"},
         {"RequestedDuration"},
         {"Condition"}},
        signing_request}},
      {"/ComponentStatus", {{kNameColumn, {"Status"}, {"Message"}, {"Error"}}, component_status}},
      {"flowcontrol.apiserver.k8s.io/FlowSchema",
       {{kNameColumn,
         {"PriorityLevel"},
         {"MatchingPrecedence"},
         {"DistinguisherMethod"},
         kAgeColumn,
         {"MissingPL"}},
        flow_schema}},
      {"flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
       {{kNameColumn,
         {"Type"},
         {"NominalConcurrencyShares"},
         {"Queues"},
         {"HandSize"},
         {"QueueLengthLimit"},
         kAgeColumn},
        priority_level}},
      {"networking.k8s.io/ServiceCIDR", {{kNameColumn, {"CIDRs"}, kAgeColumn}, service_cidr}},
      {"networking.k8s.io/IPAddress", {{kNameColumn, {"ParentRef"}, kAgeColumn}, ip_address}},
      {"resource.k8s.io/ResourceClaim", {{kNameColumn, {"State"}, kAgeColumn}, resource_claim}},
      {"resource.k8s.io/ResourceSlice",
       {{kNameColumn, {"Node"}, {"Driver"}, {"Pool"}, kAgeColumn}, resource_slice}},
  };
  out.merge(admission_printers());
  return out;
}

}  // namespace

const Printer* config_printer(std::string_view group_kind) {
  static const Printers kPrinters = make_printers();
  const auto found = kPrinters.find(group_kind);
  return found == kPrinters.end() ? nullptr : &found->second;
}

}  // namespace jibe::twin
