#include "takeover/goal.h"

#include <fmt/core.h>

#include "api/kinds.h"
#include "api/lifecycle.h"
#include "api/status.h"
#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/names.h"

namespace jibe::takeover {

namespace {

// `auto` stands for what the server made of it, which the status tells.
base::Revision resolved(const base::Revision& revision, const base::ClusterName& cluster,
                        const data::Value& object) {
  if (revision.str() != "auto") return revision;
  auto statuses = api::installation_statuses(object["status"]);
  auto found = statuses.find(cluster);
  if (found == statuses.end() || found->second.empty()) return revision;
  return found->second.begin()->first;
}

void add_managers(const data::Value& object, std::vector<Manager>& out) {
  auto decoded = api::decode_istio_lifecycle_manager(object);
  for (const auto& installation : decoded.value.installations) {
    if (installation.clusters.empty()) continue;
    Manager manager;
    manager.name = kube::name_of(object);
    manager.revision = resolved(installation.revision, installation.clusters[0].name, object);
    for (const auto& target : installation.clusters) manager.clusters.push_back(target.name);
    out.push_back(std::move(manager));
  }
}

std::string list_of(const std::vector<Manager>& managers) {
  std::vector<std::string> names;
  for (const auto& manager : managers)
    names.push_back(fmt::format("{} (revision {})", manager.name.str(), manager.revision.str()));
  return names.empty() ? "none" : base::join(names, ", ");
}

}  // namespace

Task<Manager> find_manager(kube::Client& management, kube::ObjectName name,
                           base::Revision revision) {
  auto found = co_await management.list(api::istio_lifecycle_manager_kind().gvr);
  std::vector<Manager> all;
  for (const auto& object : found.items) add_managers(object, all);
  std::vector<Manager> fitting;
  for (const auto& manager : all)
    if ((name.name.empty() || manager.name == name) &&
        (revision.empty() || manager.revision == revision))
      fitting.push_back(manager);
  if (fitting.size() == 1) co_return fitting[0];
  throw base::InvalidInput(
      fitting.empty()
          ? fmt::format("no IstioLifecycleManager in {} has such an installation; there are: {}",
                        management.options().where, list_of(all))
          : fmt::format("several installations in {} could take over: {}; choose one with --ilm "
                        "and --revision",
                        management.options().where, list_of(fitting)));
}

Old old_revision(const ClusterState& state, const Goal& goal) {
  Old out;
  std::vector<std::string> names;
  for (const auto& plane : state.mesh.control_planes) {
    if (plane.revision == goal.to || plane.method == istio::InstallMethod::kJibe) continue;
    if (goal.from && plane.revision != *goal.from) continue;
    names.push_back(istio::rev_label(plane.revision));
    out.revision = plane.revision;
  }
  if (names.size() < 2) return out;
  out.revision.reset();
  out.trouble = fmt::format(
      "cluster {} has several control planes that jibe does not manage ({}); name the one to take "
      "over with --from",
      state.cluster.str(), base::join(names, ", "));
  return out;
}

}  // namespace jibe::takeover
