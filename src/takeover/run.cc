#include "takeover/run.h"

#include <fmt/core.h>

#include "base/coroutine.h"

namespace jibe::takeover {

namespace {

std::vector<std::string> asks_of(const std::vector<Step>& plan) {
  std::vector<std::string> out;
  for (const auto& step : plan)
    if (step.kind == StepKind::kAsk) out.push_back(step.sentence);
  return out;
}

Task<Removed> act(Site site, Step step, base::Revision from, Result& result) {
  switch (step.kind) {
    case StepKind::kAsk:
      break;
    case StepKind::kActivate:
      co_await activate(site);
      break;
    case StepKind::kRelabelNamespace:
      co_await relabel_namespace(site, step);
      break;
    case StepKind::kRestart:
      co_await restart_workload(site, step);
      break;
    case StepKind::kSwitchService:
      co_await switch_service(site, step);
      break;
    case StepKind::kDeleteOperator:
      co_return co_await delete_istio_operator(site, step, from);
    case StepKind::kDeleteComponents:
      co_return co_await delete_components(site, step, from);
    case StepKind::kDeleteController:
      co_return co_await delete_controller(site, step);
    case StepKind::kDeleteNamespace: {
      std::string kept;
      auto removed = co_await delete_namespace(site, step, kept);
      if (!kept.empty()) result.kept.push_back(kept);
      co_return removed;
    }
  }
  co_return Removed{};
}

}  // namespace

Task<Result> run_takeover(Site site, Listener& listener) {
  Result result;
  Step last;
  for (;;) {
    auto state = co_await observe(site.client, site.cluster);
    auto plan = make_plan(state, site.goal);
    if (plan.empty()) co_return result;
    auto step = plan[0];
    if (step.kind == StepKind::kAsk) {
      result.asks = asks_of(plan);
      co_return result;
    }
    if (result.steps > 0 && step == last)
      throw base::Error(
          fmt::format("cluster {}: a step was done but is needed again: {}; does "
                      "something else undo it?",
                      site.cluster.str(), step.sentence));
    listener.begins(site.cluster, step);
    auto kept_before = result.kept.size();
    auto from = old_revision(state, site.goal).revision.value_or(base::Revision());
    auto removed = co_await act(site, step, from, result);
    listener.ended(site.cluster, step, removed);
    if (result.kept.size() > kept_before) listener.kept(site.cluster, result.kept.back());
    result.removed.insert(result.removed.end(), removed.begin(), removed.end());
    last = step;
    ++result.steps;
  }
}

}  // namespace jibe::takeover
