#include "cli/demo_watch.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "cli/demo_steps.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

constexpr base::Duration kBetweenRequests = std::chrono::milliseconds(50);
constexpr base::Duration kBetweenLooks = std::chrono::milliseconds(200);
constexpr int kPort = 80;

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
      auto& client = *clusters_.find(name);
      auto seen = co_await default_injector(client);
      ++looks_;
      injectors_[name] = seen.injector;
      if (seen.injector.empty())
        violations_.push_back(fmt::format("{}: {}", name.str(), seen.trouble));
    }
    auto& runtime = clusters_.find(clusters_.names().at(0))->runtime();
    co_await runtime.sleep(kBetweenLooks);
  }
}

}  // namespace jibe::cli
