#include "rt/runtime.h"

#include <boost/asio/any_io_executor.hpp>

#include "rt/loop_runtime.h"

namespace jibe::rt {

Task<void> Runtime::sleep(Duration span) {
  co_await loop().wait(nullptr, loop().monotonic() + span, Interrupt::kAllowed);
}

template <class Base>
Task<void> LoopRuntime<Base>::sleep_until(Time deadline) {
  Duration at = monotonic() + (deadline - this->now());
  co_await wait(nullptr, at, Interrupt::kAllowed);
}

template <class Base>
Task<void> LoopRuntime<Base>::yield() {
  return Loop::yield();
}

template <class Base>
boost::asio::any_io_executor LoopRuntime<Base>::executor() {
  return context().get_executor();
}

template <class Base>
void LoopRuntime<Base>::run(Task<void> main) {
  JIBE_ASSERT(main_ended());
  std::exception_ptr error;
  context().restart();
  main_ = spawn_task(*this, "main", std::move(main), [this, &error](std::exception_ptr e) {
    error = e;
    main_.reset();
    context().stop();
  });
  drive();
  if (error) std::rethrow_exception(error);
}

template <class Base>
void LoopRuntime<Base>::cancel_main() {
  if (main_) main_->cancel();
}

template class LoopRuntime<Runtime>;
template class LoopRuntime<SimulatedRuntime>;

}  // namespace jibe::rt
