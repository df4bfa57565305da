#include "control/queue.h"

#include "base/coroutine.h"

namespace jibe::control {

base::Duration backoff_delay(const BackoffOptions& options, int failures, base::Random& random) {
  base::Duration delay = options.first;
  for (int i = 0; i < failures && delay < options.limit; ++i) delay *= 2;
  delay = std::min(delay, options.limit);
  double stretch = 1 + options.jitter * random.unit();
  return base::Duration(static_cast<int64_t>(static_cast<double>(delay.count()) * stretch));
}

WorkQueue::WorkQueue(rt::Runtime& runtime, BackoffOptions backoff)
    : runtime_(runtime), backoff_(backoff), changed_(runtime) {}

void WorkQueue::add(const Key& key) {
  if (closed_ || !dirty_.insert(key).second) return;
  if (working_.contains(key)) return;
  order_.push_back(key);
  changed_.set();
}

void WorkQueue::add_after(const Key& key, base::Duration delay) {
  if (closed_) return;
  if (delay <= base::Duration::zero()) {
    add(key);
    return;
  }
  base::Time due = runtime_.now() + delay;
  auto [waiting, is_new] = delayed_.try_emplace(key, due);
  if (!is_new) {
    if (waiting->second <= due) return;
    by_time_.erase({waiting->second, key});
    waiting->second = due;
  }
  by_time_.insert({due, key});
  changed_.set();
}

void WorkQueue::add_rate_limited(const Key& key) {
  add_after(key, backoff_delay(backoff_, failures_[key]++, runtime_.random()));
}

void WorkQueue::forget(const Key& key) {
  failures_.erase(key);
}

int WorkQueue::failures(const Key& key) const {
  auto it = failures_.find(key);
  return it == failures_.end() ? 0 : it->second;
}

void WorkQueue::release_due() {
  base::Time now = runtime_.now();
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    Key key = by_time_.begin()->second;
    by_time_.erase(by_time_.begin());
    delayed_.erase(key);
    add(key);
  }
}

Task<std::optional<Key>> WorkQueue::take() {
  while (true) {
    release_due();
    if (!order_.empty()) break;
    if (closed_) co_return std::nullopt;
    changed_.reset();
    if (by_time_.empty()) {
      co_await changed_.wait();
    } else {
      bool ignored = co_await changed_.wait_until(by_time_.begin()->first);
      static_cast<void>(ignored);
    }
  }
  Key key = std::move(order_.front());
  order_.pop_front();
  dirty_.erase(key);
  working_.insert(key);
  co_return key;
}

void WorkQueue::done(const Key& key) {
  working_.erase(key);
  if (!dirty_.contains(key)) return;
  order_.push_back(key);
  changed_.set();
}

void WorkQueue::close() {
  closed_ = true;
  delayed_.clear();
  by_time_.clear();
  changed_.set();
}

}  // namespace jibe::control
