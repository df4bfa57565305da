#include "api/status.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/strings.h"

namespace jibe::api {
namespace {

enum Kinds : uint8_t { kIstio = 1, kGateway = 2, kBoth = 3 };
enum class Mood : uint8_t { kFine, kBusy, kTrouble };

struct StateInfo {
  State state;
  std::string_view text;
  Kinds kinds;
  Mood mood;
  bool settled;
};

// In the order of the enumeration.
constexpr std::array<StateInfo, 21> kStates = {{
    {State::kPending, "PENDING", kBoth, Mood::kBusy, false},
    {State::kFailed, "FAILED", kBoth, Mood::kTrouble, true},
    {State::kInstallingController, "INSTALLING_CONTROLLER", kBoth, Mood::kBusy, false},
    {State::kControllerInstallFailed, "CONTROLLER_INSTALL_FAILED", kBoth, Mood::kTrouble, true},
    {State::kInstallingControlPlane, "INSTALLING_CONTROL_PLANE", kIstio, Mood::kBusy, false},
    {State::kControlPlaneInstallFailed, "CONTROL_PLANE_INSTALL_FAILED", kIstio, Mood::kTrouble,
     true},
    {State::kHealthy, "HEALTHY", kBoth, Mood::kFine, true},
    {State::kUnhealthy, "UNHEALTHY", kBoth, Mood::kTrouble, true},
    {State::kActionRequired, "ACTION_REQUIRED", kBoth, Mood::kTrouble, true},
    {State::kUpdatingControlPlane, "UPDATING_CONTROL_PLANE", kIstio, Mood::kBusy, false},
    {State::kReconcilingControlPlane, "RECONCILING_CONTROL_PLANE", kIstio, Mood::kBusy, false},
    {State::kUnknown, "UNKNOWN", kBoth, Mood::kTrouble, true},
    {State::kUninstallingControlPlane, "UNINSTALLING_CONTROL_PLANE", kIstio, Mood::kBusy, false},
    {State::kUninstalledControlPlane, "UNINSTALLED_CONTROL_PLANE", kIstio, Mood::kFine, true},
    {State::kInstallPending, "INSTALL_PENDING", kBoth, Mood::kBusy, false},
    {State::kNoControlPlaneAvailable, "NO_CONTROL_PLANE_AVAILABLE", kGateway, Mood::kTrouble, true},
    {State::kInstallingGateway, "INSTALLING_GATEWAY", kGateway, Mood::kBusy, false},
    {State::kUpdatingGateway, "UPDATING_GATEWAY", kGateway, Mood::kBusy, false},
    {State::kReconcilingGateway, "RECONCILING_GATEWAY", kGateway, Mood::kBusy, false},
    {State::kUninstallingGateway, "UNINSTALLING_GATEWAY", kGateway, Mood::kBusy, false},
    {State::kUninstalledGateway, "UNINSTALLED_GATEWAY", kGateway, Mood::kFine, true},
}};

const StateInfo& info(State state) {
  return kStates.at(static_cast<size_t>(state));
}

data::Value installation_value(const InstallationStatus& status) {
  data::Value out = data::Value::map({{"state", to_string(status.state)}});
  if (!status.message.empty()) out.set("message", status.message);
  if (!status.observed_revision.empty()) {
    out.set("observedRevision", status.observed_revision.str());
  }
  if (!status.observed_operator.is_null()) out.set("observedOperator", status.observed_operator);
  return out;
}

// Of several states the one that an operator should see: trouble before work before health; among
// equals the first by cluster and revision.
data::Value summary(const InstallationStatuses& statuses) {
  const InstallationStatus* worst = nullptr;
  std::string where;
  int healthy = 0;
  int all = 0;
  std::set<std::string> revisions;
  for (const auto& [cluster, installations] : statuses) {
    for (const auto& [revision, status] : installations) {
      ++all;
      if (status.state == State::kHealthy) ++healthy;
      revisions.insert(revision.str());
      if (worst != nullptr && info(worst->state).mood >= info(status.state).mood) continue;
      worst = &status;
      where = cluster.str() + "/" + revision.str();
    }
  }
  data::Value out =
      data::Value::map({{"clusters", static_cast<int64_t>(statuses.size())},
                        {"healthy", fmt::format("{}/{}", healthy, all)},
                        {"revisions", base::join({revisions.begin(), revisions.end()}, ",")}});
  if (worst == nullptr) return out;
  out.set("state", to_string(worst->state));
  if (!worst->message.empty()) out.set("message", where + ": " + worst->message);
  return out;
}

InstallationStatus installation_status(const data::Value& value) {
  InstallationStatus out;
  out.state = parse_state(value["state"].text()).value_or(State::kUnknown);
  out.message = value["message"].text();
  out.observed_revision = base::Revision(value["observedRevision"].text());
  out.observed_operator = value["observedOperator"];
  return out;
}

}  // namespace

std::string_view to_string(State state) {
  return info(state).text;
}

std::optional<State> parse_state(std::string_view text) {
  for (const StateInfo& state : kStates) {
    if (state.text == text) return state.state;
  }
  return std::nullopt;
}

bool is_istio_state(State state) {
  return (info(state).kinds & kIstio) != 0;
}
bool is_gateway_state(State state) {
  return (info(state).kinds & kGateway) != 0;
}
bool is_settled(State state) {
  return info(state).settled;
}
bool is_trouble(State state) {
  return info(state).mood == Mood::kTrouble;
}

InstallationStatuses installation_statuses(const data::Value& status) {
  InstallationStatuses out;
  for (const data::Entry& cluster : status["clusters"].entries()) {
    auto& installations = out[base::ClusterName(cluster.key)];
    for (const data::Entry& entry : cluster.value["installations"].entries()) {
      installations[base::Revision(entry.key)] = installation_status(entry.value);
    }
  }
  return out;
}

data::Value to_value(const LifecycleStatus& status) {
  data::Value clusters = data::Value::map();
  for (const auto& [cluster, installations] : status.installations) {
    data::Value by_revision = data::Value::map();
    for (const auto& [revision, installation] : installations) {
      by_revision.set(revision.str(), installation_value(installation));
    }
    clusters.set(cluster.str(), data::Value::map({{"installations", std::move(by_revision)}}));
  }
  data::Value out = data::Value::map(
      {{"clusters", std::move(clusters)}, {"summary", summary(status.installations)}});
  if (status.observed_generation > 0) out.set("observedGeneration", status.observed_generation);
  if (!status.conditions.is_null()) out.set("conditions", status.conditions);
  return out;
}

LifecycleStatus lifecycle_status(const data::Value& status) {
  return {installation_statuses(status), status["observedGeneration"].int_or(0),
          status["conditions"]};
}

std::string_view to_string(Approval approval) {
  constexpr std::array<std::string_view, 5> kTexts = {"PENDING", "ACCEPTED", "INVALID", "WARNING",
                                                      "FAILED"};
  return kTexts.at(static_cast<size_t>(approval));
}

data::Value common_status(Approval approval, std::string_view message, int64_t generation) {
  data::Value state = data::Value::map({{"approval", to_string(approval)},
                                        {"message", message},
                                        {"observedGeneration", generation}});
  return data::Value::map({{"common", data::Value::map({{"State", std::move(state)}})}});
}

data::Value policy_status(Approval approval, std::string_view message, int64_t generation) {
  return data::Value::map(
      {{"state", to_string(approval)}, {"message", message}, {"observedGeneration", generation}});
}

}  // namespace jibe::api
