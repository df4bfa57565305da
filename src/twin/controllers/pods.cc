#include "twin/controllers/pods.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "kube/object.h"
#include "twin/controllers/objects.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

const data::Value& ready_condition(const data::Value& pod) {
  return find_condition(pod["status"]["conditions"], "Ready");
}

int phase_rank(const data::Value& pod) {
  const std::string& phase = pod_phase(pod);
  if (phase == "Unknown") return 1;
  return phase == "Running" ? 2 : 0;
}

int64_t deletion_cost(const data::Value& pod) {
  const std::string& text = kube::annotation_of(pod, "controller.kubernetes.io/pod-deletion-cost");
  int64_t cost = 0;
  std::from_chars(text.data(), text.data() + text.size(), cost);
  return cost;
}

int64_t restarts(const data::Value& pod) {
  int64_t most = 0;
  for (const data::Value& status : pod["status"]["containerStatuses"].items())
    most = std::max(most, status["restartCount"].int_or(0));
  return most;
}

struct Ranked {
  data::Value pod;
  int64_t neighbours = 0;
};

// True where a is the better one to lose.
bool goes_before(const Ranked& a, const Ranked& b) {
  const bool assigned_a = !a.pod["spec"]["nodeName"].text().empty();
  const bool assigned_b = !b.pod["spec"]["nodeName"].text().empty();
  if (assigned_a != assigned_b) return !assigned_a;
  if (phase_rank(a.pod) != phase_rank(b.pod)) return phase_rank(a.pod) < phase_rank(b.pod);
  const bool ready = is_pod_ready(a.pod);
  if (ready != is_pod_ready(b.pod)) return !ready;
  if (deletion_cost(a.pod) != deletion_cost(b.pod))
    return deletion_cost(a.pod) < deletion_cost(b.pod);
  if (a.neighbours != b.neighbours) return a.neighbours > b.neighbours;
  if (ready) {
    const std::string& since_a = ready_condition(a.pod)["lastTransitionTime"].text();
    const std::string& since_b = ready_condition(b.pod)["lastTransitionTime"].text();
    if (since_a != since_b) return since_a > since_b;
  }
  if (restarts(a.pod) != restarts(b.pod)) return restarts(a.pod) > restarts(b.pod);
  const std::string& created_a = a.pod["metadata"]["creationTimestamp"].text();
  const std::string& created_b = b.pod["metadata"]["creationTimestamp"].text();
  if (created_a != created_b) return created_a > created_b;
  return object_name(a.pod) < object_name(b.pod);
}

class Fnv32a {
 public:
  void byte(unsigned char b) { hash_ = (hash_ ^ b) * 16777619U; }
  void bytes(std::string_view text) {
    for (const char c : text) byte(static_cast<unsigned char>(c));
    byte(0);
  }
  void value(const data::Value& v) {
    byte(static_cast<unsigned char>(v.kind()));
    switch (v.kind()) {
      case data::Kind::kNull:
        break;
      case data::Kind::kBool:
        byte(v.as_bool() ? 1 : 0);
        break;
      case data::Kind::kInt:
        bytes(std::to_string(v.as_int()));
        break;
      case data::Kind::kDouble:
        bytes(std::to_string(v.as_double()));
        break;
      case data::Kind::kString:
        bytes(v.as_string());
        break;
      case data::Kind::kList:
        for (const data::Value& item : v.items()) value(item);
        byte(0xfe);
        break;
      case data::Kind::kMap:
        for (const data::Entry& entry : v.entries()) {
          bytes(entry.key);
          value(entry.value);
        }
        byte(0xff);
        break;
    }
  }
  uint32_t sum() const { return hash_; }

 private:
  uint32_t hash_ = 2166136261U;
};

}  // namespace

const std::string& pod_phase(const data::Value& pod) {
  return pod["status"]["phase"].text();
}

bool is_pod_finished(const data::Value& pod) {
  const std::string& phase = pod_phase(pod);
  return phase == "Succeeded" || phase == "Failed";
}

bool is_pod_active(const data::Value& pod) {
  return !is_pod_finished(pod) && !kube::is_terminating(pod);
}

bool is_pod_ready(const data::Value& pod) {
  return ready_condition(pod)["status"].text() == "True";
}

bool is_pod_available(const data::Value& pod, int64_t min_ready_s, base::Time now) {
  if (!is_pod_ready(pod)) return false;
  if (min_ready_s == 0) return true;
  const std::string& since = ready_condition(pod)["lastTransitionTime"].text();
  return !since.empty() && parse_timestamp(since) + std::chrono::seconds(min_ready_s) <= now;
}

std::optional<base::Duration> next_availability(const std::vector<data::Value>& pods,
                                                int64_t min_ready_s, base::Time now) {
  std::optional<base::Duration> first;
  for (const data::Value& pod : pods) {
    if (!is_pod_ready(pod) || is_pod_available(pod, min_ready_s, now)) continue;
    const std::string& since = ready_condition(pod)["lastTransitionTime"].text();
    if (since.empty()) continue;
    const base::Duration wait = parse_timestamp(since) + std::chrono::seconds(min_ready_s) - now;
    if (!first || wait < *first) first = wait;
  }
  return first;
}

data::Value pod_from_template(const data::Value& pod_template, const data::Value& owner) {
  const data::Value& from = pod_template["metadata"];
  data::Value metadata = data::Value::map(
      {{"generateName", object_name(owner) + "-"},
       {"namespace", object_namespace(owner)},
       {"ownerReferences", data::Value::list({kube::owner_reference(owner, true)})}});
  for (const char* field : {"labels", "annotations", "finalizers"})
    if (!from[field].empty()) metadata.set(field, from[field]);
  return data::Value::map({{"apiVersion", "v1"},
                           {"kind", "Pod"},
                           {"metadata", metadata},
                           {"spec", pod_template["spec"]}});
}

std::vector<data::Value> pods_to_delete(std::vector<data::Value> pods,
                                        const std::vector<data::Value>& related, size_t count) {
  if (count >= pods.size()) return pods;
  std::map<std::string, int64_t> on_node;
  for (const data::Value& pod : related)
    if (is_pod_active(pod)) ++on_node[pod["spec"]["nodeName"].text()];
  std::vector<Ranked> ranked;
  for (data::Value& pod : pods) {
    const int64_t neighbours = on_node[pod["spec"]["nodeName"].text()];
    ranked.push_back({std::move(pod), neighbours});
  }
  std::sort(ranked.begin(), ranked.end(), goes_before);
  std::vector<data::Value> chosen;
  for (size_t i = 0; i < count; ++i) chosen.push_back(std::move(ranked[i].pod));
  return chosen;
}

std::string safe_encode(const std::string& text) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::string encoded;
  for (const char c : text) encoded += kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];
  return encoded;
}

std::string template_hash(const data::Value& pod_template, const data::Value& collision_count) {
  Fnv32a hash;
  hash.value(pod_template);
  if (collision_count.is_int()) {
    const auto count = static_cast<uint64_t>(collision_count.as_int());
    for (int shift = 0; shift < 64; shift += 8)
      hash.byte(static_cast<unsigned char>(count >> shift));
  }
  return safe_encode(std::to_string(hash.sum()));
}

}  // namespace jibe::twin
