// What both runtimes share; private to src/rt.
#pragma once
#include <exception>
#include <memory>

#include "rt/loop.h"
#include "rt/runtime.h"
#include "rt/spawn.h"

namespace jibe::rt {

// Base is Runtime or SimulatedRuntime.
template <class Base>
class LoopRuntime : public Base, public Loop {
 public:
  Task<void> sleep_until(Time deadline) override;
  Task<void> yield() override;
  boost::asio::any_io_executor executor() override;
  void run(Task<void> main) override;
  Loop& loop() override { return *this; }

 protected:
  // Runs the loop until main_ended().
  virtual void drive() = 0;
  bool main_ended() const { return !main_; }
  void cancel_main();

 private:
  std::shared_ptr<SpawnedTask> main_;
};

}  // namespace jibe::rt
