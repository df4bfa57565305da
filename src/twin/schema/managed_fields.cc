#include "twin/schema/managed_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "kube/object.h"
#include "kube/status.h"
#include "kube/time.h"
#include "twin/schema/managers.h"
#include "twin/schema/typed.h"

namespace jibe::twin {
namespace {

using data::Value;

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr size_t kMaxUpdaters = 10;

// What nobody owns (managedfields/internal/stripmeta.go).
const FieldSet& unowned() {
  static const FieldSet kSet = [] {
    FieldSet out;
    for (const char* name : {"apiVersion", "kind", "metadata"}) {
      out.insert({field_element(name)});
    }
    for (const char* name : {"name", "namespace", "creationTimestamp", "selfLink", "uid",
                             "clusterName", "generation", "managedFields", "resourceVersion"}) {
      out.insert({field_element("metadata"), field_element(name)});
    }
    return out;
  }();
  return kSet;
}

// Fields that a write through this path cannot change (GetResetFields of the registry strategies).
FieldSet reset_fields(const Resource& resource, std::string_view subresource) {
  FieldSet out;
  if (subresource.empty()) {
    if (resource.has_subresource("status")) out.insert({field_element("status")});
  } else if (subresource == "status") {
    out.insert({field_element("spec")});
    if (resource.is_custom()) out.insert({field_element("metadata")});
    if (resource.gvr.group == "apps" && resource.kind == "Deployment") {
      out.insert({field_element("metadata"), field_element("labels")});
    }
  }
  return out;
}

Value without_managed_fields(const Value& object) {
  Value out = object;
  if (out["metadata"].has("managedFields")) out.edit("metadata").erase("managedFields");
  return out;
}

void drop_empty(Managers& managers) {
  std::erase_if(managers, [](const auto& m) { return m.second.fields.empty(); });
}

void strip(Managers& managers, const ManagerKey& key) {
  const auto found = managers.find(key);
  if (found == managers.end()) return;
  found->second.fields = found->second.fields.without(unowned());
  if (found->second.fields.empty()) managers.erase(found);
}

// The fields that others lose to a change, by owner.
using Conflicts = std::map<ManagerKey, FieldSet>;

Conflicts conflicts_of(const Managers& managers, const ManagerKey& self, const Comparison& change) {
  Conflicts out;
  const FieldSet changed = change.modified.united(change.added);
  for (const auto& [key, owned] : managers) {
    if (key == self) continue;
    FieldSet lost = owned.fields.intersected(changed);
    if (!lost.empty()) out[key] = std::move(lost);
  }
  return out;
}

void take_over(Managers& managers, const ManagerKey& self, const Conflicts& conflicts,
               const FieldSet& removed) {
  for (auto& [key, owned] : managers) {
    if (key == self) continue;
    const auto lost = conflicts.find(key);
    if (lost != conflicts.end()) owned.fields = owned.fields.without(lost->second);
    owned.fields = owned.fields.without(removed);
  }
  drop_empty(managers);
}

Comparison comparison_of(const Resource& resource, const Value& before, const Value& after,
                         const FieldSet& ignored) {
  Comparison out = compare_typed(resource.schema->root(), before, after);
  out.removed = out.removed.without_trees(ignored);
  out.modified = out.modified.without_trees(ignored);
  out.added = out.added.without_trees(ignored);
  return out;
}

// Beyond ten updaters the oldest become one (capmanagers.go).
void cap_updaters(Managers& managers) {
  std::vector<ManagerKey> updaters;
  for (const auto& [key, owned] : managers) {
    if (!key.applies) updaters.push_back(key);
  }
  std::ranges::stable_sort(updaters, [&](const ManagerKey& a, const ManagerKey& b) {
    return managers[a].time < managers[b].time;
  });
  std::map<std::string, ManagerKey> first;
  size_t count = updaters.size();
  for (const ManagerKey& key : updaters) {
    if (count <= kMaxUpdaters) return;
    const ManagerKey bucket{"ancient-changes", false, key.api_version, ""};
    const auto [at, is_new] = first.emplace(key.api_version, key);
    if (is_new) continue;
    if (!managers.contains(bucket)) {
      managers[bucket] = managers[at->second];
      managers.erase(at->second);
    }
    managers[bucket].fields = managers[bucket].fields.united(managers[key].fields);
    managers[bucket].time = managers[key].time;
    managers.erase(key);
    --count;
  }
}

void update_managers(const Resource& resource, const Value& before, const Value& after,
                     Managers& managers, const FieldWriter& writer) {
  // A name of its own, so that fields that the writer already has count as changed, too.
  const ManagerKey self{"", false, "", "current-operation"};
  const Comparison change =
      comparison_of(resource, before, after, reset_fields(resource, writer.subresource));
  take_over(managers, self, conflicts_of(managers, self, change), change.removed);
  managers[self] = {change.modified.united(change.added), resource.gvr.api_version(), ""};
  strip(managers, self);
  const auto mine = managers.find(self);
  if (mine != managers.end()) {
    const FieldSet fields = mine->second.fields;
    managers.erase(mine);
    const std::string version = resource.gvr.api_version();
    const std::string name = writer.manager.empty() ? "unknown" : writer.manager;
    Ownership& owned = managers[{name, false, version, writer.subresource}];
    owned.fields = owned.fields.united(fields);
    owned.api_version = version;
    owned.time = kube::format_time(writer.now);
  }
  cap_updaters(managers);
}

Managers decode_or_empty(const Value& managed_fields) {
  try {
    return decode_managers(managed_fields);
  } catch (const base::InvalidInput&) {
    return {};
  }
}

// An empty list, or one empty entry, is how clients ask to forget.
bool is_reset(const Value& managed_fields) {
  if (!managed_fields.is_list()) return false;
  return managed_fields.empty() ||
         (managed_fields.size() == 1 && managed_fields[0].is_map() && managed_fields[0].empty());
}

void store(Value& object, const Managers& managers) {
  if (managers.empty()) {
    if (object["metadata"].has("managedFields")) object.edit("metadata").erase("managedFields");
  } else {
    object.edit("metadata").set("managedFields", encode_managers(managers));
  }
}

kube::StatusError conflict_error(const Conflicts& conflicts) {
  Value causes = Value::list();
  std::string details;
  std::string single;
  size_t count = 0;
  for (const auto& [key, fields] : conflicts) {
    details += (details.empty() ? "" : "\n") + ("conflicts with " + key.str() + ":");
    fields.each([&](const FieldSet::Path& path) {
      const std::string where = to_string(path);
      details += "\n- " + where;
      single = fmt::format("conflict with {}: {}", key.str(), where);
      ++count;
      causes.push_back(Value::map({{"reason", "FieldManagerConflict"},
                                   {"message", "conflict with " + key.str()},
                                   {"field", where}}));
    });
  }
  const std::string message =
      count == 1 ? "Apply failed with 1 conflict: " + single
                 : fmt::format("Apply failed with {} conflicts: {}", count, details);
  return {409, "Conflict", message, Value::map({{"causes", causes}})};
}

// Fields that the manager had and no longer applies go, unless somebody else has them, or nobody
// had them (structured-merge-diff merge/update.go prune).
struct Pruned {
  // With null for what became empty; ownership is compared with it.
  Value for_ownership;
  Value result;
};

Pruned prune_dropped(const SchemaNode& root, const Value& merged, const Managers& managers,
                     const FieldSet& last) {
  if (last.empty()) return {merged, merged};
  const auto named = [&](const FieldSet& s) { return s.with_named_members(&root); };
  const auto fields = [&](const Value& v) { return named(to_field_set(root, v)); };
  const auto removed = [&](const FieldSet& s, Emptied emptied = Emptied::kNull) {
    Value out = remove_items(root, merged, s, emptied);
    return out.is_null() ? Value::map() : out;
  };
  FieldSet owned;
  for (const auto& [key, m] : managers) owned = owned.united(m.fields);
  const FieldSet all = fields(merged);
  Value pruned = removed(named(last));
  pruned = removed(all.without(fields(pruned).united(named(owned))));
  const FieldSet gone = all.without(fields(pruned)).intersected(named(last));
  return {removed(gone), removed(gone, Emptied::kGone)};
}

class Applier {
 public:
  Applier(const Resource& resource, const Value& live, const Value& applied,
          const FieldWriter& writer)
      : resource_(resource),
        root_(resource.schema->root()),
        live_(live.is_null() ? Value::map() : without_managed_fields(live)),
        applied_(applied),
        writer_(writer),
        version_(resource.gvr.api_version()),
        self_{writer.manager.empty() ? "unknown" : writer.manager, true, "", writer.subresource} {}

