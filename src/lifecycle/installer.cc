#include "lifecycle/installer.h"

#include <fmt/core.h>

#include <map>
#include <memory>

#include "base/coroutine.h"
#include "base/strings.h"
#include "control/controller.h"
#include "control/events.h"
#include "control/finalizers.h"
#include "control/status_writer.h"
#include "kube/cache.h"
#include "kube/discovery.h"
#include "lifecycle/apply_set.h"
#include "lifecycle/contract.h"
#include "lifecycle/installer_objects.h"
#include "lifecycle/rollout.h"
#include "rt/task_group.h"

namespace jibe::lifecycle {

namespace {

const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};
const kube::Gvr kSecrets{"", "v1", "secrets"};

// While workloads start, their state is looked at this often, beside every change of them.
constexpr base::Duration kLookAgain = std::chrono::seconds(5);
// No watch covers what every revision shares (it carries no label of jibe's), so a healthy
// installation is looked at this often.
constexpr base::Duration kLookAgainWhenHealthy = std::chrono::minutes(1);

class Installer : public control::Reconciler {
 public:
  Installer(rt::Runtime& runtime, kube::Client& client, InstallerOptions options)
      : runtime_(runtime),
        client_(client),
        options_(std::move(options)),
        events_(client, "jibe-installer") {}

  Task<control::Outcome> reconcile(control::Key key) override;
  Task<void> report(control::Key key, control::Failure failure) override;

 private:
  Task<istio::ReleasePtr> release_for(const data::Value& iop);
  Task<void> install(data::Value iop, const InstallationObjects& objects);
  Task<void> note_drift(data::Value iop, const Applied& applied);
  Task<void> prune(data::Value iop, const InstallationObjects& objects);
  Task<bool> uninstall(data::Value iop);
  Task<std::string> trouble_of(const InstallationObjects& objects);
  Task<void> say(data::Value iop, std::string state, std::string message);

