#include "twin/controllers/events.h"

#include <fmt/format.h>

#include "base/coroutine.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

// client-go forgets after 4096 entries; a cluster that lives long must not grow without bound.
constexpr size_t kRemembered = 4096;
constexpr size_t kMaxMessage = 1024;

data::Value reference_to(const data::Value& object, const std::string& field_path) {
  data::Value reference =
      data::Value::map({{"apiVersion", object["apiVersion"]},
                        {"kind", object["kind"]},
                        {"name", object["metadata"]["name"]},
                        {"uid", object["metadata"]["uid"]},
                        {"resourceVersion", object["metadata"]["resourceVersion"]}});
  if (object["metadata"].has("namespace"))
    reference.set("namespace", object["metadata"]["namespace"]);
  if (!field_path.empty()) reference.set("fieldPath", field_path);
  return reference;
}

}  // namespace

EventRecorder::EventRecorder(rt::Runtime& runtime, Client client, std::string component,
                             std::string host)
    : runtime_(runtime),
      client_(std::move(client)),
      component_(std::move(component)),
      host_(std::move(host)) {}

Task<void> EventRecorder::normal(data::Value about, std::string reason, std::string message) {
  co_await record(about, "", "Normal", reason, message);
}

Task<void> EventRecorder::warning(data::Value about, std::string reason, std::string message) {
  co_await record(about, "", "Warning", reason, message);
}

data::Value EventRecorder::make(const data::Value& about, const std::string& field_path,
                                const std::string& type, const std::string& reason,
                                const std::string& message) const {
  const std::string now = to_timestamp(runtime_.now());
  const std::string& ns = object_namespace(about);
  data::Value source = data::Value::map({{"component", component_}});
  if (!host_.empty()) source.set("host", host_);
  return data::Value::map(
      {{"apiVersion", "v1"},
       {"kind", "Event"},
       {"metadata", data::Value::map({{"namespace", ns.empty() ? std::string("default") : ns}})},
       {"involvedObject", reference_to(about, field_path)},
       {"reason", reason},
       {"message", std::string_view(message).substr(0, kMaxMessage)},
       {"source", source},
       {"firstTimestamp", now},
       {"lastTimestamp", now},
       {"count", 1},
       {"type", type},
       {"reportingComponent", component_},
       {"reportingInstance", host_}});
}

// Names tell the order, as client-go makes them of the time: that is the order of lists, and
// kubectl keeps it among Events of one second. The clock may stand still between two of them.
Task<void> EventRecorder::create(data::Value& event, std::string about) {
  auto nanos = static_cast<uint64_t>(runtime_.now().time_since_epoch().count());
  while (true) {
    event.edit("metadata").set("name", fmt::format("{}.{:x}", about, nanos++));
    const Outcome outcome = co_await client_.try_create(kEvents, event);
    if (outcome.ok()) co_return;
    if (!outcome.error->is_already_exists()) throw *outcome.error;
  }
}

Task<void> EventRecorder::record(data::Value about, std::string field_path, std::string type,
                                 std::string reason, std::string message) {
  const std::string same =
      fmt::format("{}|{}|{}|{}|{}", kube::uid_of(about), field_path, type, reason, message);
  try {
    if (const auto it = known_.find(same); it != known_.end()) {
      if (const auto event = client_.get(kEvents, it->second)) {
        const data::Value patch =
            data::Value::map({{"count", (*event)["count"].int_or(1) + 1},
                              {"lastTimestamp", to_timestamp(runtime_.now())}});
        co_await client_.merge(kEvents, *event, patch);
        co_return;
      }
    }
    data::Value event = make(about, field_path, type, reason, message);
    co_await create(event, object_name(about));
    if (known_.size() >= kRemembered) known_.clear();
    known_[same] = key_of(event);
  } catch (const kube::StatusError& error) {
    runtime_.log().debug("event dropped", {{"reason", reason}, {"error", error.what()}});
  }
}

}  // namespace jibe::twin
