// What runs in a simulated container.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/task.h"
#include "data/value.h"
#include "http/message.h"

namespace jibe::twin {

// A program that runs in a container, for as long as the object lives. The object may outlive run()
// while requests that reached it before are being answered.
class PodProcess {
 public:
  virtual ~PodProcess() = default;
  // Runs until it is cancelled (the pod was deleted) or returns (the container exits with 0); an
  // exception exits with 1 and its sentence as the termination message.
  virtual Task<void> run() = 0;
  // What listens on this port of the pod; nullptr refuses the connection.
  virtual http::Handler* listener(int port) = 0;
  // What the readiness probe finds; asked again on every probe.
  virtual bool ready() const = 0;
};

// The program of that container of that pod; nullptr: nothing runs in it, and it is fine.
using MakeProcess = std::function<std::unique_ptr<PodProcess>(const data::Value& pod,
                                                              const std::string& container)>;

}  // namespace jibe::twin