  rt::Runtime& runtime_;
  kube::Client& client_;
  InstallerOptions options_;
  control::EventRecorder events_;
  std::map<std::string, istio::ReleasePtr> releases_;
};

std::string selector_of(const data::Value& iop) {
  return fmt::format("{}={}", kInstallationLabel, installation_label(iop));
}

bool was_healthy(const data::Value& iop) {
  return iop["status"]["observedGeneration"] == iop["metadata"]["generation"] &&
         iop["status"]["state"].text() == kStateHealthy;
}

// An installation that never was healthy is still being installed.
std::string progress_state(const data::Value& iop) {
  const auto& state = iop["status"]["state"].text();
  return std::string(state.empty() || state == kStateInstalling ? kStateInstalling
                                                                : kStateUpdating);
}

Task<control::Outcome> Installer::reconcile(control::Key key) {
  auto found = co_await client_.try_get(kOperators, key.object);
  if (!found) co_return control::Outcome{};
  data::Value iop = *found;
  if (kube::is_terminating(iop)) {
    bool gone = co_await uninstall(iop);
    co_return gone ? control::Outcome{} : control::Outcome{kLookAgain};
  }
  iop = co_await control::ensure_finalizer(client_, kOperators, iop,
                                           std::string(kInstallerFinalizer));
  auto release = co_await release_for(iop);
  const data::Value version = co_await kube::Discovery(client_).server_version();
  auto objects = installation_objects(iop, *release, version["gitVersion"].text(),
                                      runtime_.random(), runtime_);
  // Once per change of the spec: a message that came and went would itself be a change to look at.
  if (!(iop["status"]["observedGeneration"] == iop["metadata"]["generation"]))
    co_await say(iop, progress_state(iop), "applying");
  co_await install(iop, objects);
  co_await prune(iop, objects);
  auto trouble = co_await trouble_of(objects);
  auto current = co_await client_.try_get(kOperators, key.object);
  if (!current) co_return control::Outcome{};
  if (trouble.empty()) {
    co_await say(*current, std::string(kStateHealthy), "");
    co_return control::Outcome{kLookAgainWhenHealthy};
  }
  bool broken = was_healthy(*current) || (*current)["status"]["state"].text() == kStateUnhealthy;
  co_await say(*current, broken ? std::string(kStateUnhealthy) : progress_state(*current), trouble);
  co_return control::Outcome{kLookAgain};
}

Task<void> Installer::report(control::Key key, control::Failure failure) {
  auto iop = co_await client_.try_get(kOperators, key.object);
  if (!iop) co_return;
  co_await say(*iop, std::string(kStateFailed), failure.sentence);
  co_await events_.record_failure(*iop, failure);
}

Task<istio::ReleasePtr> Installer::release_for(const data::Value& iop) {
  const auto& version = kube::annotation_of(iop, kChartVersionAnnotation);
  auto known = releases_.find(version);
  if (known != releases_.end()) co_return known->second;
  auto secret = co_await client_.try_get(kSecrets, {options_.ns, charts_secret(version)});
  if (!secret)
    throw control::ReconcileError(
        control::Fault::kMissing, "ChartsMissing",
        fmt::format("Secret {}/{} with the charts of Istio {} is missing; the server brings it",
                    options_.ns, charts_secret(version), version));
  auto bundle = base::base64_decode((*secret)["data"]["bundle.tgz"].text());
  auto release = istio::Release::from_bundle(bundle);
  releases_[version] = release;
  co_return release;
}

Task<void> Installer::install(data::Value iop, const InstallationObjects& objects) {
  for (const auto& object : objects.shared) {
    auto ns = kube::name_of(object).ns;
    if (!ns.empty()) co_await ensure_namespace(client_, ns, nullptr);
    co_await ensure_shared(client_, object);
  }
  for (const auto& object : objects.own) {
    auto ns = kube::name_of(object).ns;
    if (!ns.empty()) co_await ensure_namespace(client_, ns, nullptr);
    // Webhooks refuse pods while istiod does not answer, so they wait for it.
    if (object["kind"].text() == "MutatingWebhookConfiguration") {
      auto trouble = co_await trouble_of(objects);
      if (!trouble.empty()) continue;
    }
    auto applied = co_await apply_one(client_, object);
    if (applied.changed) co_await note_drift(iop, applied);
  }
}

Task<void> Installer::note_drift(data::Value iop, const Applied& applied) {
  if (!was_healthy(iop)) co_return;
  auto message = fmt::format(
      "{} differed from what was installed{}; it was put back", kube::describe(applied.object),
      applied.other_manager.empty() ? std::string()
                                    : fmt::format(" (changed by \"{}\")", applied.other_manager));
  co_await say(iop, std::string(kStateReconciling), message);
  co_await events_.record(iop, "Warning", "DriftCorrected", message);
}

Task<void> Installer::prune(data::Value iop, const InstallationObjects& objects) {
  auto live = co_await labelled_objects(client_, selector_of(iop));
  for (const auto& object : not_wanted(live, objects.own)) {
    auto resource = co_await client_.discovery().for_kind(kube::gvk_of(object));
    kube::DeleteOptions options;
    options.uid = kube::uid_of(object);
    co_await client_.remove_if_exists(resource.gvr, kube::name_of(object), options);
    co_await events_.record(iop, "Normal", "Pruned",
                            fmt::format("{} is no longer part of it", kube::describe(object)));
  }
}

Task<bool> Installer::uninstall(data::Value iop) {
  if (!control::has_finalizer(iop, kInstallerFinalizer)) co_return true;
  auto live = co_await labelled_objects(client_, selector_of(iop));
  if (live.empty()) {
    co_await control::drop_finalizer(client_, kOperators, iop, std::string(kInstallerFinalizer));
    co_return true;
  }
  co_await say(iop, std::string(kStateUninstalling),
               fmt::format("{} objects are still there", live.size()));
  for (const auto& object : live) {
    if (kube::is_terminating(object)) continue;
    auto resource = co_await client_.discovery().for_kind(kube::gvk_of(object));
    kube::DeleteOptions options;
    options.uid = kube::uid_of(object);
    options.propagation = kube::Propagation::kForeground;
    co_await client_.remove_if_exists(resource.gvr, kube::name_of(object), options);
  }
  co_return false;
}

Task<std::string> Installer::trouble_of(const InstallationObjects& objects) {
  for (const auto& object : objects.own) {
    const auto& kind = object["kind"].text();
    if (kind != "Deployment" && kind != "DaemonSet") continue;
    auto resource = co_await client_.discovery().for_kind(kube::gvk_of(object));
    auto live = co_await client_.try_get(resource.gvr, kube::name_of(object));
    if (!live) co_return fmt::format("{} is not there yet", kube::describe(object));
    auto reason = co_await ask_not_ready_reason(client_, *live);
    if (!reason.empty()) co_return reason;
  }
  co_return std::string();
}

Task<void> Installer::say(data::Value iop, std::string state, std::string message) {
  auto status = data::Value::map({{"state", state},
                                  {"message", message},
                                  {"observedGeneration", iop["metadata"]["generation"]},
                                  {"version", kube::annotation_of(iop, kChartVersionAnnotation)}});
  auto current = co_await client_.try_get(kOperators, kube::name_of(iop));
  if (!current || !co_await control::write_status(client_, kOperators, *current, std::move(status)))
    co_return;
  runtime_.log().info("installation",
                      {{"name", kube::describe(iop)},
                       {"state", state},
                       {"version", kube::annotation_of(iop, kChartVersionAnnotation)},
                       {"message", message}});
}

// What the installer writes into a status must not wake the installer.
bool is_more_than_status(const kube::Change& change) {
  if (change.old.is_null() || change.current.is_null()) return true;
  const auto& before = change.old["metadata"];
  const auto& after = change.current["metadata"];
  for (auto field : {"generation", "annotations", "labels", "finalizers", "deletionTimestamp"})
    if (!(before[field] == after[field])) return true;
  return false;
}

// A change of what jibe applied, told apart from what Kubernetes itself keeps writing.
bool is_interesting(const kube::Change& change) {
  if (change.old.is_null() || change.current.is_null()) return true;
  return !same_content(change.old, change.current);
}

}  // namespace

