// The root of everything that jibe throws.
#pragma once
#include <stdexcept>
#include <string>

namespace jibe::base {

// what() is a sentence for the person at the terminal: what was attempted, on which object in which
// cluster, and what to do. Folders derive their own errors where a caller must tell them apart.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& sentence) : std::runtime_error(sentence) {}
};

// The caller's input is wrong; trying again with the same input cannot help.
class InvalidInput : public Error {
 public:
  using Error::Error;
};

// A wait was ended because its group was cancelled (shutdown, or its owner went away).
class Cancelled : public Error {
 public:
  Cancelled() : Error("cancelled") {}
};

// A wait reached its deadline. `what` names what was waited for.
class DeadlineExceeded : public Error {
 public:
  using Error::Error;
};

// The sentence of any exception, for logs and status messages.
std::string sentence_of(const std::exception_ptr& error);

// Programmer errors; stays on in release builds. Prints the text and aborts.
[[noreturn]] void fail_assert(const char* expression, const char* file, int line);

}  // namespace jibe::base

#define JIBE_ASSERT(expression) \
  ((expression) ? (void)0 : ::jibe::base::fail_assert(#expression, __FILE__, __LINE__))
