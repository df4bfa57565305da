// Streams in memory, deterministic on the simulated runtime.
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "net/stream.h"
#include "rt/runtime.h"

namespace jibe::net {

struct PipeOptions {
  // A writer waits while so many bytes are unread.
  size_t capacity = size_t{64} << 10;
  std::string name = "pipe";
};

// Two ends; what one writes the other reads.
std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>> make_pipe(
    rt::Runtime& runtime, PipeOptions options = {});

// A listener and its dialers without a network. The port must outlive both.
class PipePort {
 public:
  explicit PipePort(rt::Runtime& runtime, PipeOptions options = {});
  ~PipePort();
  std::unique_ptr<Listener> listen();
  std::unique_ptr<Dialer> dialer();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace jibe::net
