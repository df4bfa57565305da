// What `jibe template --dry-run=server` asks of the cluster (helm 4.2.3: pkg/action/install.go,
// validate.go, pkg/engine/lookup_func.go).
#pragma once
#include "cli/connect.h"
#include "helm/render.h"
#include "rt/runtime.h"

namespace jibe::cli {

class TemplateCluster : public helm::Lookup {
 public:
  // The runtime must be idle: every question is one run of it.
  TemplateCluster(rt::Runtime& runtime, kube::Client& client)
      : runtime_(runtime), client_(client) {}

  // What the cluster serves, as .Capabilities shows it. Throws where it cannot be reached.
  helm::Capabilities capabilities();
  data::Value lookup(const std::string& api_version, const std::string& kind,
                     const std::string& object_namespace, const std::string& name) override;
  // Throws where the cluster serves no such kind, and, unless `take_ownership`, where an object
  // is there already and belongs to another release.
  void check(const helm::RenderResult& result, const helm::Release& release, bool take_ownership);

 private:
  rt::Runtime& runtime_;
  kube::Client& client_;
};

}  // namespace jibe::cli
