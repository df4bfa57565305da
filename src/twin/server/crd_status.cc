#include "twin/server/crd_status.h"

#include "base/error.h"
#include "data/json.h"
#include "kube/time.h"
#include "twin/schema/schema.h"

namespace jibe::twin {

namespace {

void set_condition(data::Value& crd, base::Time now, const std::string& type, bool is_true,
                   const std::string& reason, const std::string& message) {
  std::string status = is_true ? "True" : "False";
  data::Value& conditions = crd.edit("status").edit("conditions");
  if (!conditions.is_list()) conditions = data::Value::list();
  auto fresh = data::Value::map({{"type", type},
                                 {"status", status},
                                 {"lastTransitionTime", kube::format_time(now)},
                                 {"reason", reason},
                                 {"message", message}});
  for (data::Value& condition : conditions.edit_items()) {
    if (condition["type"].text() != type) continue;
    if (condition["status"].text() == status) {
      fresh.set("lastTransitionTime", condition["lastTransitionTime"]);
    }
    condition = fresh;
    return;
  }
  conditions.push_back(fresh);
}

struct Clash {
  std::string reason;
  std::string message;
};

// First come, first served among the definitions and kinds of one group
// (apiextensions-apiserver pkg/controller/status/naming_controller.go).
std::optional<Clash> find_clash(const ServerCore& core, const data::Value& crd) {
  const data::Value& names = crd["spec"]["names"];
  const std::string& group = crd["spec"]["group"].text();
  std::string own = crd["metadata"]["name"].text();
  std::set<std::string> taken_names;
  std::set<std::string> taken_kinds;
  for (const ResourcePtr& other : core.registry.all()) {
    if (other->gvr.group != group || other->gvr.group_resource() == own) continue;
    taken_names.insert(other->gvr.resource);
    taken_names.insert(other->singular);
    taken_names.insert(other->short_names.begin(), other->short_names.end());
    taken_kinds.insert(other->kind);
    taken_kinds.insert(other->list_kind);
  }
  auto check = [](const std::set<std::string>& taken, const std::string& name,
                  const char* reason) -> std::optional<Clash> {
    if (name.empty() || !taken.count(name)) return std::nullopt;
    return Clash{reason, data::go_quote(name) + " is already in use"};
  };
  if (auto c = check(taken_names, names["plural"].text(), "PluralConflict")) return c;
  if (auto c = check(taken_names, names["singular"].text(), "SingularConflict")) return c;
  for (const data::Value& name : names["shortNames"].items()) {
    if (auto c = check(taken_names, name.text(), "ShortNamesConflict")) return c;
  }
  if (auto c = check(taken_kinds, names["kind"].text(), "KindConflict")) return c;
  return check(taken_kinds, names["listKind"].text(), "ListKindConflict");
}

void remember_stored_versions(data::Value& crd) {
  std::string storage;
  for (const data::Value& version : crd["spec"]["versions"].items()) {
    if (version["storage"].bool_or(false)) storage = version["name"].text();
  }
  data::Value& stored = crd.edit("status").edit("storedVersions");
  if (!stored.is_list()) stored = data::Value::list();
  for (const data::Value& version : stored.items()) {
    if (version.text() == storage) return;
  }
  if (!storage.empty()) stored.push_back(storage);
}

}  // namespace

void settle_crd(const ServerCore& core, data::Value& crd) {
  base::Time now = core.runtime.now();
  remember_stored_versions(crd);
  std::optional<Clash> clash = find_clash(core, crd);
  if (clash) {
    if (!crd["status"].has("acceptedNames")) {
      crd.edit("status").set("acceptedNames", data::Value::map({{"plural", ""}, {"kind", ""}}));
    }
    set_condition(crd, now, "NamesAccepted", false, clash->reason, clash->message);
    if (condition_status(crd, "Established") != "True") {
      set_condition(crd, now, "Established", false, "NotAccepted", "not all names are accepted");
    }
    return;
  }
  crd.edit("status").set("acceptedNames", crd["spec"]["names"]);
  set_condition(crd, now, "NamesAccepted", true, "NoConflicts", "no conflicts found");
  set_condition(crd, now, "Established", true, "InitialNamesAccepted",
                "the initial names have been accepted");
}

void hold_for_instances(data::Value& crd) {
  if (has_finalizer(crd, kCrdCleanup) || kube::is_terminating(crd)) return;
  data::Value& finalizers = crd.edit("metadata").edit("finalizers");
  if (!finalizers.is_list()) finalizers = data::Value::list();
  finalizers.push_back(kCrdCleanup);
}

data::Value check_crd(const data::Value& crd) {
  data::Value causes = data::Value::list();
  size_t index = 0;
  for (const data::Value& version : crd["spec"]["versions"].items()) {
    std::string field = fmt::format("spec.versions[{}].schema.openAPIV3Schema", index++);
    const data::Value& schema = version["schema"]["openAPIV3Schema"];
    if (schema.is_null()) continue;
    try {
      Schema::of_crd(schema);
    } catch (const base::InvalidInput& error) {
      causes.push_back(
          cause("FieldValueInvalid", std::string("Invalid value: ") + error.what(), field));
    }
  }
  return causes;
}

void mark_crd_terminating(const ServerCore& core, data::Value& crd) {
  set_condition(crd, core.runtime.now(), "Terminating", true, "InstanceDeletionInProgress",
                "CustomResource deletion is in progress");
}

}  // namespace jibe::twin
