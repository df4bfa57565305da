#include "istio/proxy_status.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/coroutine.h"
#include "data/json.h"
#include "kube/object.h"

namespace jibe::istio {

namespace {

const kube::Gvr kPods{"", "v1", "pods"};

bool is_running(const data::Value& pod) {
  return pod["status"]["phase"].text() == "Running" && !kube::is_terminating(pod);
}

Task<std::string> syncz_on(kube::Client& client, kube::ObjectName pod, int port) {
  kube::ObjectName with_port{pod.ns, fmt::format("{}:{}", pod.name, port)};
  co_return co_await client.get_raw(
      kube::resource_path(kPods, with_port.ns, with_port.name, "proxy") + "/debug/syncz");
}

// The first port that answers; the error of the last one otherwise.
Task<std::string> syncz_of(kube::Client& client, kube::ObjectName pod) {
  try {
    co_return co_await syncz_on(client, pod, 15014);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error&) {
    // istiod serves its debug pages on the HTTP port, too; older ones only there
  }
  co_return co_await syncz_on(client, pod, 8080);
}

}  // namespace

Task<ProxyStatus> proxy_status(kube::Client& client) {
  kube::ListOptions istiods;
  istiods.labels = "app=istiod";
  auto pods = co_await client.list(kPods, "", istiods);
  ProxyStatus out;
  for (const auto& pod : pods.items) {
    if (!is_running(pod)) continue;
    auto name = kube::name_of(pod);
    try {
      auto text = co_await syncz_of(client, name);
      auto parsed = data::parse_json(text);
      auto found = connections_of(parsed, name.name);
      out.connections.insert(out.connections.end(), found.begin(), found.end());
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      out.unreachable.push_back(fmt::format("istiod {} of {} does not tell its proxies: {}",
                                            name.str(), client.options().where, error.what()));
    }
  }
  std::stable_sort(out.connections.begin(), out.connections.end(),
                   [](const auto& a, const auto& b) { return a.proxy < b.proxy; });
  co_return out;
}

}  // namespace jibe::istio
