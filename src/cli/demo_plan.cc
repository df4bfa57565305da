// Which releases a demo shows, and what it says at its end.
#include <fmt/core.h>

#include <algorithm>

#include "cli/demo_journey.h"
#include "cli/print.h"
#include "lifecycle/operator_spec.h"

namespace jibe::cli {

namespace {

bool has(const std::vector<istio::Version>& known, const istio::Version& version) {
  return std::find(known.begin(), known.end(), version) != known.end();
}

// The newest release of the minor before, or nothing.
const istio::Version* one_minor_older(const std::vector<istio::Version>& known,
                                      const istio::Version& version) {
  const istio::Version* found = nullptr;
  for (const auto& candidate : known)
    if (candidate.pre_release.empty() && candidate.minor + 1 == version.minor &&
        (!found || *found < candidate))
      found = &candidate;
  return found;
}

}  // namespace

DemoPlan plan_demo(const std::vector<istio::Version>& known, const std::string& old_version,
                   const std::string& new_version, const std::string& revision) {
  const istio::Version guides_old{1, 14, 5, ""};
  const istio::Version guides_new{1, 15, 3, ""};
  bool guides = has(known, guides_old) && has(known, guides_new);
  DemoPlan out;
  if (!new_version.empty())
    out.new_version = istio::chart_version_for_tag(new_version, known);
  else
    out.new_version = guides && old_version.empty() ? guides_new : istio::default_version(known);
  const auto* older = one_minor_older(known, out.new_version);
  if (!old_version.empty()) {
    out.old_charts = istio::chart_version_for_tag(old_version, known);
    out.old_tag = old_version;
  } else if (older) {
    out.old_charts = *older;
    out.old_tag = older->str();
  } else {
    out.old_charts = out.new_version;
    out.old_tag = fmt::format("{}.{}.0", out.new_version.major, out.new_version.minor - 1);
    out.note = fmt::format(
        "the chart store lacks an older release: the old Istio is rendered from the charts of {} "
        "with the tag {} and no revision; name other charts in JIBE_CHARTS",
        out.new_version.str(), out.old_tag);
  }
  out.revision = revision.empty() ? lifecycle::revision_of_version(out.new_version.str())
                                  : base::Revision(revision);
  return out;
}

std::string DemoJourney::summary() const {
  std::vector<std::vector<std::string>> rows = {
      {"CLUSTER", "PROXIES BEFORE", "PROXIES NOW", "RESTARTS", "REMOVED", "TIME"}};
  for (const auto& [name, account] : accounts_)
    rows.push_back({name.str(), fmt::format("{} of {}", account.proxies_before, plan_.old_tag),
                    fmt::format("{} of {}", account.proxies_after, plan_.new_version.str()),
                    std::to_string(account.restarts), fmt::format("{} objects", account.removed),
                    fmt::format("{:.1f}s", std::chrono::duration<double>(account.took).count())});
  return fmt::format(
      "\n{}\n{} requests during the takeover, {} lost; {} looks at the default "
      "injector, one at each\n",
      table(rows), probe_->asked(), probe_->failures().size(), invariant_->looks());
}

}  // namespace jibe::cli
