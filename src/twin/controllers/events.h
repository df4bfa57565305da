// Events as components of Kubernetes record them (client-go tools/record): the same thing again
// raises the count of the Event that is there.
#pragma once
#include <map>
#include <string>

#include "base/task.h"
#include "rt/runtime.h"
#include "twin/controllers/client.h"

namespace jibe::twin {

class EventRecorder {
 public:
  // `component` is source.component ("deployment-controller"), `host` source.host of a kubelet.
  EventRecorder(rt::Runtime& runtime, Client client, std::string component, std::string host = "");

  // Events are advice: one that cannot be written (its namespace is going away) is dropped, as
  // client-go drops it.
  Task<void> normal(data::Value about, std::string reason, std::string message);
  Task<void> warning(data::Value about, std::string reason, std::string message);
  // About a part of it: "spec.containers{istio-proxy}".
  Task<void> record(data::Value about, std::string field_path, std::string type, std::string reason,
                    std::string message);

 private:
  // Gives the Event a name that is free.
  Task<void> create(data::Value& event, std::string about);
  data::Value make(const data::Value& about, const std::string& field_path, const std::string& type,
                   const std::string& reason, const std::string& message) const;

  rt::Runtime& runtime_;
  Client client_;
  std::string component_;
  std::string host_;
  // From what makes Events the same to the namespace/name of the one that counts them.
  std::map<std::string, std::string> known_;
};

}  // namespace jibe::twin
