// A cluster as the guide finds it, for tests: an unmanaged Istio without revision, installed by the
// in-cluster operator, a managed revision 1-15 beside it, one application and one gateway each.
#pragma once
#include <string>

#include "takeover/cluster_state.h"
#include "takeover/goal.h"

namespace jibe::takeover {

struct TestCluster {
  TestCluster();

  // An application of one Deployment with one pod, injected by `revision` ("" = the old one).
  void add_app(const std::string& ns, const std::string& name, const std::string& revision,
               const std::string& namespace_labels = R"({"istio-injection":"enabled"})");
  void add_gateway(const std::string& ns, const std::string& name, const std::string& revision,
                   const std::string& labels);
  void add_service(const std::string& ns, const std::string& name, const std::string& selector,
                   const std::string& address, const std::string& labels = "{}");
  // The default revision as jibe leaves it.
  void activate();
  // Every proxy of every pod is connected to the istiod of its own revision, in sync.
  ClusterState state() const;
  // The Deployment of that name, to change it.
  data::Value& deployment(const std::string& name);
  static Goal goal(bool gateways_moved = false);

  ClusterState raw;

 private:
  void add_pod(const std::string& ns, const std::string& deployment, const std::string& revision,
               bool gateway);
};

}  // namespace jibe::takeover
