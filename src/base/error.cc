#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace jibe::base {

std::string sentence_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "unknown error";
  }
}

void fail_assert(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: this must hold but does not: %s\n", file, line, expression);
  std::abort();
}

}  // namespace jibe::base
