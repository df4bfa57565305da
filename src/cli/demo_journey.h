// The guide's journey from start to end on embedded clusters: the same in real and in virtual time.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/demo_screen.h"
#include "cli/demo_watch.h"
#include "cli/embedded.h"
#include "cli/releases.h"
#include "cli/scenario.h"
#include "cli/variables.h"
#include "takeover/run.h"

namespace jibe::cli {

struct DemoPlan {
  istio::Version old_charts;
  std::string old_tag;  // another one than the charts' where the store lacks that release
  istio::Version new_version;
  base::Revision revision;
  std::string note;  // what the user should know about this choice, or ""
};
// The guide's two releases where they are installed, else the two newest minors, else the newest
// one's charts with the tag of the minor before it. Throws base::InvalidInput.
DemoPlan plan_demo(const std::vector<istio::Version>& known, const std::string& old_version,
                   const std::string& new_version, const std::string& revision);

class DemoJourney : public takeover::Listener {
 public:
  // All outlive it.
  DemoJourney(rt::Runtime& runtime, const istio::ChartStore& charts, DemoPlan plan,
              DemoScreen& screen);

  // Throws base::Error where a step fails, a request was lost or an invariant did not hold. With a
  // kubeconfig to write, the clusters stay up for kubectl until the task is cancelled.
  Task<void> run(std::string kubeconfig = "");
  // A table, per cluster: proxies and versions before and after, time, and what was removed.
  std::string summary() const;

 private:
  struct Account {
    size_t proxies_before = 0;
    size_t proxies_after = 0;
    size_t restarts = 0;
    size_t removed = 0;
    base::Duration took{};
  };

  Task<void> journey();
  Task<void> prepare_clusters();
  Task<void> start_server();
  Task<void> deploy();
  Task<void> try_new_revision();
  Task<void> verify_untouched();
  Task<void> watch();
  Task<void> take_over(const base::ClusterName& name, bool gateways_moved);
  Task<void> lead_clients_to_new_gateways();
  Task<void> apply_example(kube::Client& client, std::string file);
  Task<std::string> address_of(kube::Client& client, kube::ObjectName service);
  Task<void> keep(std::string kubeconfig);
  void check() const;
  void say(const std::string& text);
  void show_state();
  Task<void> keep_current();

  void begins(const base::ClusterName& cluster, const takeover::Step& step) override;
  void ended(const base::ClusterName& cluster, const takeover::Step& step,
             const takeover::Removed& removed) override;
  void kept(const base::ClusterName& cluster, const std::string& sentence) override;

  rt::Runtime& runtime_;
  const istio::ChartStore& charts_;
  DemoPlan plan_;
  DemoScreen& screen_;
  Releases releases_;
  Scenario scenario_;
  Variables variables_;
  std::unique_ptr<EmbeddedClusters> embedded_;
  rt::TaskGroup group_;
  lifecycle::FixedClusters workload_;
  std::unique_ptr<kube::Client> management_;
  std::unique_ptr<DemoProbe> probe_;
  std::unique_ptr<DemoInvariant> invariant_;
  base::Time started_{};
  std::map<base::ClusterName, Account> accounts_;
};

}  // namespace jibe::cli
