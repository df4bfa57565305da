// Going through a plan: look, plan, do the first step, and again, until nothing is left or somebody
// is asked for something.
#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "takeover/actions.h"

namespace jibe::takeover {

// Told about everything that happens, as it happens.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void begins(const base::ClusterName& cluster, const Step& step) = 0;
  virtual void ended(const base::ClusterName& cluster, const Step& step,
                     const Removed& removed) = 0;
  virtual void kept(const base::ClusterName& cluster, const std::string& sentence) = 0;
};

struct Result {
  // What somebody must do before the takeover of this cluster can go on; empty: it is done.
  std::vector<std::string> asks;
  Removed removed;
  std::vector<std::string> kept;
  size_t steps = 0;
};

// Throws base::Error where a step fails; what was done before it stays done, and a later run goes
// on from there.
Task<Result> run_takeover(Site site, Listener& listener);

}  // namespace jibe::takeover
