#include "twin/controllers/container.h"

#include <fmt/format.h>

#include "twin/server/server.h"

namespace jibe::twin {

namespace {

uint64_t fnv64(std::string_view text, uint64_t seed) {
  uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

// "istio/pilot:1.15.3" → "docker.io/istio/pilot", as the container runtime spells it.
std::string repository_of(const std::string& image) {
  std::string name = image.substr(0, image.find('@'));
  const size_t slash = name.rfind('/');
  const size_t colon = name.rfind(':');
  if (colon != std::string::npos && (slash == std::string::npos || colon > slash))
    name.resize(colon);
  const size_t first = name.find('/');
  if (first == std::string::npos) return "docker.io/library/" + name;
  const std::string host = name.substr(0, first);
  const bool is_host = host.find('.') != std::string::npos || host.find(':') != std::string::npos ||
                       host == "localhost";
  return is_host ? name : "docker.io/" + name;
}

}  // namespace

std::string image_id(const std::string& image) {
  if (image.find("@sha256:") != std::string::npos) return image;
  return fmt::format("{}@sha256:{:016x}{:016x}{:016x}{:016x}", repository_of(image),
                     fnv64(image, 1), fnv64(image, 2), fnv64(image, 3), fnv64(image, 4));
}

data::Value state_of(const ContainerRecord& record) {
  using data::Value;
  if (record.running()) {
    return Value::map({{"running", Value::map({{"startedAt", to_timestamp(record.started_at)}})}});
  }
  if (record.terminated()) {
    Value terminated = Value::map({{"exitCode", record.exit_code},
                                   {"reason", record.exit_reason},
                                   {"startedAt", to_timestamp(record.started_at)},
                                   {"finishedAt", to_timestamp(record.finished_at)}});
    if (!record.exit_message.empty()) terminated.set("message", record.exit_message);
    if (!record.id.empty()) terminated.set("containerID", record.id);
    return Value::map({{"terminated", terminated}});
  }
  Value waiting = Value::map({{"reason", record.waiting_reason}});
  if (!record.waiting_message.empty()) waiting.set("message", record.waiting_message);
  return Value::map({{"waiting", waiting}});
}

data::Value status_of(const ContainerRecord& record) {
  using data::Value;
  Value status =
      Value::map({{"name", record.name()},
                  {"image", record.image()},
                  {"imageID", record.id.empty() ? "" : image_id(record.image())},
                  {"ready", record.ready},
                  {"started", record.started},
                  {"restartCount", record.restarts},
                  {"state", state_of(record)},
                  {"lastState", record.last_state.is_null() ? Value::map({}) : record.last_state}});
  if (!record.id.empty()) status.set("containerID", record.id);
  return status;
}

void restore(ContainerRecord& record, const data::Value& status) {
  record.restarts = status["restartCount"].int_or(0);
  record.last_state = status["lastState"];
  record.id = status["containerID"].text();
  const data::Value& running = status["state"]["running"];
  const data::Value& terminated = status["state"]["terminated"];
  if (!running.is_null()) {
    record.phase = ContainerRecord::Phase::kRunning;
    const std::string& since = running["startedAt"].text();
    if (!since.empty()) record.started_at = parse_timestamp(since);
    record.started = status["started"].bool_or(true);
    record.ready = status["ready"].bool_or(false);
  } else if (!terminated.is_null()) {
    record.phase = ContainerRecord::Phase::kTerminated;
    record.exit_code = static_cast<int>(terminated["exitCode"].int_or(0));
    record.exit_reason = terminated["reason"].text();
    record.exit_message = terminated["message"].text();
    const std::string& began = terminated["startedAt"].text();
    const std::string& ended = terminated["finishedAt"].text();
    if (!began.empty()) record.started_at = parse_timestamp(began);
    if (!ended.empty()) record.finished_at = parse_timestamp(ended);
    record.ready = status["ready"].bool_or(false);
  }
}

}  // namespace jibe::twin
