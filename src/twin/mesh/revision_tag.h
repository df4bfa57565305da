// What `istioctl tag set default` does, as an installation does it by itself to become the default
// one (istioctl/pkg/tag, 1.14 to 1.31): the webhooks of tag `default` are written, the injector
// without a revision gets selectors that match nothing, and the default validator follows.
#pragma once
#include <string>

#include "base/names.h"
#include "base/task.h"
#include "istio/release.h"
#include "kube/client.h"

namespace jibe::twin {

// True where there is no injector yet: the next installation is the cluster's first.
Task<bool> is_first_installation(kube::Client& client);

// Deletes the webhooks of tag `default`.
Task<void> remove_default_tag(kube::Client& client);

struct DefaultTag {
  istio::ReleasePtr release;
  base::Revision revision;
  std::string istio_namespace = "istio-system";
};
// Does nothing where the revision has no injector of its own (its control plane is elsewhere).
Task<void> set_default_tag(kube::Client& client, DefaultTag tag);

}  // namespace jibe::twin
