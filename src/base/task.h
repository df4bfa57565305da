// Task<T>: the coroutine type of the whole program, declared without including Asio, so that a
// public header that declares coroutines costs nothing. A file with coroutine bodies includes
// base/coroutine.h.
#pragma once

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace jibe::base {
template <class T = void>
using Task = boost::asio::awaitable<T, boost::asio::any_io_executor>;
}  // namespace jibe::base

namespace jibe {
using base::Task;
}
