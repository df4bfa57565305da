// What a running istiod keeps right in its cluster: the CA bundle in its own webhooks, the
// validator's failure policy, and the root certificate in every namespace.
#pragma once
#include <string>

#include "kube/cache.h"
#include "rt/sync.h"
#include "rt/task_group.h"
#include "twin/mesh/webhook_face.h"

namespace jibe::twin {

class Upkeep {
 public:
  // Both must outlive it.
  Upkeep(kube::Client& client, const IstiodIdentity& identity);

  // Spawns the caches; returns once they have synced.
  Task<void> start(rt::TaskGroup& group);
  // Until cancelled. What fails is logged and tried again.
  Task<void> run(std::string root_pem);

 private:
  Task<bool> reconcile();
  Task<bool> attempt(std::string what, Task<void> step);
  Task<void> distribute_root(std::string ns);
  Task<void> patch_injector(data::Value configuration);
  Task<void> patch_validator(data::Value configuration);
  // A resource that must be refused is, so the validator is reached and works.
  Task<bool> rejects_bad_config();

  kube::Client& client_;
  const IstiodIdentity& identity_;
  std::string root_pem_;
  std::string ca_bundle_;
  bool validates_ = false;
  rt::Event changed_;
  kube::Cache namespaces_;
  kube::Cache root_maps_;
  kube::Cache injectors_;
  kube::Cache validators_;
};

}  // namespace jibe::twin
