#include "control/events.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "kube/time.h"

namespace jibe::control {
namespace {

constexpr base::Duration kSimilarPeriod = std::chrono::minutes(10);
constexpr size_t kSimilarLimit = 10;
constexpr double kBurst = 25;
constexpr base::Duration kRefillPeriod = std::chrono::minutes(5);
// Events live an hour in the API server; what is older need not be remembered.
constexpr base::Duration kMemory = std::chrono::hours(1);
constexpr size_t kMessageLimit = 1024;

const kube::Gvr& events_gvr() {
  static const kube::Gvr kEvents{"", "v1", "events"};
  return kEvents;
}

std::string about_key_of(const data::Value& about) {
  return fmt::format("{}/{}/{}/{}", about["apiVersion"].text(), about["kind"].text(),
                     kube::name_of(about).str(), kube::uid_of(about));
}

// Cut at a character's boundary.
std::string shorten(std::string message) {
  if (message.size() <= kMessageLimit) return message;
  size_t end = kMessageLimit - 3;
  while (end > 0 && (message[end] & 0xC0) == 0x80) --end;
  return message.substr(0, end) + "...";
}

data::Value reference_to(const data::Value& about) {
  data::Value out = data::Value::map({{"apiVersion", about["apiVersion"]},
                                      {"kind", about["kind"]},
                                      {"name", about["metadata"]["name"]}});
  for (const char* field : {"namespace", "uid", "resourceVersion"}) {
    if (about["metadata"].has(field)) out.set(field, about["metadata"][field]);
  }
  return out;
}

// Cluster-scoped objects have their Events in "default", as client-go puts them.
std::string event_namespace(const data::Value& about) {
  std::string ns = kube::name_of(about).ns;
  return ns.empty() ? "default" : ns;
}

}  // namespace

EventRecorder::EventRecorder(kube::Client& client, std::string component, std::string instance)
    : client_(client), component_(std::move(component)), instance_(std::move(instance)) {}

Task<void> EventRecorder::record(data::Value about, std::string type, std::string reason,
                                 std::string message) {
  base::Time now = client_.runtime().now();
  forget_old(now);
  std::string about_key = about_key_of(about);
  std::string similar_key = fmt::format("{}|{}|{}", about_key, type, reason);
  message = shorten(std::move(message));
  std::string combined = combine(similar_key, message, now);
  // Combined events are one event, whatever they say.
  std::string key = combined == message ? similar_key + "|" + message : similar_key;
  if (!allowed(about_key, now)) co_return;
  try {
    co_await write(about, std::move(type), std::move(reason), shorten(std::move(combined)),
                   std::move(key));
  } catch (const base::Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    client_.runtime().log().warning(
        "cannot record an event",
        {{"about", kube::describe(about)}, {"event", message}, {"trouble", error.what()}});
  }
}

Task<void> EventRecorder::record_failure(data::Value about, Failure failure) {
  std::string type(rule_of(failure.fault).event);
  if (type.empty()) co_return;
  co_await record(std::move(about), std::move(type), failure.reason, failure.sentence);
}

bool EventRecorder::allowed(const std::string& about_key, base::Time now) {
  auto [it, is_new] = buckets_.try_emplace(about_key, Bucket{kBurst, now});
  Bucket& bucket = it->second;
  double refill = static_cast<double>((now - bucket.filled).count()) /
                  static_cast<double>(kRefillPeriod.count());
  bucket.tokens = std::min(kBurst, bucket.tokens + refill);
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

std::string EventRecorder::combine(const std::string& similar_key, const std::string& message,
                                   base::Time now) {
  Similar& similar = similar_[similar_key];
  if (now - similar.last > kSimilarPeriod) similar.messages.clear();
  similar.last = now;
  similar.messages.insert(message);
  if (similar.messages.size() < kSimilarLimit) return message;
  return "(combined from similar events): " + message;
}

Task<void> EventRecorder::write(data::Value about, std::string type, std::string reason,
                                std::string message, std::string key) {
  base::Time now = client_.runtime().now();
  Seen seen = seen_[key];
  seen.last = now;
  bool known = !seen.name.empty();
  ++seen.count;
  if (known) {
    data::Value patch = data::Value::map(
        {{"count", seen.count}, {"lastTimestamp", kube::format_time(now)}, {"message", message}});
    kube::ObjectName name{event_namespace(about), seen.name};
    try {
      data::Value ignored =
          co_await client_.patch(events_gvr(), name, kube::PatchType::kMerge, std::move(patch));
      seen_[key] = seen;
      co_return;
    } catch (const kube::StatusError& error) {
      if (!error.is_not_found()) throw;
    }
    seen.count = 1;
  }
  seen.first = now;
  seen.name =
      fmt::format("{}.{:x}", kube::name_of(about).name, client_.runtime().random().next() >> 4);
  data::Value event = make_event(about, type, reason, message, seen);
  data::Value ignored = co_await client_.create(events_gvr(), std::move(event));
  seen_[key] = seen;
}

data::Value EventRecorder::make_event(const data::Value& about, const std::string& type,
                                      const std::string& reason, const std::string& message,
                                      const Seen& seen) const {
  data::Value source = data::Value::map({{"component", component_}});
  if (!instance_.empty()) source.set("host", instance_);
  return data::Value::map({
      {"apiVersion", "v1"},
      {"kind", "Event"},
      {"metadata", data::Value::map({{"name", seen.name}, {"namespace", event_namespace(about)}})},
      {"involvedObject", reference_to(about)},
      {"type", type},
      {"reason", reason},
      {"message", message},
      {"count", seen.count},
      {"firstTimestamp", kube::format_time(seen.first)},
      {"lastTimestamp", kube::format_time(seen.last)},
      {"source", std::move(source)},
      {"reportingComponent", component_},
      {"reportingInstance", instance_},
  });
}

void EventRecorder::forget_old(base::Time now) {
  std::erase_if(seen_, [&](const auto& entry) { return now - entry.second.last > kMemory; });
  std::erase_if(similar_,
                [&](const auto& entry) { return now - entry.second.last > kSimilarPeriod; });
  // A bucket that is full again says nothing.
  base::Duration full = kRefillPeriod * static_cast<int64_t>(kBurst);
  std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.filled > full; });
}

}  // namespace jibe::control
