// Who owns whom, by uid, kept up to date by events (pkg/controller/garbagecollector, 1.36). Pure.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/value.h"
#include "kube/object.h"

namespace jibe::twin {

class OwnerGraph {
 public:
  struct Node {
    kube::Gvr gvr;
    kube::ObjectName name;
    data::Value owners;
    bool terminating = false;
    // Which of the two finalizers it has: waits for its dependents, or lets go of them.
    bool foreground = false;
    bool orphan = false;
  };

  // Both give the uids that are to be looked at again.
  std::vector<std::string> changed(const kube::Gvr& gvr, const data::Value& object);
  std::vector<std::string> deleted(const std::string& uid);

  const Node* find(const std::string& uid) const;
  std::vector<std::string> dependents(const std::string& uid) const;
  // Those that the owner's foreground deletion waits for.
  std::vector<std::string> blocking_dependents(const std::string& uid) const;

  // What the collector does with an object now.
  enum class Verdict {
    kKeep,
    kDelete,
    kDeleteForeground,
    kDropOwners,
    kUnblock,
    kOrphanDependents
  };
  struct Decision {
    Verdict verdict = Verdict::kKeep;
    // Of kDropOwners: the owners that stay.
    data::Value owners;
    // "Background", "Foreground" or "Orphan".
    std::string propagation = "Background";
  };
  Decision decide(const std::string& uid) const;

 private:
  bool exists_for(const data::Value& reference, const Node& dependent) const;

  std::map<std::string, Node> nodes_;
  std::map<std::string, std::set<std::string>> dependents_;
};

}  // namespace jibe::twin
