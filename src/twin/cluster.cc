#include "twin/cluster.h"

#include <fmt/core.h>
#include <fnmatch.h>

#include "base/coroutine.h"
#include "rt/sync.h"
#include "rt/task_group.h"
#include "twin/bootstrap.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kubelet.h"
#include "twin/controllers/network.h"
#include "twin/controllers/objects.h"
#include "twin/identity.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

constexpr int kApiPort = 6443;

// 10.x: even for pods, odd for Services.
std::string network_of(int index, int half) {
  return fmt::format("10.{}", (index % 128) * 2 + half);
}

// 127.0 stays free for the API servers' own sockets.
int load_balancer_octet(int index) {
  return 20 + index % 200;
}

// A program together with its way to the API server.
class PodProgram : public PodProcess {
 public:
  PodProgram(std::unique_ptr<http::Handler> api, std::unique_ptr<PodProcess> process)
      : api_(std::move(api)), process_(std::move(process)) {}

  Task<void> run() override { return process_->run(); }
  http::Handler* listener(int port) override { return process_->listener(port); }
  bool ready() const override { return process_->ready(); }

 private:
  std::unique_ptr<http::Handler> api_;
  std::unique_ptr<PodProcess> process_;
};

class EmbeddedCluster : public Cluster {
 public:
  EmbeddedCluster(rt::Runtime& runtime, ClusterOptions options);

  const base::ClusterName& name() const override { return options_.name; }
  rt::Runtime& runtime() override { return runtime_; }
  Api& api() override { return *server_; }
  http::Handler& http() override { return server_->http(); }
  Server& server() override { return *server_; }
  void add_behaviour(std::string image_pattern, Behaviour behaviour) override {
    behaviours_.emplace_back(std::move(image_pattern), std::move(behaviour));
  }
  http::Handler* connect(const std::string& host, int port) override {
    return network_->connect(host, port);
  }
  void set_failing_images(std::vector<std::string> patterns) override {
    kubelet_->set_failing_images(std::move(patterns));
  }
  Task<void> run() override;
  Task<void> wait_ready() override { return ready_.wait(); }

 private:
  void add_controllers(Context context);
  std::unique_ptr<PodProcess> make_process(const data::Value& pod, const std::string& container);
  std::string node_ip() const { return network_of(options_.index, 0) + ".255.1"; }

  rt::Runtime& runtime_;
  ClusterOptions options_;
  std::unique_ptr<Server> server_;
  std::vector<std::pair<std::string, Behaviour>> behaviours_;
  std::unique_ptr<Kubelet> kubelet_;
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Controller>> controllers_;
  rt::Event ready_;
};

std::unique_ptr<Server> make_server_of(rt::Runtime& runtime, const ClusterOptions& options) {
  ServerOptions server;
  server.kubernetes_version = options.kubernetes_version;
  server.service_network = network_of(options.index, 1);
  return make_server(runtime, server);
}

EmbeddedCluster::EmbeddedCluster(rt::Runtime& runtime, ClusterOptions options)
    : runtime_(runtime),
      options_(std::move(options)),
      server_(make_server_of(runtime, options_)),
      ready_(runtime) {
  const Context context{runtime_, *server_};
  KubeletOptions kubelet;
  kubelet.start_delay = options_.start_delay;
  kubelet.ready_delay = options_.ready_delay;
  kubelet.pod_network = network_of(options_.index, 0);
  kubelet.make_process = [this](const data::Value& pod, const std::string& container) {
    return make_process(pod, container);
  };
  kubelet_ = std::make_unique<Kubelet>(context, std::move(kubelet));
  network_ = std::make_unique<Network>(context, *kubelet_);
  network_->add_listener(node_ip(), kApiPort, &server_->http());
  server_->set_webhooks(network_.get());
  add_controllers(context);
}

void EmbeddedCluster::add_controllers(Context context) {
  controllers_.push_back(make_service_account_controller(context));
  controllers_.push_back(make_root_ca_controller(context, options_.ca_pem));
  controllers_.push_back(make_namespace_controller(context));
  controllers_.push_back(make_garbage_collector(context));
  controllers_.push_back(make_deployment_controller(context));
  controllers_.push_back(make_replica_set_controller(context));
  controllers_.push_back(make_replication_controller(context));
  controllers_.push_back(make_stateful_set_controller(context));
  controllers_.push_back(make_daemon_set_controller(context));
  controllers_.push_back(make_job_controller(context));
  controllers_.push_back(make_cron_job_controller(context));
  controllers_.push_back(make_volume_controller(context));
  controllers_.push_back(make_hpa_controller(context));
  controllers_.push_back(make_disruption_controller(context));
  controllers_.push_back(make_quota_controller(context));
  controllers_.push_back(make_service_controller(context, load_balancer_octet(options_.index)));
  controllers_.push_back(make_endpoint_slice_controller(context));
  controllers_.push_back(make_endpoints_controller(context));
  controllers_.push_back(make_event_ttl_controller(context));
  controllers_.push_back(make_scheduler(context));
}

std::unique_ptr<PodProcess> EmbeddedCluster::make_process(const data::Value& pod,
                                                          const std::string& container) {
  std::string image;
  for (const char* list : {"containers", "initContainers"})
    for (const data::Value& spec : pod["spec"][list].items())
      if (spec["name"].text() == container) image = spec["image"].text();
  for (const auto& [pattern, behaviour] : behaviours_) {
    if (fnmatch(pattern.c_str(), image.c_str(), 0) != 0) continue;
    const std::string& account = pod["spec"]["serviceAccountName"].text();
    auto api = acting_as_service_account(server_->http(), object_namespace(pod),
                                         account.empty() ? "default" : account);
    auto process = behaviour(PodContext{*this, pod, container, *api});
    if (!process) return nullptr;
    return std::make_unique<PodProgram>(std::move(api), std::move(process));
  }
  return nullptr;
}

Task<void> EmbeddedCluster::run() {
  BootstrapOptions options;
  options.cluster_name = options_.name.str();
  options.kubernetes_version = options_.kubernetes_version;
  options.service_network = network_of(options_.index, 1);
  options.node_ip = node_ip();
  options.api_port = kApiPort;
  rt::TaskGroup group(runtime_);
  network_->start(group);
  co_await bootstrap(*server_, options, to_timestamp(runtime_.now()));
  for (const auto& controller : controllers_) controller->start(group);
  kubelet_->start(group);
  ready_.set();
  co_await group.join();
}

}  // namespace

std::unique_ptr<Cluster> make_cluster(rt::Runtime& runtime, ClusterOptions options) {
  return std::make_unique<EmbeddedCluster>(runtime, std::move(options));
}

}  // namespace jibe::twin
