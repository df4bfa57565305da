#include "twin/mesh/inject_probes.h"

#include <fmt/core.h>

#include <charconv>

#include "data/json.h"
#include "istio/names.h"
#include "kube/object.h"
#include "twin/mesh/inject_merge.h"

namespace jibe::twin {

using data::Value;

namespace {

constexpr const char* kProbersVariable = "ISTIO_KUBE_APP_PROBERS";
constexpr const char* kActions[] = {"httpGet", "tcpSocket", "grpc"};

struct Probed {
  // Where in the container; `outer` is "" for probes.
  const char* outer;
  const char* field;
  const char* url;
};
constexpr Probed kProbes[] = {{"", "readinessProbe", "/app-health/{}/readyz"},
                              {"", "livenessProbe", "/app-health/{}/livez"},
                              {"", "startupProbe", "/app-health/{}/startupz"}};
constexpr Probed kHooks[] = {{"lifecycle", "preStop", "/app-lifecycle/{}/prestopz"},
                             {"lifecycle", "postStart", "/app-lifecycle/{}/poststartz"}};

// The first action that the agent can take over; nullptr where there is none.
const char* action_of(const Value& probe, bool hook) {
  for (const char* action : kActions)
    if (!probe[action].is_null() && !(hook && std::string_view(action) == "grpc")) return action;
  return nullptr;
}

// What the agent has to do, with the port's number for its name; null where it need not or cannot.
Value prober_of(const Value& container, const Value& probe, bool hook, int64_t status_port) {
  const char* action = action_of(probe, hook);
  if (action == nullptr) return nullptr;
  Value out = Value::map({{action, probe[action]}});
  const Value& port = probe[action]["port"];
  if (port.is_string()) {
    const Value* number = nullptr;
    for (const Value& open : container["ports"].items())
      if (open["name"].text() == port.text()) number = &open["containerPort"];
    if (number == nullptr) return nullptr;
    out.edit(action).set("port", *number);
  } else if (std::string_view(action) != "grpc" && port.int_or(0) == status_port) {
    return nullptr;  // rewritten before
  }
  if (!hook && probe["timeoutSeconds"].int_or(0) > 0)
    out.set("timeoutSeconds", probe["timeoutSeconds"]);
  return out;
}

Value converted(Value probe, bool hook, const std::string& url, int64_t status_port) {
  const char* action = action_of(probe, hook);
  if (action == nullptr) return probe;
  Value get = probe["httpGet"].is_null() ? Value::map() : probe["httpGet"];
  for (const char* other : kActions) probe.erase(other);
  get.set("port", status_port);
  get.set("path", url);
  if (get["scheme"].text() == "HTTPS") get.set("scheme", "HTTP");
  probe.set("httpGet", std::move(get));
  return probe;
}

std::string url_of(const Probed& probed, const Value& container) {
  return fmt::format(fmt::runtime(probed.url), container["name"].text());
}

void note_probers(Value& probers, const Value& container, bool hooks, int64_t status_port) {
  const auto note = [&](const Probed& probed, bool hook) {
    const Value& owner = hook ? container[probed.outer] : container;
    Value prober = prober_of(container, owner[probed.field], hook, status_port);
    if (!prober.is_null()) probers.set(url_of(probed, container), std::move(prober));
  };
  for (const Probed& probed : kProbes) note(probed, false);
  if (!hooks) return;
  for (const Probed& probed : kHooks) note(probed, true);
}

void convert(Value& container, bool hooks, int64_t status_port) {
  for (const Probed& probed : kProbes)
    if (container.has(probed.field))
      container.set(probed.field, converted(container[probed.field], false,
                                            url_of(probed, container), status_port));
  if (!hooks) return;
  for (const Probed& probed : kHooks)
    if (container["lifecycle"].has(probed.field))
      container.edit("lifecycle")
          .set(probed.field, converted(container["lifecycle"][probed.field], true,
                                       url_of(probed, container), status_port));
}

// Of an earlier injection only what it knew is kept beside what is new.
void remember(Value& pod, Value probers) {
  Value* proxy = edit_container(pod, kProxyContainer);
  const bool again = pod["metadata"]["annotations"].has(istio::kStatusAnnotation);
  Value& environment = proxy->edit("env");
  if (again && environment.is_list()) {
    for (Value& entry : environment.edit_items()) {
      if (entry["name"].text() != kProbersVariable) continue;
      const Value earlier = data::parse_json(entry["value"].text());
      for (const data::Entry& known : earlier.entries()) probers.set(known.key, known.value);
      entry.set("value", data::to_json(probers));
      return;
    }
  }
  environment.push_back(
      Value::map({{"name", kProbersVariable}, {"value", data::to_json(probers)}}));
}

int64_t annotated_port(const Value& pod, int64_t fallback) {
  const std::string& text = kube::annotation_of(pod, "status.sidecar.istio.io/port");
  int64_t port = fallback;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

}  // namespace

void rewrite_probes(Value& pod, const Value& mesh_config, const istio::Version& version) {
  const int64_t status_port = mesh_config["defaultConfig"]["statusPort"].int_or(15020);
  const bool all = !(version < istio::Version{1, 25, 0, ""});
  std::vector<const char*> lists;
  if (all) lists.push_back("initContainers");
  lists.push_back("containers");
  Value probers = Value::map();
  for (const char* list : lists)
    for (const Value& container : pod["spec"][list].items())
      if (container["name"].text() != kProxyContainer)
        note_probers(probers, container, all, status_port);
  if (!probers.empty()) remember(pod, std::move(probers));
  const int64_t port = annotated_port(pod, status_port);
  for (const char* list : lists) {
    if (pod["spec"][list].empty()) continue;
    for (Value& container : pod.edit("spec").edit(list).edit_items())
      if (container["name"].text() != kProxyContainer) convert(container, all, port);
  }
}

}  // namespace jibe::twin
