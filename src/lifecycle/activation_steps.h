// Moving a cluster's default revision, step by step (src/istio/activation.h says why in this
// order). Level-triggered: each call looks at what is there and does what is missing, so it may be
// ended at any instant and called again.
//
// The record of what was there before is ConfigMap istio-system/jibe-default-revision-<rev>; it is
// written before the first change.
#pragma once
#include <optional>
#include <string>

#include "base/names.h"
#include "base/task.h"
#include "istio/release.h"
#include "kube/client.h"

namespace jibe::lifecycle {

struct DefaultRevision {
  base::Revision revision;
  std::string istio_namespace = "istio-system";
  istio::ReleasePtr release;
};

// Makes the revision the default one. A sentence where it cannot be done yet; nothing where tag,
// injector and validator agree on it.
Task<std::optional<std::string>> activate_default(kube::Client& client, DefaultRevision wanted);

// Where the revision is the default because of activate_default: restores what was before.
Task<void> deactivate_default(kube::Client& client, DefaultRevision wanted);

// True where namespaces labelled istio-injection=enabled are injected by this revision.
Task<bool> is_default_revision(kube::Client& client, base::Revision revision);

}  // namespace jibe::lifecycle
