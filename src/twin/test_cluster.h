// A cluster in virtual time, for tests.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/coroutine.h"
#include "rt/runtime.h"
#include "rt/task_group.h"
#include "twin/cluster.h"
#include "twin/controllers/client.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

struct TestWorld {
  rt::Runtime& runtime;
  Cluster& cluster;
  Client client;
};
using TestBody = Task<void> (*)(TestWorld world);

// Runs the body in a fresh cluster, then stops the cluster.
void in_cluster(uint64_t seed, ClusterOptions options, TestBody body);
inline void in_cluster(TestBody body) {
  in_cluster(1, {.name = base::ClusterName("c1")}, body);
}

// Waits in virtual time until it holds, at most a minute; false where it never did.
Task<bool> eventually(rt::Runtime& runtime, std::function<bool()> holds);

data::Value test_namespace(const std::string& name);
// Of one container with that image, labelled app=<name>.
data::Value test_deployment(const std::string& ns, const std::string& name, int64_t replicas,
                            const std::string& image = "example.com/echo:1");
data::Value test_service(const std::string& ns, const std::string& name, int64_t port,
                         const std::string& type = "ClusterIP");

}  // namespace jibe::twin
