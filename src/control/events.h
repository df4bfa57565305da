// Events that people see in `kubectl describe`, written so that a loop does not flood: the same
// event is counted instead of repeated, many similar ones are combined, and a source of too many is
// held back (client-go tools/record/events_cache.go v0.36: 10 similar in 10 minutes; burst 25 per
// object, one more every 5 minutes).
#pragma once
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "control/errors.h"
#include "data/value.h"
#include "kube/client.h"

namespace jibe::control {

class EventRecorder {
 public:
  // `component` is source.component ("jibe-server"), `instance` the pod or host.
  EventRecorder(kube::Client& client, std::string component, std::string instance = "");

  // Never throws but base::Cancelled; what goes wrong is logged. `type` is "Normal" or "Warning".
  Task<void> record(data::Value about, std::string type, std::string reason, std::string message);
  // The same with what the table in errors.h says about the failure, which may be nothing.
  Task<void> record_failure(data::Value about, Failure failure);

 private:
  struct Seen {
    std::string name;
    int64_t count = 0;
    base::Time first{};
    base::Time last{};
  };
  struct Similar {
    std::set<std::string> messages;
    base::Time last{};
  };
  struct Bucket {
    double tokens = 0;
    base::Time filled{};
  };

  bool allowed(const std::string& about_key, base::Time now);
  std::string combine(const std::string& similar_key, const std::string& message, base::Time now);
  Task<void> write(data::Value about, std::string type, std::string reason, std::string message,
                   std::string key);
  data::Value make_event(const data::Value& about, const std::string& type,
                         const std::string& reason, const std::string& message,
                         const Seen& seen) const;
  void forget_old(base::Time now);

  kube::Client& client_;
  std::string component_;
  std::string instance_;
  std::map<std::string, Seen> seen_;
  std::map<std::string, Similar> similar_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace jibe::control
