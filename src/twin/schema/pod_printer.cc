#include "twin/schema/pod_printer.h"

#include <fmt/format.h>

#include <algorithm>

#include "kube/time.h"
#include "twin/schema/table.h"

namespace jibe::twin {
namespace {

using data::Value;

struct Summary {
  int64_t restarts = 0;
  int64_t ready = 0;
  int64_t total = 0;
  std::string reason;
  // The latest end of a container, RFC 3339 in UTC, so that text order is time order.
  std::string last_restart;
};

const Value& find_named(const Value& list, const Value& name) {
  static const Value kNone;
  for (const Value& item : list.items()) {
    if (item["name"] == name) return item;
  }
  return kNone;
}

bool is_sidecar(const Value& container) {
  return container["restartPolicy"].text() == "Always";
}

bool has_true_condition(const Value& pod, std::string_view type) {
  for (const Value& c : pod["status"]["conditions"].items()) {
    if (c["type"].text() == type) return c["status"].text() == "True";
  }
  return false;
}

void note_restart(const Value& status, std::string& last) {
  const std::string& end = status["lastState"]["terminated"]["finishedAt"].text();
  last = std::max(last, end);
}

std::string terminated_reason(const Value& terminated) {
  if (!terminated["reason"].text().empty()) return terminated["reason"].text();
  if (terminated["signal"].int_or(0) != 0) {
    return fmt::format("Signal:{}", terminated["signal"].int_or(0));
  }
  return fmt::format("ExitCode:{}", terminated["exitCode"].int_or(0));
}

// What sidecars restarted, apart from the init containers that are done.
struct Sidecars {
  int64_t restarts = 0;
  std::string last_restart;
};

// True while an init container is not done.
bool walk_init_containers(const Value& pod, Summary& out, Sidecars& sidecars) {
  const Value& containers = pod["spec"]["initContainers"];
  const auto statuses = pod["status"]["initContainerStatuses"].items();
  for (size_t i = 0; i < statuses.size(); ++i) {
    const Value& status = statuses[i];
    const Value& state = status["state"];
    const bool sidecar = is_sidecar(find_named(containers, status["name"]));
    out.restarts += status["restartCount"].int_or(0);
    note_restart(status, out.last_restart);
    if (sidecar) {
      sidecars.restarts += status["restartCount"].int_or(0);
      note_restart(status, sidecars.last_restart);
    }
    const Value& terminated = state["terminated"];
    if (terminated.is_map() && terminated["exitCode"].int_or(0) == 0) continue;
    if (sidecar && status["started"].bool_or(false)) {
      if (status["ready"].bool_or(false)) ++out.ready;
      continue;
    }
    const std::string& waiting = state["waiting"]["reason"].text();
    if (terminated.is_map()) {
      out.reason = "Init:" + terminated_reason(terminated);
    } else if (!waiting.empty() && waiting != "PodInitializing") {
      out.reason = "Init:" + waiting;
    } else {
      out.reason = fmt::format("Init:{}/{}", i, containers.size());
    }
    return true;
  }
  return false;
}

void walk_containers(const Value& pod, Summary& out) {
  bool running = false;
  std::string error;
  const auto statuses = pod["status"]["containerStatuses"].items();
  for (auto it = statuses.rbegin(); it != statuses.rend(); ++it) {
    const Value& state = (*it)["state"];
    out.restarts += (*it)["restartCount"].int_or(0);
    note_restart(*it, out.last_restart);
    if (!state["waiting"]["reason"].text().empty()) {
      out.reason = state["waiting"]["reason"].text();
    } else if (state["terminated"].is_map()) {
      out.reason = terminated_reason(state["terminated"]);
      if (state["terminated"]["exitCode"].int_or(0) != 0) error = out.reason;
    } else if ((*it)["ready"].bool_or(false) && state["running"].is_map()) {
      running = true;
      ++out.ready;
    }
  }
  if (out.reason != "Completed") return;
  if (running && has_true_condition(pod, "Ready")) {
    out.reason = "Running";
  } else if (!error.empty()) {
    out.reason = error;
  } else if (running) {
    out.reason = "NotReady";
  }
}

std::string initial_reason(const Value& status) {
  std::string reason = status["phase"].text();
  if (!status["reason"].text().empty()) reason = status["reason"].text();
  for (const Value& c : status["conditions"].items()) {
    const bool gated = c["reason"].text() == "SchedulingGated";
    if (c["type"].text() == "PodScheduled" && gated) reason = "SchedulingGated";
  }
  return reason;
}

Summary summarize(const Value& pod) {
  Summary out;
  const std::string& phase = pod["status"]["phase"].text();
  out.total = static_cast<int64_t>(pod["spec"]["containers"].size());
  for (const Value& c : pod["spec"]["initContainers"].items()) out.total += is_sidecar(c) ? 1 : 0;
  out.reason = initial_reason(pod["status"]);
  Sidecars sidecars;
  const bool initializing = walk_init_containers(pod, out, sidecars);
  if (!initializing || has_true_condition(pod, "Initialized")) {
    out.restarts = sidecars.restarts;
    out.last_restart = sidecars.last_restart;
    walk_containers(pod, out);
  }
  if (pod["metadata"].has("deletionTimestamp")) {
    if (pod["status"]["reason"].text() == "NodeLost") {
      out.reason = "Unknown";
    } else if (phase != "Succeeded" && phase != "Failed") {
      out.reason = "Terminating";
    }
  }
  return out;
}

std::string readiness_gates(const Value& pod) {
  const Value& gates = pod["spec"]["readinessGates"];
  if (gates.empty()) return "<none>";
  int64_t passed = 0;
  for (const Value& gate : gates.items()) {
    if (has_true_condition(pod, gate["conditionType"].text())) ++passed;
  }
  return fmt::format("{}/{}", passed, gates.size());
}

}  // namespace

std::vector<Column> pod_columns() {
  return {kNameColumn,
          {"Ready", "string", 0, "Ready containers of all containers."},
          {"Status", "string", 0, "State of the pod's containers, taken together."},
          {"Restarts", "string", 0, "How often containers restarted, and when last."},
          kAgeColumn,
          {"IP", "string", 1, "Address of the pod."},
          {"Node", "string", 1, "Node that the pod is bound to."},
          {"Nominated Node", "string", 1, "Node that preemption makes room on."},
          {"Readiness Gates", "string", 1, "Gates passed of all readiness gates."}};
}

Value pod_cells(const Value& pod, base::Time now) {
  const Summary s = summarize(pod);
  std::string restarts = std::to_string(s.restarts);
  if (s.restarts != 0 && !s.last_restart.empty()) {
    restarts += fmt::format(" ({} ago)", age_since(s.last_restart, now));
  }
  const Value& status = pod["status"];
  return Value::list({name_cell(pod), fmt::format("{}/{}", s.ready, s.total), s.reason, restarts,
                      age_cell(pod, now), text_or(status["podIPs"][0]["ip"], "<none>"),
                      text_or(pod["spec"]["nodeName"], "<none>"),
                      text_or(status["nominatedNodeName"], "<none>"), readiness_gates(pod)});
}

std::string pod_status_text(const Value& pod) {
  return summarize(pod).reason;
}

}  // namespace jibe::twin
