#include "control/errors.h"

#include <gtest/gtest.h>

#include "data/value.h"
#include "kube/discovery.h"
#include "kube/status.h"
#include "net/stream.h"

namespace jibe::control {
namespace {

template <class E>
Failure of(E error) {
  return classify(std::make_exception_ptr(std::move(error)));
}
kube::StatusError status(int code, const char* reason) {
  return kube::StatusError(code, reason, "sentence");
}

TEST(Faults, EveryErrorHasOne) {
  EXPECT_EQ(of(status(409, "Conflict")).fault, Fault::kConflict);
  EXPECT_EQ(of(status(409, "AlreadyExists")).fault, Fault::kConflict);
  EXPECT_EQ(of(status(422, "Invalid")).fault, Fault::kInvalid);
  EXPECT_EQ(of(status(400, "")).reason, "ApiError");
  EXPECT_EQ(of(status(404, "NotFound")).fault, Fault::kTransient);
  EXPECT_EQ(of(status(403, "Forbidden")).fault, Fault::kTransient);
  EXPECT_EQ(of(status(503, "ServiceUnavailable")).fault, Fault::kTransient);
  EXPECT_EQ(of(status(405, "MethodNotAllowed")).fault, Fault::kTerminal);
  EXPECT_EQ(of(kube::NoKindMatch("x")).fault, Fault::kMissing);
  EXPECT_EQ(of(base::InvalidInput("x")).fault, Fault::kInvalid);
  EXPECT_EQ(of(data::WrongKind("x")).fault, Fault::kInvalid);
  EXPECT_EQ(of(base::DeadlineExceeded("x")).reason, "Timeout");
  EXPECT_EQ(of(base::Error("x")).sentence, "x");
  EXPECT_EQ(of(net::ConnectError(net::ConnectError::Kind::kRefused, "x")).reason, "Unreachable");
  EXPECT_EQ(of(std::runtime_error("x")).reason, "InternalError");
  EXPECT_EQ(of(ReconcileError(Fault::kTerminal, "Why", "x")).reason, "Why");
  EXPECT_THROW(of(base::Cancelled()), base::Cancelled);
}

TEST(Faults, TheTableHasARowForEach) {
  for (Fault fault :
       {Fault::kInvalid, Fault::kTransient, Fault::kConflict, Fault::kMissing, Fault::kTerminal}) {
    EXPECT_EQ(rule_of(fault).fault, fault);
  }
}

}  // namespace
}  // namespace jibe::control
