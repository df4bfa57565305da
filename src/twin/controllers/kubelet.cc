#include "twin/controllers/kubelet.h"

#include <fmt/core.h>
#include <fnmatch.h>

#include "base/coroutine.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pod_worker.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

Kubelet::Kubelet(Context context, KubeletOptions options)
    : Controller(context, "kubelet", 1, "kubelet"), options_(std::move(options)) {}

Kubelet::~Kubelet() = default;

PodListener Kubelet::listener(const std::string& pod_ip, int port) const {
  const auto [begin, end] = by_ip_.equal_range(pod_ip);
  for (auto it = begin; it != end; ++it) {
    PodListener found = it->second->listener(port);
    if (found.handler != nullptr) return found;
  }
  return {};
}

void Kubelet::set_failing_images(std::vector<std::string> patterns) {
  failing_images_ = std::move(patterns);
}

bool Kubelet::pull_fails(const std::string& image) const {
  for (const std::string& pattern : failing_images_)
    if (fnmatch(pattern.c_str(), image.c_str(), 0) == 0) return true;
  return false;
}

base::Duration Kubelet::around(base::Duration span) {
  const double factor = 0.8 + 0.4 * runtime_.random().unit();
  return base::Duration(static_cast<int64_t>(static_cast<double>(span.count()) * factor));
}

std::string Kubelet::take_ip() {
  while (true) {
    const uint32_t n = next_ip_++;
    std::string ip = fmt::format("{}.{}.{}", options_.pod_network, n / 254 % 256, n % 254 + 1);
    if (!by_ip_.contains(ip)) return ip;
  }
}

std::string Kubelet::host_ip(const std::string& node) const {
  if (const auto found = client_.get(kNodes, "", node))
    for (const data::Value& address : (*found)["status"]["addresses"].items())
      if (address["type"].text() == "InternalIP") return address["address"].text();
  return "127.0.0.1";
}

void Kubelet::watch() {
  on(kPods, [this](const WatchEvent& event) { see(event); });
  const auto wake_waiting = [this](const WatchEvent& event) {
    if (event.type == "DELETED") return;
    for (const auto& [uid, worker] : workers_)
      worker->wake_if_waiting(object_namespace(event.object));
  };
  on(kConfigMaps, wake_waiting);
  on(kSecrets, wake_waiting);
}

void Kubelet::spawn_more(rt::TaskGroup& group) {
  group_ = &group;
  for (const data::Value& pod : client_.items(kPods)) start_worker(pod);
}

void Kubelet::see(const WatchEvent& event) {
  const auto it = workers_.find(kube::uid_of(event.object));
  if (it != workers_.end()) {
    it->second->wake();
  } else if (group_ != nullptr && event.type != "DELETED") {
    start_worker(event.object);
  }
}

void Kubelet::start_worker(const data::Value& pod) {
  if (pod["spec"]["nodeName"].text().empty()) return;
  const bool terminating = kube::is_terminating(pod);
  if (terminating && pod["metadata"]["deletionGracePeriodSeconds"].int_or(30) == 0) return;
  if (is_pod_finished(pod) && !terminating) return;
  auto worker = std::make_shared<PodWorker>(*this, pod);
  workers_[kube::uid_of(pod)] = worker;
  const std::string& ip = pod["status"]["podIP"].text();
  if (!ip.empty()) by_ip_.emplace(ip, worker.get());
  group_->spawn("pod " + key_of(pod), run_worker(worker));
}

Task<void> Kubelet::run_worker(std::shared_ptr<PodWorker> worker) {
  std::exception_ptr error;
  try {
    co_await worker->run();
  } catch (...) {
    error = std::current_exception();
  }
  std::erase_if(workers_, [&](const auto& entry) { return entry.second == worker; });
  std::erase_if(by_ip_, [&](const auto& entry) { return entry.second == worker.get(); });
  if (error) std::rethrow_exception(error);
}

Task<void> Kubelet::sync(std::string) {
  co_return;
}

}  // namespace jibe::twin
