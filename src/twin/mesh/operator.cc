#include "twin/mesh/operator.h"

#include <fmt/core.h>

#include <memory>
#include <vector>

#include "base/coroutine.h"
#include "base/strings.h"
#include "istio/installation.h"
#include "istio/manifest.h"
#include "istio/names.h"
#include "istio/ownership.h"
#include "kube/cache.h"
#include "rt/task_group.h"
#include "tmpl/duration.h"
#include "twin/controllers/work_queue.h"
#include "twin/mesh/helm_reconciler.h"
#include "twin/mesh/pod_environment.h"
#include "twin/mesh/revision_tag.h"

namespace jibe::twin {

namespace {

const kube::Gvr kOperators{"install.istio.io", "v1alpha1", "istiooperators"};

base::Duration patience_of(const PodEnvironment& environment) {
  auto text = environment.get_or("WAIT_FOR_RESOURCES_TIMEOUT", "300s");
  return std::chrono::nanoseconds(tmpl::parse_duration(text));
}

class Operator {
 public:
  Operator(rt::Runtime& runtime, kube::Client& client, istio::ReleasePtr release,
           base::Duration patience, std::string revision)
      : runtime_(runtime),
        client_(client),
        release_(std::move(release)),
        revision_(std::move(revision)),
        reconciler_(client, release_, patience),
        queue_(runtime) {}

  Task<void> run(std::vector<std::string> namespaces);

 private:
  void watch_resources(const std::string& ns);
  void watch_owned(const kube::Gvr& gvr);
  Task<void> work();
  Task<void> reconcile(std::string key);
  Task<void> install(data::Value iop);
  Task<void> remove(data::Value iop);
  Task<void> make_default(data::Value iop, bool first);
  Task<void> set_finalizers(data::Value iop, data::Value finalizers);
  Task<void> set_status(data::Value iop, data::Value status);
  bool is_mine(const data::Value& iop) const;