Task<void> run_installer(rt::Runtime& runtime, kube::Client& client, InstallerOptions options) {
  Installer installer(runtime, client, options);
  control::Controller controller(runtime, "installer", installer);
  kube::CacheOptions operators;
  operators.reflect.gvr = kOperators;
  operators.reflect.ns = options.ns;
  kube::Cache iops(client, operators);
  iops.on_change([&controller](const kube::Change& change) {
    if (is_more_than_status(change)) controller.enqueue({{}, kube::name_of(change.object())});
  });
  std::vector<std::unique_ptr<kube::Cache>> caches;
  for (const auto& gvr : installation_resources()) {
    if (gvr.group == "networking.istio.io") continue;  // not served before Istio is installed
    kube::CacheOptions mine;
    mine.reflect.gvr = gvr;
    mine.reflect.selection.labels = std::string(kInstallationLabel);
    caches.push_back(std::make_unique<kube::Cache>(client, mine));
    caches.back()->on_change([&controller, &iops](const kube::Change& change) {
      if (!is_interesting(change)) return;
      const auto& label = kube::label_of(change.object(), kInstallationLabel);
      for (const auto& iop : iops.list())
        if (installation_label(iop) == label) controller.enqueue({{}, kube::name_of(iop)});
    });
  }
  rt::TaskGroup group(runtime);
  group.spawn("istiooperators", iops.run());
  for (auto& cache : caches) group.spawn("objects", cache->run());
  std::exception_ptr failure;
  try {
    co_await controller.run();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.stop();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace jibe::lifecycle
