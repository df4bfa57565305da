#include "api/status.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace jibe::api {
namespace {

using base::ClusterName;
using base::Revision;

TEST(States, HaveTheExactStringsOfTheApi) {
  for (int i = 0; i <= static_cast<int>(State::kUninstalledGateway); ++i) {
    State state = static_cast<State>(i);
    EXPECT_EQ(parse_state(to_string(state)), state);
    EXPECT_TRUE(is_istio_state(state) || is_gateway_state(state));
  }
  EXPECT_EQ(to_string(State::kControlPlaneInstallFailed), "CONTROL_PLANE_INSTALL_FAILED");
  EXPECT_EQ(to_string(State::kUninstalledGateway), "UNINSTALLED_GATEWAY");
  EXPECT_EQ(parse_state("healthy"), std::nullopt);
  EXPECT_FALSE(is_gateway_state(State::kInstallingControlPlane));
  EXPECT_FALSE(is_istio_state(State::kNoControlPlaneAvailable));
}

LifecycleStatus example() {
  LifecycleStatus out;
  out.observed_generation = 4;
  out.installations[ClusterName("c1")][Revision("1-15")] = {
      State::kHealthy, "", Revision("1-15"), data::parse_json(R"({"tag":"1.15.3"})")};
  out.installations[ClusterName("c1")][Revision("1-14")] = {
      State::kInstallingControlPlane, "2 of 5 ready", {}, nullptr};
  out.installations[ClusterName("c2")][Revision("1-15")] = {
      State::kUnhealthy, "no istiod", {}, nullptr};
  return out;
}

TEST(LifecycleStatus, ShowsTheWorstStateFirst) {
  EXPECT_EQ(to_value(example()), data::parse_json(R"({
    "observedGeneration": 4,
    "summary": {"clusters": 2, "healthy": "1/3", "revisions": "1-14,1-15",
                "state": "UNHEALTHY", "message": "c2/1-15: no istiod"},
    "clusters": {
      "c1": {"installations": {
        "1-14": {"state": "INSTALLING_CONTROL_PLANE", "message": "2 of 5 ready"},
        "1-15": {"state": "HEALTHY", "observedRevision": "1-15",
                 "observedOperator": {"tag": "1.15.3"}}}},
      "c2": {"installations": {"1-15": {"state": "UNHEALTHY", "message": "no istiod"}}}}})"));
}

TEST(LifecycleStatus, ReadsWhatItWrote) {
  LifecycleStatus again = lifecycle_status(to_value(example()));
  EXPECT_EQ(again.installations, example().installations);
  EXPECT_EQ(again.observed_generation, 4);
}

TEST(LifecycleStatus, NothingInstalledHasNoState) {
  EXPECT_EQ(to_value({}), data::parse_json(
                              R"({"clusters":{},"summary":{"clusters":0,"healthy":"0/0",
                                  "revisions":""}})"));
}

TEST(LifecycleStatus, UnknownStatesReadAsUnknown) {
  auto statuses = installation_statuses(
      data::parse_json(R"({"clusters":{"c":{"installations":{"r":{"state":"NEW"}}}}})"));
  EXPECT_EQ(statuses[ClusterName("c")][Revision("r")].state, State::kUnknown);
}

TEST(CommonStatus, HasTheShapeOfTheApi) {
  EXPECT_EQ(common_status(Approval::kWarning, "m", 2), data::parse_json(R"({"common":{"State":{
    "approval":"WARNING","message":"m","observedGeneration":2}}})"));
  EXPECT_EQ(policy_status(Approval::kPending, "m", 2),
            data::parse_json(R"({"state":"PENDING","message":"m","observedGeneration":2})"));
}

}  // namespace
}  // namespace jibe::api
