#include "control/controller.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/cache.h"
#include "rt/sync.h"
#include "rt/task_group.h"

namespace jibe::control {

Task<void> Reconciler::report(Key, Failure) {
  co_return;
}

Controller::Controller(rt::Runtime& runtime, std::string name, Reconciler& reconciler,
                       ControllerOptions options)
    : runtime_(runtime),
      name_(std::move(name)),
      reconciler_(reconciler),
      options_(options),
      queue_(runtime, options.backoff) {}

void Controller::watch(kube::Cache& cache, base::ClusterName cluster) {
  cache.on_change([this, cluster](const kube::Change& change) {
    queue_.add({cluster, kube::name_of(change.object())});
  });
}

void Controller::watch(kube::Cache& cache, KeysOf keys_of) {
  cache.on_change([this, keys_of = std::move(keys_of)](const kube::Change& change) {
    for (const data::Value* state : {&change.old, &change.current}) {
      if (state->is_null()) continue;
      for (const Key& key : keys_of(*state)) queue_.add(key);
    }
  });
}

Task<void> Controller::run() {
  rt::TaskGroup group(runtime_);
  for (int i = 0; i < options_.workers; ++i) {
    group.spawn(fmt::format("{} worker {}", name_, i), work());
  }
  std::exception_ptr error;
  try {
    co_await group.join();
  } catch (...) {
    error = std::current_exception();
  }
  co_await group.stop();
  if (error) std::rethrow_exception(error);
}

Task<void> Controller::work() {
  while (true) {
    std::optional<Key> key = co_await queue_.take();
    if (!key) co_return;
    co_await reconcile_one(*key);
    queue_.done(*key);
  }
}

Task<void> Controller::reconcile_one(Key key) {
  ++counters_.reconciled;
  std::exception_ptr error;
  try {
    Outcome outcome =
        co_await rt::within(runtime_, options_.deadline, fmt::format("{} {}", name_, key.str()),
                            reconciler_.reconcile(key));
    queue_.forget(key);
    if (outcome.again_after) queue_.add_after(key, *outcome.again_after);
    co_return;
  } catch (const base::Cancelled&) {
    throw;
  } catch (...) {
    error = std::current_exception();
  }
  ++counters_.failed;
  co_await handle_failure(std::move(key), classify(error));
}

Task<void> Controller::handle_failure(Key key, Failure failure) {
  const FaultRule& rule = rule_of(failure.fault);
  bool loud = !rule.event.empty();
  runtime_.log().write(loud ? base::LogLevel::kWarning : base::LogLevel::kDebug,
                       "reconciling failed",
                       {{"controller", name_},
                        {"key", key.str()},
                        {"fault", rule.name},
                        {"reason", failure.reason},
                        {"trouble", failure.sentence}});
  try {
    co_await rt::within(runtime_, options_.deadline, fmt::format("reporting on {}", key.str()),
                        reconciler_.report(key, failure));
  } catch (const base::Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    runtime_.log().warning("cannot report a failure",
                           {{"controller", name_}, {"key", key.str()}, {"trouble", error.what()}});
  }
  schedule(key, failure);
}

void Controller::schedule(const Key& key, const Failure& failure) {
  switch (rule_of(failure.fault).retry) {
    case Retry::kOnChange:
      queue_.forget(key);
      return;
    case Retry::kAtOnce:
    case Retry::kBackoff:
      queue_.add_rate_limited(key);
      return;
    case Retry::kSlowly:
      queue_.forget(key);
      queue_.add_after(key, backoff_delay({kSlowPeriod, kSlowPeriod}, 0, runtime_.random()));
      return;
  }
}

}  // namespace jibe::control
