// One spawned task; private to src/rt.
#pragma once
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "rt/loop.h"

namespace jibe::rt {

class SpawnedTask {
 public:
  // What the task awaits, now and later, throws base::Cancelled.
  void cancel();
  boost::asio::cancellation_slot slot() { return signal_.slot(); }

 private:
  boost::asio::cancellation_signal signal_;
};

// Starts `task` at the next turn of the loop, unless it is cancelled before. `ended` is called on
// the loop, once, with what the task threw; never where the loop is torn down first.
std::shared_ptr<SpawnedTask> spawn_task(Loop& loop, std::string name, Task<void> task,
                                        std::function<void(std::exception_ptr)> ended);

// True for base::Cancelled.
bool is_cancellation(const std::exception_ptr& error);

}  // namespace jibe::rt
