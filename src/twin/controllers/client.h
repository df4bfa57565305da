// The Api as one component of the control plane uses it: with its own identity and field manager.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "kube/status.h"
#include "twin/server/api.h"

namespace jibe::twin {

// What a write gave: the object, or why not.
struct Outcome {
  data::Value object;
  std::optional<kube::StatusError> error;
  bool ok() const { return !error.has_value(); }
};

class Client {
 public:
  // `component` is the user agent, and thereby the field manager: "kube-controller-manager".
  Client(Api& api, std::string component, std::string user);

  Api& api() const { return api_; }
  std::optional<data::Value> get(const kube::Gvr& gvr, const std::string& ns,
                                 const std::string& name) const;
  std::optional<data::Value> get(const kube::Gvr& gvr, const std::string& key) const;
  std::vector<data::Value> items(const kube::Gvr& gvr, const std::string& ns = "") const;

  // The object says where it belongs. All throw kube::StatusError.
  Task<data::Value> create(kube::Gvr gvr, data::Value object) const;
  Task<data::Value> update(kube::Gvr gvr, data::Value object) const;
  Task<data::Value> update_status(kube::Gvr gvr, data::Value object) const;
  // Through any subresource: "finalize", "binding", "eviction".
  Task<data::Value> create_sub(kube::Gvr gvr, data::Value object, std::string subresource) const;
  Task<data::Value> update_sub(kube::Gvr gvr, data::Value object, std::string subresource) const;
  // Merge patch; with a uid in it, of that very object alone.
  Task<data::Value> merge(kube::Gvr gvr, data::Value of, data::Value patch) const;
  // Of that very object (uid precondition); no error where it is gone already.
  Task<void> remove(kube::Gvr gvr, data::Value object, std::optional<int64_t> grace_s = {},
                    std::string propagation = "Background") const;

  Task<Outcome> try_create(kube::Gvr gvr, data::Value object) const;
  Task<Outcome> try_update(kube::Gvr gvr, data::Value object) const;
  Task<Outcome> try_update_status(kube::Gvr gvr, data::Value object) const;

 private:
  WriteOptions write_options() const;

  Api& api_;
  Caller caller_;
};

}  // namespace jibe::twin
