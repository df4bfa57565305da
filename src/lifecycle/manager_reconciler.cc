#include "lifecycle/manager_reconciler.h"

#include <fmt/core.h>

#include <set>

#include "base/coroutine.h"
#include "base/strings.h"
#include "control/finalizers.h"
#include "control/status_writer.h"
#include "istio/names.h"
#include "lifecycle/activation_steps.h"
#include "lifecycle/contract.h"
#include "lifecycle/operator_spec.h"
#include "rt/task_group.h"

namespace jibe::lifecycle {

namespace {

constexpr base::Duration kWhileMoving = std::chrono::seconds(2);
constexpr base::Duration kWhileSettled = std::chrono::seconds(30);

base::Revision named(const base::Revision& revision, const std::vector<istio::Version>& known) {
  if (revision.str() != "auto") return revision;
  return revision_of_version(istio::default_version(known).str());
}

api::InstallationStatus failed(const base::Revision& revision, std::string sentence) {
  api::InstallationStatus out;
  out.state = api::State::kFailed;
  out.message = std::move(sentence);
  out.observed_revision = revision;
  return out;
}

// Other charts than the user named would be worse than none.
std::string repository_problem(const api::HelmGlobal& helm) {
  if (helm.repo.empty()) return "";
  return fmt::format(
      "spec.helmGlobal.repo names {}, but the server installs from its own chart store alone yet; "
      "remove the field, and bring other charts into the store with jibe charts pull",
      helm.repo);
}

// A server's answer says what it refused; where none came, the cluster is what matters.
std::string trouble_in(kube::Client& client, const std::exception& error) {
  if (dynamic_cast<const kube::StatusError*>(&error))
    return fmt::format("{}: {}", client.options().where, error.what());
  return fmt::format("{} does not answer, and is left as it is until it does: {}",
                     client.options().where, error.what());
}

bool is_wanted(const Wish& wish, const base::ClusterName& cluster, const data::Value& iop) {
  if (wish.head.terminating) return false;
  for (const auto& wanted : wish.wanted)
    if (wanted.cluster == cluster && wanted.revision.str() == kube::label_of(iop, istio::kRevLabel))
      return true;
  return false;
}

// Nothing but the user's own edit can change these; everything else is looked at again soon.
bool settled(const api::InstallationStatuses& statuses) {
  for (const auto& [cluster, revisions] : statuses)
    for (const auto& [revision, status] : revisions)
      if (status.state != api::State::kHealthy && status.state != api::State::kFailed) return false;
  return true;
}

bool anything_left(const api::InstallationStatuses& statuses) {
  for (const auto& [cluster, revisions] : statuses)
    for (const auto& [revision, status] : revisions)
      if (status.state != api::State::kUninstalledControlPlane &&
          status.state != api::State::kUninstalledGateway)
        return true;
  return false;
}

Wanted wanted_of(const api::ClusterTarget& target, const base::Revision& revision,
                 const base::Revision& control_plane, const data::Value& spec, bool gateway) {
  Wanted out;
  out.cluster = target.name;
  out.revision = revision;
  out.control_plane = control_plane;
  out.gateway = gateway;
  out.active = target.active;
  out.trust_domain = target.trust_domain;
  out.operator_spec = spec;
  return out;
}

}  // namespace

Wish wish_of_istio(const data::Value& object, const std::vector<istio::Version>& known) {
  auto decoded = api::decode_istio_lifecycle_manager(object);
  Wish out;
  out.head = decoded.value.head;
  out.problem = decoded.problems.empty() ? "" : api::sentence(decoded.problems);
  if (out.problem.empty()) out.problem = repository_problem(decoded.value.helm_global);
  for (const auto& installation : decoded.value.installations)
    for (const auto& target : installation.clusters) {
      auto revision = named(installation.revision, known);
      out.wanted.push_back(
          wanted_of(target, revision, revision, installation.operator_spec, false));
      out.wanted.back().controller = installation.controller;
    }
  return out;
}

Wish wish_of_gateway(const data::Value& object, const std::vector<istio::Version>& known) {
  auto decoded = api::decode_gateway_lifecycle_manager(object);
  Wish out;
  out.head = decoded.value.head;
  out.problem = decoded.problems.empty() ? "" : api::sentence(decoded.problems);
  if (out.problem.empty()) out.problem = repository_problem(decoded.value.helm_global);
  for (const auto& installation : decoded.value.installations)
    for (const auto& target : installation.clusters)
      out.wanted.push_back(wanted_of(target, named(installation.gateway_revision, known),
                                     named(installation.control_plane_revision, known),
                                     installation.operator_spec, true));
  return out;
}

ManagerReconciler::ManagerReconciler(kube::Client& management, Clusters& clusters,
                                     const istio::ChartStore& charts, std::string installer_image,
                                     api::KindInfo kind, Read read)
    : management_(management),
      clusters_(clusters),
      charts_(charts),
      installer_image_(std::move(installer_image)),
      kind_(std::move(kind)),
      read_(read) {}

Task<control::Outcome> ManagerReconciler::reconcile(control::Key key) {
  auto found = co_await management_.try_get(kind_.gvr, key.object);
  if (!found) co_return control::Outcome{};
  data::Value object = *found;
  auto wish = read_(object, charts_.versions());
  api::LifecycleStatus status;
  status.observed_generation = wish.head.generation;
  if (!wish.problem.empty() && !wish.head.terminating) {
    // What is wrong must change nothing, not even what it no longer mentions.
    for (const auto& wanted : wish.wanted)
      status.installations[wanted.cluster][wanted.revision] = failed(wanted.revision, wish.problem);
    if (wish.wanted.empty())
      status.installations[base::ClusterName("unknown")][base::Revision("unknown")] =
          failed(base::Revision("unknown"), wish.problem);
  } else {
    if (!wish.head.terminating) {
      object = co_await control::ensure_finalizer(management_, kind_.gvr, object,
                                                  std::string(api::kFinalizer));
      object = co_await record_pending(wish, object);
    }
    wish.before = api::installation_statuses(object["status"]);
    co_await work_on_all(wish, key.object, status.installations);
  }
  bool news = co_await control::write_status(management_, kind_.gvr, object, api::to_value(status));
  if (news) tell(object, status.installations);
  if (wish.head.terminating && !anything_left(status.installations)) {
    auto last = co_await management_.try_get(kind_.gvr, key.object);
    if (last)
      co_await control::drop_finalizer(management_, kind_.gvr, *last, std::string(api::kFinalizer));
    co_return control::Outcome{};
  }
  co_return control::Outcome{settled(status.installations) ? kWhileSettled : kWhileMoving};
}

// What is new in it, for who reads the log.
void ManagerReconciler::tell(const data::Value& before, const api::InstallationStatuses& now) {
  auto old = api::installation_statuses(before["status"]);
  for (const auto& [cluster, revisions] : now)
    for (const auto& [revision, status] : revisions) {
      const auto& was = old[cluster][revision];
      if (was.state == status.state && was.message == status.message) continue;
      management_.runtime().log().info("revision in a cluster",
                                       {{"manager", kube::describe(before)},
                                        {"cluster", cluster.str()},
                                        {"revision", revision.str()},
                                        {"state", api::to_string(status.state)},
                                        {"message", status.message}});
    }
}

// Before anything is written to a cluster, the object says that something may be there: an
// uninstallation trusts it where a cluster does not answer.
Task<data::Value> ManagerReconciler::record_pending(Wish wish, data::Value object) {
  auto status = api::lifecycle_status(object["status"]);
  bool news = false;
  for (const auto& wanted : wish.wanted) {
    auto& revisions = status.installations[wanted.cluster];
    if (revisions.contains(wanted.revision)) continue;
    revisions[wanted.revision].observed_revision = wanted.revision;
    news = true;
  }
  if (!news) co_return object;
  status.observed_generation = wish.head.generation;
  co_await control::write_status(management_, kind_.gvr, object, api::to_value(status));
  co_return co_await management_.get(kind_.gvr, wish.head.name);
}

// One cluster's trouble is that cluster's status; the others go on.
Task<api::InstallationStatus> ManagerReconciler::bring(Wanted wanted, kube::ObjectName manager) {
  kube::Client* client = clusters_.find(wanted.cluster);
  if (!client) {
    std::vector<std::string> names;
    for (const auto& name : clusters_.names()) names.push_back(name.str());
    co_return failed(wanted.revision,
                     fmt::format("cluster \"{}\" is not registered; registered clusters: {}",
                                 wanted.cluster.str(), base::join(names, ", ")));
  }
  api::InstallationStatus out;
  try {
    out = co_await bring_to(*client, wanted, manager);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const base::InvalidInput& error) {
    out = failed(wanted.revision, error.what());
  } catch (const std::exception& error) {
    out.state = api::State::kUnknown;
    out.message = trouble_in(*client, error);
  }
  out.observed_revision = wanted.revision;
  co_return out;
}

Task<api::InstallationStatus> ManagerReconciler::bring_to(kube::Client& client, Wanted wanted,
                                                          kube::ObjectName manager) {
  Deployment what;
  what.release = release_for(wanted.operator_spec);
  what.installer_image = installer_image_;
  what.controller = wanted.controller;
  api::ClusterTarget target{wanted.cluster, wanted.active, wanted.trust_domain};
  what.spec = wanted.gateway ? gateway_spec(wanted.operator_spec, wanted.control_plane, target)
                             : control_plane_spec(wanted.operator_spec, wanted.revision, target);
  what.meta.name = manager.name;
  what.meta.revision = wanted.revision;
  what.meta.role = wanted.gateway ? "gateway" : "control-plane";
  what.meta.chart_version = what.release->version().str();
  what.meta.manager = manager;
  what.meta.active_gateway = wanted.active;
  auto refused = co_await obstacle(client, wanted, what);
  if (refused) co_return *refused;
  auto status = co_await deploy(client, what);
  if (wanted.gateway || status.state != api::State::kHealthy) co_return status;
  co_return co_await finish(client, wanted, what, status);
}

Task<std::optional<api::InstallationStatus>> ManagerReconciler::obstacle(kube::Client& client,
                                                                         Wanted wanted,
                                                                         Deployment what) {
  if (!wanted.gateway) {
    auto conflict = co_await revision_conflict(client, what.meta);
    if (conflict) co_return failed(wanted.revision, *conflict);
    co_return std::nullopt;
  }
  auto conflict = co_await gateway_conflict(client, what.meta, what.spec);
  if (conflict) co_return failed(wanted.revision, *conflict);
  auto plane = co_await find_control_plane(client, wanted.control_plane);
  if (plane == ControlPlane::kReady) co_return std::nullopt;
  api::InstallationStatus out;
  if (plane == ControlPlane::kStarting) {
    auto installed = co_await client.try_get(
        api::istio_operator_kind().gvr, {installer_namespace(wanted.revision), what.meta.name});
    if (installed) co_return std::nullopt;
    out.state = api::State::kInstallPending;
    out.message = fmt::format("waiting for the control plane of revision {} in {}",
                              wanted.control_plane.str(), client.options().where);
    co_return out;
  }
  out.state = api::State::kNoControlPlaneAvailable;
  out.message = fmt::format("{} has no control plane of revision {}; the gateway is not installed",
                            client.options().where, wanted.control_plane.str());
  co_return out;
}

// The default revision follows once the control plane works, and goes back when it is taken away.
Task<api::InstallationStatus> ManagerReconciler::finish(kube::Client& client, Wanted wanted,
                                                        Deployment what,
                                                        api::InstallationStatus status) {
  DefaultRevision revision{wanted.revision, what.spec["namespace"].string_or("istio-system"),
                           what.release};
  if (!wanted.active) {
    co_await deactivate_default(client, revision);
    co_return status;
  }
  auto trouble = co_await activate_default(client, revision);
  if (trouble) {
    status.state = api::State::kReconcilingControlPlane;
    status.message = *trouble;
  }
  co_return status;
}

// Side by side, so that a cluster that does not answer delays no other one.
Task<void> ManagerReconciler::work_on_all(Wish wish, kube::ObjectName manager,
                                          api::InstallationStatuses& statuses) {
  std::set<base::ClusterName> clusters;
  for (const auto& name : clusters_.names()) clusters.insert(name);
  for (const auto& wanted : wish.wanted) clusters.insert(wanted.cluster);
  rt::TaskGroup group(management_.runtime());
  for (const auto& cluster : clusters)
    group.spawn("cluster " + cluster.str(), work_on(cluster, wish, manager, statuses));
  co_await group.join();
}

Task<void> ManagerReconciler::work_on(base::ClusterName cluster, Wish wish,
                                      kube::ObjectName manager,
                                      api::InstallationStatuses& statuses) {
  if (!wish.head.terminating)
    for (const auto& wanted : wish.wanted) {
      if (wanted.cluster != cluster) continue;
      auto status = co_await bring(wanted, manager);
      statuses[cluster][wanted.revision] = std::move(status);
    }
  if (!clusters_.find(cluster)) co_return;
  try {
    co_await remove_in(cluster, wish, manager, statuses);
  } catch (const base::Cancelled&) {
    throw;
  } catch (const std::exception& error) {
    // Whether something is left there is not known, so the object must stay; unless it never had
    // anything there.
    auto before = wish.before.find(cluster);
    if (before == wish.before.end()) co_return;
    for (const auto& [revision, old] : before->second) {
      auto& status = statuses[cluster][revision];
      if (!status.observed_revision.empty()) continue;  // bring() has told
      status.observed_revision = revision;
      status.state = api::State::kUnknown;
      status.message = trouble_in(*clusters_.find(cluster), error);
    }
  }
}

Task<void> ManagerReconciler::remove_in(base::ClusterName cluster, Wish wish,
                                        kube::ObjectName manager,
                                        api::InstallationStatuses& statuses) {
  kube::Client& client = *clusters_.find(cluster);
  for (const auto& iop : co_await operators_of(client, manager)) {
    base::Revision revision(kube::label_of(iop, istio::kRevLabel));
    if (is_wanted(wish, cluster, iop)) continue;
    bool is_default = !wish.wanted.empty() && !wish.wanted[0].gateway &&
                      co_await is_default_revision(client, revision);
    if (is_default && !wish.head.force_uninstall) {
      auto& status = statuses[cluster][revision];
      status.state = api::State::kActionRequired;
      status.observed_revision = revision;
      status.message = fmt::format(
          "revision {} is the default revision of {}; make another one the default first",
          revision.str(), client.options().where);
      continue;
    }
    statuses[cluster][revision] =
        co_await remove_installation(client, iop, wish.head.force_uninstall);
  }
}

istio::ReleasePtr ManagerReconciler::release_for(const data::Value& operator_spec) {
  auto known = charts_.versions();
  const auto& tag = operator_spec["tag"].text();
  auto version =
      tag.empty() ? istio::default_version(known) : istio::chart_version_for_tag(tag, known);
  auto& release = releases_[version.str()];
  if (!release) release = istio::Release::load_directory(version, charts_.manifests(version));
  return release;
}

}  // namespace jibe::lifecycle
