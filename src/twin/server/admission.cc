#include "twin/server/admission.h"

#include "base/coroutine.h"
#include "twin/server/plugins.h"

namespace jibe::twin {

Task<void> Admission::mutate(ApiWrite& write) {
  admit_namespace(core_, write);
  co_await admit_service_account(core_, write);
  admit_pod_defaults(core_, write);
}

Task<void> Admission::validate(const ApiWrite& write) {
  (void)write;
  co_return;
}

}  // namespace jibe::twin
