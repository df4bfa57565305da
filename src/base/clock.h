// Time as an interface: only src/rt reads a clock.
#pragma once
#include <chrono>
#include <string>

namespace jibe::base {

using Duration = std::chrono::nanoseconds;
// Wall-clock time, nanoseconds since the Unix epoch, UTC.
using Time = std::chrono::time_point<std::chrono::system_clock, Duration>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

}  // namespace jibe::base
