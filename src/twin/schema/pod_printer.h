// How kubectl sees a pod: READY, STATUS and RESTARTS out of container statuses.
#pragma once
#include <string>
#include <vector>

#include "base/clock.h"
#include "data/value.h"
#include "twin/schema/printers.h"

namespace jibe::twin {

std::vector<Column> pod_columns();
data::Value pod_cells(const data::Value& pod, base::Time now);
// The STATUS column alone: "Running", "Init:0/1", "CrashLoopBackOff", "Terminating", …
std::string pod_status_text(const data::Value& pod);

}  // namespace jibe::twin
