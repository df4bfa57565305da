// A scenario: what is in each embedded cluster before anything else happens, as a YAML file
// (docs/scenarios.md describes it). `jibe twin up --scenario`, `jibe demo` and tests share it, so
// that clusters, versions, namespaces and workloads come from one place.
#pragma once
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/names.h"
#include "base/task.h"
#include "cli/embedded.h"
#include "cli/releases.h"
#include "cli/variables.h"
#include "data/value.h"
#include "twin/mesh/istioctl.h"

namespace jibe::cli {

// `kubectl apply -f` of one or several files, and waiting until what they hold is ready.
struct ApplyStep {
  std::vector<data::Value> objects;
};
// `istioctl operator init`.
struct OperatorStep {
  std::string version;
  twin::OperatorInit init;
};
// `istioctl install -f`, once per file.
struct IstioctlStep {
  std::string version;
  std::vector<data::Value> resources;
};
using ScenarioStep = std::variant<ApplyStep, OperatorStep, IstioctlStep>;

struct ScenarioCluster {
  base::ClusterName name;
  std::vector<ScenarioStep> steps;  // in order
};
struct Scenario {
  std::vector<ScenarioCluster> clusters;
};

// The bytes of a file; throws base::Error where it cannot be read.
using FileReader = std::function<std::string(const std::string& path)>;
// Reads the scenario and every file that it names (relative to its own folder); `given` goes before
// the variables of the file. Throws base::InvalidInput naming file, and line or path, of what is
// wrong.
Scenario load_scenario(const std::string& path, const Variables& given, const FileReader& read);

// Prepares the clusters at the same time and returns when everything is deployed and ready. `say`
// gets a line per step; may be empty. Throws base::Error naming cluster and object.
struct ScenarioRun {
  Scenario scenario;
  EmbeddedClusters& clusters;
  Releases& releases;
  std::function<void(const std::string&)> say;
};
Task<void> prepare(rt::Runtime& runtime, ScenarioRun run);

}  // namespace jibe::cli
