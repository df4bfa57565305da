#include "control/status_writer.h"

#include "base/coroutine.h"

namespace jibe::control {

Task<bool> write_status(kube::Client& client, kube::Gvr gvr, data::Value object,
                        data::Value status) {
  if (object["status"] == status) co_return false;
  object.set("status", std::move(status));
  try {
    data::Value ignored = co_await client.update_status(std::move(gvr), std::move(object));
    co_return true;
  } catch (const kube::StatusError& error) {
    if (!error.is_not_found()) throw;
  }
  co_return false;
}

}  // namespace jibe::control
