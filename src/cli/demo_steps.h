// The steps of `jibe demo`, each on clients alone, so that they are the same in virtual and in real
// time.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "api/kinds.h"
#include "base/names.h"
#include "base/task.h"
#include "kube/client.h"

namespace jibe::cli {

// Waits until the ILM or GLM reports HEALTHY for every cluster and revision; throws base::Error
// with what the status says where it fails or takes longer than `span`.
Task<void> wait_healthy(kube::Client& management, api::KindInfo kind, kube::ObjectName name,
                        base::Duration span);

// Who injects namespaces labelled istio-injection=enabled, and what is wrong with that ("" = all
// well: exactly one injector, which is also the default tag's and the validator's).
struct DefaultInjector {
  std::string injector;
  std::string trouble;
};
Task<DefaultInjector> default_injector(kube::Client& client);

}  // namespace jibe::cli
