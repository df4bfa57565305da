// For files with coroutine bodies: makes Task<T> a complete type.
//
// House rules (a coroutine frame outlives the call expression):
// - a lambda coroutine never captures; use a member or free function with by-value parameters;
// - reference parameters only if the caller awaits at once and owns the referent until then;
// - everything that is spawned belongs to an rt::TaskGroup.
#pragma once
#include <boost/asio/awaitable.hpp>

#include "base/task.h"
