#include "twin/test_cluster.h"

#include <gtest/gtest.h>

namespace jibe::twin {

namespace {

using data::Value;

Task<void> drive(rt::Runtime& runtime, Cluster& cluster, TestBody body) {
  rt::TaskGroup group(runtime);
  group.spawn("cluster", cluster.run());
  std::exception_ptr error;
  try {
    co_await cluster.wait_ready();
    co_await body(TestWorld{runtime, cluster, Client(cluster.api(), "test", "system:admin")});
  } catch (...) {
    error = std::current_exception();
  }
  co_await group.stop();
  if (error) std::rethrow_exception(error);
}

Value labels(const std::string& name) {
  return Value::map({{"app", name}});
}

}  // namespace

void in_cluster(uint64_t seed, ClusterOptions options, TestBody body) {
  rt::SimulatedOptions simulated;
  simulated.seed = seed;
  auto runtime = rt::make_simulated_runtime(simulated);
  auto cluster = make_cluster(*runtime, std::move(options));
  runtime->run(drive(*runtime, *cluster, body));
  if (testing::Test::HasFailure()) std::fputs(runtime->event_log().c_str(), stderr);
}

Task<bool> eventually(rt::Runtime& runtime, std::function<bool()> holds) {
  for (int i = 0; i < 1200; ++i) {
    if (holds()) co_return true;
    co_await runtime.sleep(std::chrono::milliseconds(50));
  }
  co_return false;
}

Value test_namespace(const std::string& name) {
  return Value::map(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", name}})}});
}

Value test_deployment(const std::string& ns, const std::string& name, int64_t replicas,
                      const std::string& image) {
  const Value container = Value::map(
      {{"name", "main"},
       {"image", image},
       {"ports", Value::list({Value::map({{"name", "http"}, {"containerPort", 8080}})})},
       {"readinessProbe", Value::map({{"httpGet", Value::map({{"path", "/"}, {"port", 8080}})}})}});
  const Value pod_template =
      Value::map({{"metadata", Value::map({{"labels", labels(name)}})},
                  {"spec", Value::map({{"containers", Value::list({container})}})}});
  return Value::map({{"apiVersion", "apps/v1"},
                     {"kind", "Deployment"},
                     {"metadata", Value::map({{"name", name}, {"namespace", ns}})},
                     {"spec", Value::map({{"replicas", replicas},
                                          {"selector", Value::map({{"matchLabels", labels(name)}})},
                                          {"template", pod_template}})}});
}

Value test_service(const std::string& ns, const std::string& name, int64_t port,
                   const std::string& type) {
  return Value::map(
      {{"apiVersion", "v1"},
       {"kind", "Service"},
       {"metadata", Value::map({{"name", name}, {"namespace", ns}})},
       {"spec", Value::map({{"type", type},
                            {"selector", labels(name)},
                            {"ports", Value::list({Value::map({{"name", "http"},
                                                               {"port", port},
                                                               {"targetPort", "http"}})})}})}});
}

}  // namespace jibe::twin