  Value run(const Value& managed_fields, bool force) {
    check();
    managers_ = read_managers(managed_fields);
    if (managers_.empty() && !live_.empty()) {
      const FieldWriter before{"before-first-apply", writer_.subresource, writer_.now};
      update_managers(resource_, Value::map(), live_, managers_, before);
    }
    FieldSet last;
    if (const auto found = managers_.find(self_); found != managers_.end()) {
      last = found->second.fields;
    }
    own_applied_fields();
    Pruned pruned = prune_dropped(root_, merge_typed(root_, live_, applied_), managers_, last);
    resolve_conflicts(pruned.for_ownership, force);
    Value merged = std::move(pruned.result);
    strip(managers_, self_);
    const bool changed = !(merged == live_);
    if (changed && managers_.contains(self_)) {
      managers_[self_].time = kube::format_time(writer_.now);
    }
    if (writer_.manager == "kubectl") refresh_last_applied(merged);
    store(merged, managers_);
    return merged;
  }

 private:
  void check() const {
    if (applied_["apiVersion"].text() != version_) {
      throw kube::bad_request(
          fmt::format("Incorrect version specified in apply patch. Specified patch version: {}, "
                      "expected: {}",
                      applied_["apiVersion"].text(), version_));
    }
    if (!applied_["metadata"]["managedFields"].is_null()) {
      throw kube::bad_request("metadata.managedFields must be nil");
    }
    const std::vector<std::string> errors = validate_typed(root_, applied_, false);
    if (errors.empty()) return;
    std::string text = errors[0];
    if (errors.size() > 1) text = "errors:\n  " + base::join(errors, "\n  ");
    const kube::ObjectName name = kube::name_of(applied_);
    // Without a reason, as kube-apiserver answers with errors that are no API errors.
    throw kube::StatusError(
        500, "",
        fmt::format("failed to create typed patch object ({}/{}; {}, Kind={}): {}", name.ns,
                    name.name, version_, resource_.kind, text));
  }