  rt::Runtime& runtime_;
  kube::Client& client_;
  istio::ReleasePtr release_;
  std::string revision_;
  HelmReconciler reconciler_;
  WorkQueue queue_;
  std::vector<std::unique_ptr<kube::Cache>> caches_;
};

// A change of the spec, a deletion; not what the operator itself writes.
bool is_worth_a_look(const kube::Change& change) {
  if (change.old.is_null() || change.current.is_null()) return true;
  const auto& before = change.old["metadata"];
  const auto& after = change.current["metadata"];
  return !(before["generation"] == after["generation"]) ||
         !(before["deletionTimestamp"] == after["deletionTimestamp"]);
}

void Operator::watch_resources(const std::string& ns) {
  kube::CacheOptions options;
  options.reflect.gvr = kOperators;
  options.reflect.ns = ns;
  caches_.push_back(std::make_unique<kube::Cache>(client_, options));
  caches_.back()->on_change([this](const kube::Change& change) {
    if (is_worth_a_look(change)) queue_.add(kube::name_of(change.object()).str());
  });
}

void Operator::watch_owned(const kube::Gvr& gvr) {
  kube::CacheOptions options;
  options.reflect.gvr = gvr;
  options.reflect.selection.labels =
      fmt::format("{},{},{}", istio::kOwningResourceLabel, istio::kOwningResourceNamespaceLabel,
                  istio::kComponentLabel);
  caches_.push_back(std::make_unique<kube::Cache>(client_, options));
  caches_.back()->on_change([this](const kube::Change& change) {
    if (!change.current.is_null()) return;
    reconciler_.forget(change.old);
    kube::ObjectName owner{kube::label_of(change.old, istio::kOwningResourceNamespaceLabel),
                           kube::label_of(change.old, istio::kOwningResourceLabel)};
    queue_.add(owner.str());
  });
}

Task<void> Operator::run(std::vector<std::string> namespaces) {
  for (const auto& ns : namespaces) watch_resources(ns);
  for (const auto& gvr : istio::owned_resources(release_->version()))
    if (!gvr.group.ends_with(".istio.io")) watch_owned(gvr);
  watch_owned({"apiextensions.k8s.io", "v1", "customresourcedefinitions"});
  rt::TaskGroup group(runtime_);
  for (const auto& cache : caches_) group.spawn("watch " + cache->gvr().resource, cache->run());
  std::exception_ptr failure;
  try {
    co_await work();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await group.stop();
  std::rethrow_exception(failure);
}

// One resource at a time, as the real one (MaxConcurrentReconciles 1).
Task<void> Operator::work() {
  for (;;) {
    auto key = co_await queue_.next();
    bool failed = false;
    try {
      co_await reconcile(key);
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      failed = true;
      runtime_.log().warning(
          "istio-operator",
          {{"resource", key}, {"where", client_.options().where}, {"error", error.what()}});
    }
    if (failed)
      queue_.add_rate_limited(key);
    else
      queue_.forget(key);
    queue_.done(key);
  }
}

bool Operator::is_mine(const data::Value& iop) const {
  const auto& spec = iop["spec"];
  if (!revision_.empty() && spec["revision"].text() != revision_) return false;
  if (kube::annotation_of(iop, istio::kIgnoreReconcileAnnotation) == "true") return false;
  if (spec["profile"].text() == "ambient") return false;
  bool old = release_->version() < istio::Version{1, 18, 0, ""};
  return !(old && kube::name_of(iop).name.starts_with(istio::kSavedStatePrefix));
}

Task<void> Operator::reconcile(std::string key) {
  auto parts = base::cut(key, "/");
  auto found =
      co_await client_.try_get(kOperators, {std::string(parts.before), std::string(parts.after)});
  if (!found || !is_mine(*found)) co_return;
  if (kube::is_terminating(*found))
    co_await remove(*found);
  else
    co_await install(*found);
}

Task<void> Operator::install(data::Value iop) {
  auto finalizers = iop["metadata"]["finalizers"];
  bool has_mine = false;
  for (const auto& one : finalizers.items()) has_mine |= one.text() == istio::kOperatorFinalizer;
  if (!has_mine) {
    finalizers.push_back(std::string(istio::kOperatorFinalizer));
    co_await set_finalizers(iop, finalizers);
  }
  bool first = co_await is_first_installation(client_);
  auto begin = iop["status"];
  begin.set("status", "RECONCILING");
  if (begin["componentStatus"].is_map()) {
    for (const auto& component : iop["status"]["componentStatus"].entries())
      begin.edit("componentStatus")
          .set(component.key, data::Value::map({{"status", "RECONCILING"}}));
  }
  co_await set_status(iop, begin);
  auto owner = istio::operator_owner(iop, release_->version());
  auto status = co_await reconciler_.reconcile(iop, owner);
  co_await make_default(iop, first);
  co_await set_status(iop, status);
}

// Operators leave the default revision to istioctl before 1.19.
Task<void> Operator::make_default(data::Value iop, bool first) {
  if (release_->version() < istio::Version{1, 19, 0, ""}) co_return;
  auto merged = istio::merged_operator(iop, *release_);
  if (!istio::wants_default_tag(merged.spec, first, release_->version())) co_return;
  co_await set_default_tag(client_,
                           {release_, base::Revision(iop["spec"]["revision"].text()), merged.ns});
}

Task<void> Operator::remove(data::Value iop) {
  auto finalizers = iop["metadata"]["finalizers"];
  if (!finalizers.is_list()) co_return;
  auto& left = finalizers.edit_items();
  auto mine = [](const data::Value& one) { return one.text() == istio::kOperatorFinalizer; };
  if (std::erase_if(left, mine) == 0) co_return;
  co_await reconciler_.remove(iop, istio::operator_owner(iop, release_->version()));
  co_await set_finalizers(iop, finalizers);
}

Task<void> Operator::set_finalizers(data::Value iop, data::Value finalizers) {
  auto metadata = data::Value::map({{"uid", iop["metadata"]["uid"]},
                                    {"resourceVersion", iop["metadata"]["resourceVersion"]},
                                    {"finalizers", std::move(finalizers)}});
  co_await client_.patch(kOperators, kube::name_of(iop), kube::PatchType::kMerge,
                         data::Value::map({{"metadata", metadata}}));
}

Task<void> Operator::set_status(data::Value iop, data::Value status) {
  auto live = co_await client_.try_get(kOperators, kube::name_of(iop));
  if (!live) co_return;
  live->set("status", std::move(status));
  co_await client_.update_status(kOperators, *live);
}

class OperatorPod : public PodProcess, private http::Handler {
 public:
  OperatorPod(PodContext context, ReleaseOfTag release_of)
      : context_(std::move(context)),
        release_of_(std::move(release_of)),
        client_(context_.api, context_.cluster.runtime(), client_options(context_)) {}

  Task<void> run() override {
    PodEnvironment environment(context_.cluster.api(), context_.pod, context_.container);
    auto image = container_of(context_.pod, context_.container)["image"].text();
    operator_ = std::make_unique<Operator>(context_.cluster.runtime(), client_,
                                           release_of_(istio::split_image(image).tag),
                                           patience_of(environment), environment.get("REVISION"));
    std::vector<std::string> namespaces;
    for (auto ns : base::split(environment.get("WATCH_NAMESPACE"), ','))
      namespaces.emplace_back(base::trim(ns));
    co_await operator_->run(namespaces);
  }
  http::Handler* listener(int port) override { return port == 8383 ? this : nullptr; }
  bool ready() const override { return true; }

 private:
  static kube::ClientOptions client_options(const PodContext& context) {
    kube::ClientOptions out;
    out.field_manager = "operator";
    out.user_agent = "operator";
    out.where = "cluster " + context.cluster.name().str();
    return out;
  }

  Task<http::Response> handle(http::Request) override {
    co_return http::make_response(200, "text/plain", "");
  }

  PodContext context_;
  ReleaseOfTag release_of_;
  kube::Client client_;
  std::unique_ptr<Operator> operator_;
};

}  // namespace

Behaviour operator_behaviour(ReleaseOfTag release_of) {
  return [release_of](PodContext context) {
    return std::make_unique<OperatorPod>(std::move(context), release_of);
  };
}

}  // namespace jibe::twin
