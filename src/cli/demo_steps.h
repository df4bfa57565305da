// The steps of `jibe demo`, each on clients alone, so that they are the same in virtual and in real
// time.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "kube/client.h"

namespace jibe::cli {

// Waits until the ILM reports HEALTHY for every cluster and revision; throws base::Error with what
// the status says where it fails or takes longer than `span`.
Task<void> wait_healthy(kube::Client& management, kube::ObjectName ilm, base::Duration span);

// Sets defaultRevision of every cluster of the ILM, as `kubectl edit` would.
Task<void> set_default_revision(kube::Client& management, kube::ObjectName ilm, bool value);

// Who injects namespaces labelled istio-injection=enabled, and what is wrong with that ("" = all
// well: exactly one injector, which is also the default tag's and the validator's).
struct DefaultInjector {
  std::string injector;
  std::string trouble;
};
Task<DefaultInjector> default_injector(kube::Client& client);

// Waits until the default injector is "<namespace>/<service>"; throws where two or none inject at
// any look, or where it takes longer than `span`. Gives how often it looked.
Task<int> wait_default_injector(kube::Client& client, std::string wanted, base::Duration span);

}  // namespace jibe::cli
