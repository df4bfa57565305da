// Rules for the names that users choose. Each gives "" where the name is fine, else a clause that
// says what is wrong and what to do.
#pragma once
#include <string>
#include <string_view>

namespace jibe::api {

// The revision that stands for "the default version that jibe supports".
inline constexpr std::string_view kAutoRevision = "auto";

// At most 63 characters, a DNS label: it becomes a label value, a namespace gm-iop-<rev> and part
// of Deployment and Service names. "1.15" is answered with "use 1-15".
std::string revision_problem(std::string_view revision);
// A registered cluster's name: a DNS label; goes into SANs, labels and status keys.
std::string cluster_name_problem(std::string_view name);
// A kubeconfig context that is to be registered: its name becomes a SAN, so no underscores; the
// answer has the `kubectl config rename-context` command ready to paste.
std::string context_name_problem(std::string_view context);
// "<gateway>-<revision>" names a Deployment.
std::string gateway_name_problem(std::string_view gateway, std::string_view revision);

// What a name would be with every character that is not allowed turned into '-'.
std::string suggest_label(std::string_view name);

}  // namespace jibe::api
