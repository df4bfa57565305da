// Istio installed from its real charts into a cluster in virtual time, for this folder's tests.
#pragma once
#include <string>

#include "istio/release.h"
#include "twin/controllers/pods.h"
#include "twin/mesh/mesh.h"
#include "twin/test_cluster.h"

namespace jibe::twin {

// nullptr where no chart store has that version: $JIBE_CHARTS, then the build's own.
istio::ReleasePtr find_release(const std::string& version);

// Skips the test, visibly, where the charts are absent.
#define JIBE_NEEDS_RELEASE(version)                                                 \
  do {                                                                              \
    if (!find_release(version)) GTEST_SKIP() << "no charts of Istio " << (version); \
  } while (false)

struct TestIstio {
  std::string version = "1.31.0";
  std::string revision;
  // Further fields of IstioOperator's spec, YAML.
  std::string spec = "{}";
};

// The objects that `istioctl install` would apply: profile minimal, hub docker.io/istio.
std::vector<data::Value> istio_objects(const TestIstio& options);

// Applies objects; namespaces are created where they are absent.
Task<void> apply_all(TestWorld world, std::vector<data::Value> objects);
// The same from YAML documents.
Task<void> apply_yaml(TestWorld world, std::string yaml);
// Applies them, and waits until istiod is available.
Task<void> install_istio(TestWorld world, TestIstio options);

// A namespace with one label, or none where the key is "".
data::Value labelled_namespace(const std::string& name, const std::string& key,
                               const std::string& value);
// Pods of the namespace that are neither ended nor ending.
std::vector<data::Value> live_pods(const TestWorld& world, const std::string& ns);

// /debug/syncz of every istiod of the revision, one list.
Task<data::Value> syncz_of(TestWorld world, std::string revision);
// GET of a path from a host inside the cluster: "status body".
Task<std::string> get_from(TestWorld world, std::string host, int port, std::string path,
                           std::string host_header = "");

}  // namespace jibe::twin
