// The simulated kubelet of all nodes of a cluster: takes pods that are bound to a node through
// their life, and runs behaviours in place of images.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "twin/controllers/controller.h"
#include "twin/controllers/pod_process.h"

namespace jibe::twin {

class PodWorker;

struct KubeletOptions {
  // From scheduled to running (drawn from 80 % to 120 % of it), and from running to ready.
  base::Duration start_delay = std::chrono::milliseconds(300);
  base::Duration ready_delay = std::chrono::milliseconds(200);
  // The first two bytes of pod IPs, a /16.
  std::string pod_network = "10.244";
  MakeProcess make_process;
};

// What answers on a pod's port, and keeps it alive while it answers.
struct PodListener {
  http::Handler* handler = nullptr;
  std::shared_ptr<PodProcess> process;
};

class Kubelet : public Controller {
 public:
  Kubelet(Context context, KubeletOptions options);
  ~Kubelet() override;

  // handler is null where no pod has that IP or nothing listens on that port.
  PodListener listener(const std::string& pod_ip, int port) const;
  // Pulling such images (fnmatch patterns) fails from now on.
  void set_failing_images(std::vector<std::string> patterns);

 protected:
  void watch() override;
  Task<void> sync(std::string key) override;
  void spawn_more(rt::TaskGroup& group) override;

 private:
  friend class PodWorker;
  void see(const WatchEvent& event);
  void start_worker(const data::Value& pod);
  Task<void> run_worker(std::shared_ptr<PodWorker> worker);
  std::string take_ip();
  bool pull_fails(const std::string& image) const;
  // A span between 80 % and 120 % of it.
  base::Duration around(base::Duration span);
  std::string host_ip(const std::string& node) const;

  KubeletOptions options_;
  rt::TaskGroup* group_ = nullptr;
  // By uid.
  std::map<std::string, std::shared_ptr<PodWorker>> workers_;
  std::multimap<std::string, PodWorker*> by_ip_;
  std::set<std::string> pulled_;
  std::vector<std::string> failing_images_;
  uint32_t next_ip_ = 0;
};

}  // namespace jibe::twin
