// For tests: a tiny API server of one resource with real list and watch semantics (versions,
// bookmarks, a history that can be forgotten), and faults that a test can inject.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/coroutine.h"
#include "data/value.h"
#include "http/message.h"
#include "rt/runtime.h"
#include "rt/sync.h"

namespace jibe::kube {

class FakeApi : public http::Handler {
 public:
  explicit FakeApi(rt::Runtime& runtime) : changed_(runtime) {}

  void put(const std::string& name, const std::string& value);
  void remove(const std::string& name);
  // Watches from older versions are answered with 410.
  void forget_history() { oldest_ = version_; }
  // Sends the current version to watchers.
  void bookmark();
  // Ends every watch as a server does at its timeout.
  void end_watches();

  enum class Fault { kNone, kRefused, kError500, kGone, kGarbage, kCut, kErrorEvent };
  // What happens to the n-th request from now (0 = the next).
  void inject(int request, Fault fault) { faults_[requests_ + request] = fault; }
  int requests() const { return requests_; }
  int lists() const { return lists_; }
  const std::vector<std::string>& targets() const { return targets_; }

  Task<http::Response> handle(http::Request request) override;

 private:
  friend class FakeWatch;
  struct Event {
    int64_t version;
    std::string line;
  };
  void record(const std::string& type, const data::Value& object);
  http::Response list();
  http::Response watch(int64_t from, Fault fault);

  rt::Event changed_;
  std::map<std::string, data::Value> objects_;
  std::deque<Event> history_;
  int64_t version_ = 1;
  int64_t oldest_ = 0;
  int epoch_ = 0;
  int requests_ = 0;
  int lists_ = 0;
  std::map<int, Fault> faults_;
  std::vector<std::string> targets_;
};

}  // namespace jibe::kube
