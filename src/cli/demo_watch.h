// What a demo looks at all the time while the takeover goes on: a client that asks for a page
// without a pause, and whether exactly one injector is the default in every cluster.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "lifecycle/clusters.h"
#include "twin/cluster.h"

namespace jibe::cli {

// Asks for http://<address>/productpage again and again, from within the cluster's network.
class DemoProbe {
 public:
  explicit DemoProbe(twin::Cluster& cluster) : cluster_(cluster) {}

  // Where the client is led to from now on: what DNS would say.
  void lead_to(std::string address) { address_ = std::move(address); }
  const std::string& address() const { return address_; }
  // Runs until cancelled.
  Task<void> run();
  // One request; "" or what went wrong.
  Task<std::string> ask();

  int64_t asked() const { return asked_; }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  twin::Cluster& cluster_;
  std::string address_;
  int64_t asked_ = 0;
  std::vector<std::string> failures_;
};

// Looks at who injects namespaces labelled istio-injection=enabled: never nobody, never two (S3).
class DemoInvariant {
 public:
  explicit DemoInvariant(lifecycle::Clusters& clusters) : clusters_(clusters) {}

  // Runs until cancelled.
  Task<void> run();

  int64_t looks() const { return looks_; }
  const std::vector<std::string>& violations() const { return violations_; }
  // "istio-system/istiod", by cluster.
  const std::map<base::ClusterName, std::string>& injectors() const { return injectors_; }

 private:
  lifecycle::Clusters& clusters_;
  int64_t looks_ = 0;
  std::vector<std::string> violations_;
  std::map<base::ClusterName, std::string> injectors_;
};

}  // namespace jibe::cli
