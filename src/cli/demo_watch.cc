#include "cli/demo_watch.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/injection.h"
#include "istio/names.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

constexpr base::Duration kBetweenRequests = std::chrono::milliseconds(50);
constexpr base::Duration kBetweenLooks = std::chrono::milliseconds(200);
constexpr int kPort = 80;

// Who injects namespaces labelled istio-injection=enabled: one, nobody, or several.
Task<std::vector<std::string>> default_injectors(kube::Client& client) {
  auto configurations =
      co_await client.list({"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"});
  co_return istio::distinct_injectors(istio::injectors_of(
      configurations.items, data::Value::map({{istio::kInjectionLabel, "enabled"}}), {}));
}

}  // namespace

Task<std::string> DemoProbe::ask() {
  auto* way = cluster_.connect(address_, kPort);
  if (!way) co_return fmt::format("{}: connection refused", address_);
  http::Request request;
  request.target = "/productpage";
  request.headers.set("Host", address_);
  try {
    auto response = co_await way->handle(std::move(request));
    auto text = co_await http::read_all(*response.body);
    if (response.status == 200) co_return std::string();
    co_return fmt::format("{}: {} {}", address_, response.status, text);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::Error& error) {
    co_return fmt::format("{}: {}", address_, error.what());
  }
}

Task<void> DemoProbe::run() {
  for (;;) {
    ++asked_;
    auto trouble = co_await ask();
    if (!trouble.empty()) failures_.push_back(trouble);
    co_await cluster_.runtime().sleep(kBetweenRequests);
  }
}

Task<void> DemoInvariant::run() {
  for (;;) {
    for (const auto& name : clusters_.names()) {
      auto found = co_await default_injectors(*clusters_.find(name));
      ++looks_;
      injectors_[name] = found.size() == 1 ? found[0] : "";
      if (found.size() != 1)
        violations_.push_back(
            fmt::format("{}: {} injectors: {}", name.str(), found.size(), base::join(found, ", ")));
    }
    auto& runtime = clusters_.find(clusters_.names().at(0))->runtime();
    co_await runtime.sleep(kBetweenLooks);
  }
}

}  // namespace jibe::cli