  static Managers read_managers(const Value& managed_fields) {
    try {
      return decode_managers(managed_fields);
    } catch (const base::InvalidInput& e) {
      throw kube::StatusError(500, "", std::string("failed to decode managed fields: ") + e.what());
    }
  }

  void own_applied_fields() {
    Ownership& owned = managers_[self_];
    owned.fields =
        to_field_set(root_, applied_).without_trees(reset_fields(resource_, writer_.subresource));
    owned.api_version = version_;
  }

  void resolve_conflicts(const Value& merged, bool force) {
    const Comparison change =
        comparison_of(resource_, live_, merged, reset_fields(resource_, writer_.subresource));
    const Conflicts conflicts = conflicts_of(managers_, self_, change);
    if (!force && !conflicts.empty()) {
      const Conflicts serious = without_client_side_ones(conflicts);
      if (!serious.empty()) throw conflict_error(serious);
    }
    take_over(managers_, self_, conflicts, change.removed);
  }

  // Moving from client-side apply to server-side apply with kubectl: what the last applied
  // configuration says, and the object still has, was kubectl's already.
  Conflicts without_client_side_ones(const Conflicts& conflicts) const {
    if (writer_.manager != "kubectl") return conflicts;
    const std::string& text = kube::annotation_of(live_, kLastApplied);
    if (text.empty()) return conflicts;
    FieldSet allowed;
    try {
      const Value last = data::parse_json(text);
      if (last["apiVersion"].text() != version_) return conflicts;
      const Comparison drift = compare_typed(root_, last, live_);
      allowed = to_field_set(root_, last)
                    .without(drift.modified)
                    .without(drift.added)
                    .without(drift.removed);
    } catch (const base::InvalidInput&) {
      return conflicts;
    }
    Conflicts out;
    for (const auto& [key, fields] : conflicts) {
      FieldSet left = fields.without(allowed);
      if (!left.empty()) out[key] = std::move(left);
    }
    return out;
  }

  void refresh_last_applied(Value& merged) const {
    if (kube::annotation_of(merged, kLastApplied).empty()) return;
    Value config = applied_;
    if (config["metadata"]["annotations"].has(kLastApplied)) {
      config.edit("metadata").edit("annotations").erase(kLastApplied);
    }
    merged.edit("metadata").edit("annotations").set(kLastApplied, data::to_json(config) + "\n");
  }

  const Resource& resource_;
  const SchemaNode& root_;
  Value live_;
  Value applied_;
  FieldWriter writer_;
  std::string version_;
  ManagerKey self_;
  Managers managers_;
};

}  // namespace

Value apply_object(const Resource& resource, const Value& live, const Value& applied,
                   const FieldWriter& writer, bool force) {
  return Applier(resource, live, applied, writer).run(live["metadata"]["managedFields"], force);
}

void track_update(const Resource& resource, const Value& old, Value& object,
                  const FieldWriter& writer) {
  const Value& given = object["metadata"]["managedFields"];
  const Value& stored = old["metadata"]["managedFields"];
  const bool by_subresource = !writer.subresource.empty();
  Managers managers;
  if (by_subresource || !is_reset(given)) {
    managers = by_subresource ? Managers{} : decode_or_empty(given);
    if (managers.empty()) managers = decode_or_empty(stored);
  }
  const Value after = without_managed_fields(object);
  const bool is_create = old.is_null();
  if (managers.empty() && !is_create) {
    store(object, managers);
    return;
  }
  update_managers(resource, is_create ? Value::map() : without_managed_fields(old), after, managers,
                  writer);
  store(object, managers);
}

bool equal_ignoring_managed_times(const Value& a, const Value& b) {
  const auto timeless = [](Value object) {
    if (!object["metadata"]["managedFields"].is_list()) return object;
    for (Value& entry : object.edit("metadata").edit("managedFields").edit_items()) {
      entry.erase("time");
    }
    return object;
  };
  return timeless(a) == timeless(b);
}

}  // namespace jibe::twin
