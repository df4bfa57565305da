// LoadBalancer Services: what a cloud provider's service controller does
// (k8s.io/cloud-provider/controllers/service, 1.36), with addresses on loopback.
#include <fmt/core.h>

#include <set>

#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

class ServiceController : public Controller {
 public:
  ServiceController(Context context, int second_octet)
      : Controller(context, "service-controller"), second_octet_(second_octet) {}

 protected:
  void watch() override { on_objects(kServices); }
  Task<void> sync(std::string key) override;

 private:
  std::string free_address(const data::Value& service);
  Task<void> ensure(data::Value service);
  Task<void> clear(data::Value service);

  int second_octet_;
  // Where to go on looking, so that an address that was just freed is not given away at once.
  uint32_t next_ = 0;
};

const std::string& address_of(const data::Value& service) {
  return service["status"]["loadBalancer"]["ingress"][0]["ip"].text();
}

std::string ServiceController::free_address(const data::Value& service) {
  std::set<std::string> taken;
  for (const data::Value& other : client_.items(kServices))
    for (const data::Value& ingress : other["status"]["loadBalancer"]["ingress"].items())
      taken.insert(ingress["ip"].text());
  const std::string& wanted = service["spec"]["loadBalancerIP"].text();
  const std::string prefix = fmt::format("127.{}.", second_octet_);
  if (wanted.starts_with(prefix) && !taken.contains(wanted)) return wanted;
  constexpr uint32_t kAddresses = 256 * 254;
  for (uint32_t tries = 0; tries < kAddresses; ++tries) {
    const uint32_t n = next_++ % kAddresses;
    std::string ip = fmt::format("{}{}.{}", prefix, n / 254, n % 254 + 1);
    if (!taken.contains(ip)) return ip;
  }
  throw base::Error("No loopback address is left for another LoadBalancer Service; delete some.");
}

Task<void> ServiceController::ensure(data::Value service) {
  if (!address_of(service).empty()) co_return;
  co_await events_.normal(service, "EnsuringLoadBalancer", "Ensuring load balancer");
  // Events take turns on the loop: the address is chosen after them, and stored before the next.
  const std::string ip = free_address(service);
  const data::Value ingress = data::Value::map({{"ip", ip}, {"ipMode", "VIP"}});
  data::Value status = service["status"];
  status.set("loadBalancer", data::Value::map({{"ingress", data::Value::list({ingress})}}));
  service.set("status", status);
  service = co_await client_.update_status(kServices, service);
  co_await events_.normal(service, "EnsuredLoadBalancer", "Ensured load balancer");
}

Task<void> ServiceController::clear(data::Value service) {
  if (service["status"]["loadBalancer"]["ingress"].empty()) co_return;
  data::Value status = service["status"];
  status.set("loadBalancer", data::Value::map({}));
  service.set("status", status);
  co_await client_.update_status(kServices, service);
}

Task<void> ServiceController::sync(std::string key) {
  const auto service = client_.get(kServices, key);
  if (!service || kube::is_terminating(*service)) co_return;
  const data::Value& spec = (*service)["spec"];
  if (spec["type"].text() != "LoadBalancer") {
    co_await clear(*service);
  } else if (spec["loadBalancerClass"].text().empty()) {
    co_await ensure(*service);
  }
}

}  // namespace

std::unique_ptr<Controller> make_service_controller(Context context, int second_octet) {
  return std::make_unique<ServiceController>(context, second_octet);
}

}  // namespace jibe::twin
