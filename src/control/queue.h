// The work queue of a controller (client-go util/workqueue v0.36): a key waits at most once; a key
// that is being worked on is not given out again before done(), but is remembered; failed keys come
// back after an exponential, jittered delay. No task of its own.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "base/clock.h"
#include "base/task.h"
#include "control/key.h"
#include "rt/sync.h"

namespace jibe::control {

struct BackoffOptions {
  base::Duration first = std::chrono::milliseconds(200);
  base::Duration limit = std::chrono::minutes(5);
  // Each delay is stretched by up to this part of itself.
  double jitter = 0.25;
};
// first · 2^failures, at most limit, times 1 … 1+jitter.
base::Duration backoff_delay(const BackoffOptions& options, int failures, base::Random& random);

class WorkQueue {
 public:
  explicit WorkQueue(rt::Runtime& runtime, BackoffOptions backoff = {});

  void add(const Key& key);
  // At the earliest of several times wins; an add() meanwhile does not cancel it.
  void add_after(const Key& key, base::Duration delay);
  // After the back-off for one more failure of this key.
  void add_rate_limited(const Key& key);
  // The key succeeded: its next failure starts from the shortest delay.
  void forget(const Key& key);
  int failures(const Key& key) const;

  // Whoever takes a key must call done() with it. nullopt once the queue is closed and drained of
  // what was ready.
  Task<std::optional<Key>> take();
  void done(const Key& key);

  void close();
  // Keys that are ready; keys that wait for their time.
  size_t ready() const { return order_.size(); }
  size_t delayed() const { return delayed_.size(); }

 private:
  void release_due();

  rt::Runtime& runtime_;
  BackoffOptions backoff_;
  rt::Event changed_;
  bool closed_ = false;
  std::deque<Key> order_;  // ready, in order of arrival
  std::set<Key> dirty_;    // to be worked on (again)
  std::set<Key> working_;  // taken and not done
  std::map<Key, base::Time> delayed_;
  std::set<std::pair<base::Time, Key>> by_time_;
  std::map<Key, int> failures_;
};

}  // namespace jibe::control
