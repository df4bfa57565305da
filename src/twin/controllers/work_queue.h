// A queue of keys to look at: each at most once, never two workers on one key, failures retried
// later and later (client-go util/workqueue, 1.36: 5 ms doubling up to 1000 s).
#pragma once
#include <deque>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "rt/runtime.h"
#include "rt/sync.h"

namespace jibe::twin {

class WorkQueue {
 public:
  explicit WorkQueue(rt::Runtime& runtime) : runtime_(runtime), changed_(runtime) {}

  void add(const std::string& key);
  void add_after(const std::string& key, base::Duration span);
  // After a failure; the wait grows until forget().
  void add_rate_limited(const std::string& key);
  void forget(const std::string& key) { failures_.erase(key); }

  // Waits for a key and marks it as being worked on; done() must follow.
  Task<std::string> next();
  void done(const std::string& key);
  bool idle() const { return waiting_.empty() && working_.empty(); }

 private:
  void release_due();

  rt::Runtime& runtime_;
  rt::Event changed_;
  std::deque<std::string> waiting_;
  std::set<std::string> waiting_set_;
  std::set<std::string> working_;
  // Keys that were added while being worked on.
  std::set<std::string> again_;
  std::multimap<base::Time, std::string> later_;
  // The earliest time at which a key is due, so that a later one need not be kept as well.
  std::map<std::string, base::Time> due_;
  std::map<std::string, int> failures_;
};

}  // namespace jibe::twin
