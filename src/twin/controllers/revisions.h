// ControllerRevisions: the templates that a StatefulSet or DaemonSet has had
// (pkg/controller/history, 1.36).
#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "data/value.h"
#include "twin/controllers/client.h"

namespace jibe::twin {

inline constexpr std::string_view kControllerRevisionHash = "controller-revision-hash";

// Those that `owner` controls, oldest revision first.
std::vector<data::Value> revisions_of(const Client& client, const data::Value& owner);

// The revision of the owner's present template: found, made the newest again, or created with a
// label `hash_label` that holds its hash.
Task<data::Value> ensure_revision(Client& client, data::Value owner, std::string hash_label);

// Deletes the oldest beyond spec.revisionHistoryLimit, but none whose name is in `used`.
Task<void> truncate_history(Client& client, data::Value owner, std::vector<std::string> used);

// The template that a revision holds.
data::Value template_of(const data::Value& revision);

}  // namespace jibe::twin
