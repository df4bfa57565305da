// Reflector: keeps a sink equal to what the API server has: list, then watch from there, resuming
// at the last resourceVersion seen (events and bookmarks), listing again where that is gone (410).
// client-go tools/cache/reflector.go, v0.36.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "data/value.h"
#include "kube/client.h"
#include "kube/watch.h"

namespace jibe::kube {

// Called on the event loop; must not throw.
class ReflectorSink {
 public:
  virtual ~ReflectorSink() = default;
  // The whole state, after a (re-)list.
  virtual void replace(std::vector<data::Value> items) = 0;
  // kAdded, kModified or kDeleted.
  virtual void apply(const WatchEvent& event) = 0;
};

struct ReflectorOptions {
  Gvr gvr;
  std::string ns;  // "" = all namespaces
  ListOptions selection;
  base::Duration backoff_first = std::chrono::milliseconds(800);
  base::Duration backoff_limit = std::chrono::seconds(30);
  // A watch ends after a random time between this and twice this, as in client-go.
  base::Duration watch_timeout = std::chrono::minutes(5);
};

class Reflector {
 public:
  // All must outlive the reflector.
  Reflector(Client& client, ReflectorSink& sink, ReflectorOptions options);

  // Runs until cancelled. Every trouble is logged and retried.
  Task<void> run();
  // The same, but ends once `enough` holds after a list or an event.
  Task<void> run_until(std::function<bool()> enough);

  // The last trouble's sentence, "" while all is well. For status displays.
  const std::string& trouble() const { return trouble_; }
  const std::string& resource_version() const { return resource_version_; }

 private:
  Task<void> round();
  Task<void> relist();
  Task<void> watch();
  Task<void> stream(base::Duration timeout);
  void take(const WatchEvent& event);
  void note_trouble(const std::string& sentence, bool ordinary);
  bool is_enough() const;
  base::Duration next_backoff();

  Client& client_;
  ReflectorSink& sink_;
  ReflectorOptions options_;
  std::string resource_version_;
  std::string trouble_;
  bool listed_ = false;
  int failures_ = 0;        // since something came through; decides the back-off
  int watch_failures_ = 0;  // watches in a row that failed since the last list
  std::function<bool()> enough_;
};

}  // namespace jibe::kube
