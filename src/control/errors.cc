#include "control/errors.h"

#include <array>

#include "data/value.h"
#include "kube/discovery.h"
#include "kube/status.h"
#include "net/stream.h"

namespace jibe::control {
namespace {

constexpr std::array<FaultRule, 5> kRules = {{
    // What is invalid today may be valid once a cluster or a webhook has changed, which no watch
    // tells: look again, slowly.
    {Fault::kInvalid, "Invalid", Retry::kSlowly, "False", "Warning"},
    // A network that stumbles does not make an installation unready.
    {Fault::kTransient, "Transient", Retry::kBackoff, "", "Warning"},
    {Fault::kConflict, "Conflict", Retry::kAtOnce, "", ""},
    {Fault::kMissing, "Missing", Retry::kSlowly, "False", "Warning"},
    {Fault::kTerminal, "Terminal", Retry::kOnChange, "False", "Warning"},
}};

Fault fault_of(const kube::StatusError& error) {
  if (error.is_conflict() || error.is_already_exists()) return Fault::kConflict;
  switch (error.code()) {
    case 400:  // among others, an admission webhook said no
    case 413:
    case 422:
      return Fault::kInvalid;
    case 405:
    case 406:
    case 415:
      return Fault::kTerminal;
    default:
      // Also 404: something went away between two requests; and 403: rights are granted later.
      return Fault::kTransient;
  }
}

}  // namespace

const FaultRule& rule_of(Fault fault) {
  return kRules.at(static_cast<size_t>(fault));
}

Failure classify(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const ReconcileError& e) {
    return {e.fault(), e.reason(), e.what()};
  } catch (const kube::StatusError& e) {
    return {fault_of(e), e.reason().empty() ? "ApiError" : e.reason(), e.what()};
  } catch (const kube::NoKindMatch& e) {
    return {Fault::kMissing, "KindMissing", e.what()};
  } catch (const base::InvalidInput& e) {
    return {Fault::kInvalid, "Invalid", e.what()};
  } catch (const data::WrongKind& e) {
    return {Fault::kInvalid, "Malformed", e.what()};
  } catch (const net::ConnectError& e) {
    return {Fault::kTransient, "Unreachable", e.what()};
  } catch (const base::DeadlineExceeded& e) {
    return {Fault::kTransient, "Timeout", e.what()};
  } catch (const base::Error& e) {
    return {Fault::kTransient, "Failed", e.what()};
  } catch (const std::exception& e) {
    return {Fault::kTransient, "InternalError", e.what()};
  }
}

}  // namespace jibe::control
