#include "twin/controllers/work_queue.h"

#include "base/coroutine.h"

namespace jibe::twin {

namespace {
constexpr base::Duration kFirstRetry = std::chrono::milliseconds(5);
constexpr base::Duration kLastRetry = std::chrono::seconds(1000);
}  // namespace

void WorkQueue::add(const std::string& key) {
  if (working_.contains(key)) {
    again_.insert(key);
    return;
  }
  if (!waiting_set_.insert(key).second) return;
  waiting_.push_back(key);
  changed_.set();
}

void WorkQueue::add_after(const std::string& key, base::Duration span) {
  if (span <= base::Duration::zero()) return add(key);
  const base::Time when = runtime_.now() + span;
  const auto [it, fresh] = due_.try_emplace(key, when);
  if (!fresh) {
    if (it->second <= when) return;
    it->second = when;
  }
  later_.emplace(when, key);
  changed_.set();
}

void WorkQueue::add_rate_limited(const std::string& key) {
  const int failures = failures_[key]++;
  const base::Duration wait = failures > 17 ? kLastRetry : kFirstRetry * (1 << failures);
  add_after(key, std::min(wait, kLastRetry));
}

void WorkQueue::release_due() {
  const base::Time now = runtime_.now();
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto [when, key] = *later_.begin();
    later_.erase(later_.begin());
    const auto due = due_.find(key);
    if (due == due_.end() || due->second != when) continue;
    due_.erase(due);
    add(key);
  }
}

Task<std::string> WorkQueue::next() {
  while (true) {
    release_due();
    if (!waiting_.empty()) break;
    changed_.reset();
    if (later_.empty()) {
      co_await changed_.wait();
    } else {
      const base::Time deadline = later_.begin()->first;
      co_await changed_.wait_until(deadline);
    }
  }
  std::string key = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_set_.erase(key);
  working_.insert(key);
  co_return key;
}

void WorkQueue::done(const std::string& key) {
  working_.erase(key);
  if (again_.erase(key) > 0) add(key);
}

}  // namespace jibe::twin
