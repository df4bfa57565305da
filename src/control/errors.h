// The closed set of what can go wrong while reconciling, and the one table that says what each
// means for retry, condition and Event. Nothing else in jibe decides about retries.
#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"

namespace jibe::control {

enum class Fault {
  kInvalid,    // what the user wrote cannot work; wait until they change it
  kTransient,  // may work later: network, overload, not ready yet
  kConflict,   // decided on stale data; look again now
  kMissing,    // something referred to does not exist yet; a watch will tell
  kTerminal,   // cannot work, and not for the user to fix by editing: give up until something
               // changes
};

// Thrown by reconcilers that know what they mean. `reason` is a CamelCase word for conditions and
// Events ("UnknownCluster"); what() is the sentence.
class ReconcileError : public base::Error {
 public:
  ReconcileError(Fault fault, std::string reason, const std::string& sentence)
      : Error(sentence), fault_(fault), reason_(std::move(reason)) {}
  Fault fault() const { return fault_; }
  const std::string& reason() const { return reason_; }

 private:
  Fault fault_;
  std::string reason_;
};

struct Failure {
  Fault fault;
  std::string reason;
  std::string sentence;
};
// Of any exception but base::Cancelled, which it rethrows. kube::StatusError by its reason and
// code, base::InvalidInput as Invalid, data::WrongKind as Invalid, everything else as Transient.
Failure classify(const std::exception_ptr& error);

enum class Retry {
  kOnChange,  // not before the object or what it refers to changes
  kAtOnce,    // the queue's shortest back-off
  kBackoff,   // exponential with jitter
  kSlowly,    // on change, and once every slow_period in case no watch covers what is missing
};

struct FaultRule {
  Fault fault;
  std::string_view name;
  Retry retry;
  // metav1.Condition status of "Ready", or "" where the condition stays as it is.
  std::string_view ready;
  // "Warning", or "" for none.
  std::string_view event;
};
const FaultRule& rule_of(Fault fault);

inline constexpr base::Duration kSlowPeriod = std::chrono::minutes(5);

}  // namespace jibe::control
