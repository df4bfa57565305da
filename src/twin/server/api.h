// The API server's verbs as plain coroutines over values: what HTTP requests end in, and what the
// twin's own controllers call without the detour over bytes. Every write goes through the same
// steps as in kube-apiserver: decode and field validation → defaults → mutating webhooks → schema
// and built-in validation → validating webhooks → managed fields → store → watch events.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "kube/object.h"
#include "kube/selector.h"
#include "kube/status.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// Who asks. These verbs are granted to everybody; HTTP requests are authorized (authorize.h).
struct Caller {
  std::string user = "system:admin";
  std::vector<std::string> groups = {"system:masters"};
  // Names the field manager of writes that name none: the part before the first '/'.
  std::string user_agent = "unknown";
};

// A request's target: resource, and what of it. `name` is empty for collections.
struct Target {
  kube::Gvr gvr;
  std::string ns;
  std::string name;
  std::string subresource;
};

struct WriteOptions {
  Caller caller;
  std::string field_manager;
  bool dry_run = false;
  bool force = false;  // of server-side apply
  // "Strict", "Warn" or "Ignore".
  std::string field_validation = "Warn";
  // Filled with what a client is told in Warning headers; not owned, may be null.
  std::vector<std::string>* warnings = nullptr;
  // What the reader of the body found (`duplicate field "x"`): counts as an unknown field does.
  std::vector<std::string> findings;
};

struct DeleteOptions {
  Caller caller;
  // "Background", "Foreground", "Orphan", or "" for the kind's own default.
  std::string propagation = "Background";
  std::optional<int64_t> grace_s;
  std::string uid_precondition;
  std::string resource_version_precondition;
  bool dry_run = false;
  // As in WriteOptions.
  std::vector<std::string>* warnings = nullptr;
};

struct ListOptions {
  kube::LabelSelector labels;
  kube::FieldSelector fields;
  int64_t limit = 0;
  std::string continue_token;
  std::string resource_version;
  // "", "Exact" or "NotOlderThan".
  std::string resource_version_match;
};

enum class PatchType { kJson, kMerge, kStrategic, kApply };

// type is ADDED, MODIFIED, DELETED or BOOKMARK. `old` is the previous state, null for ADDED.
struct WatchEvent {
  std::string type;
  data::Value object;
  data::Value old;
};

// Ends the subscription when it dies.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

class Api {
 public:
  virtual ~Api() = default;

  // nullptr where no such resource is served. The version may be "" for "the preferred one".
  virtual ResourcePtr find(const kube::Gvr& gvr) const = 0;
  virtual ResourcePtr find_kind(const kube::Gvk& gvk) const = 0;
  virtual std::vector<ResourcePtr> resources() const = 0;

  // Reads of the current state; no copies of trees. get() throws kube::StatusError 404.
  virtual data::Value get(const Target& target) const = 0;
  virtual std::optional<data::Value> try_get(const Target& target) const = 0;
  // A list object: kind, apiVersion, metadata.resourceVersion, items.
  virtual data::Value list(const Target& target, const ListOptions& options) const = 0;
  // The items alone, for controllers.
  virtual std::vector<data::Value> items(const kube::Gvr& gvr,
                                         const std::string& ns = "") const = 0;

  // Writes give the object as stored. All throw kube::StatusError.
  virtual Task<data::Value> create(Target target, data::Value object, WriteOptions options) = 0;
  virtual Task<data::Value> update(Target target, data::Value object, WriteOptions options) = 0;
  virtual Task<data::Value> patch(Target target, PatchType type, data::Value patch,
                                  WriteOptions options) = 0;
  // The object as it is after the call (still there where finalizers or grace hold it).
  virtual Task<data::Value> remove(Target target, DeleteOptions options) = 0;
  virtual Task<data::Value> remove_collection(Target target, ListOptions which,
                                              DeleteOptions options) = 0;

  // Calls `on_event` for every change of the resource, all namespaces, at once after the write and
  // before the writer goes on; it must not write by itself (enqueue instead).
  virtual std::unique_ptr<Subscription> subscribe(
      const kube::Gvr& gvr, std::function<void(const WatchEvent&)> on_event) = 0;
};

}  // namespace jibe::twin
