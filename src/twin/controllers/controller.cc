#include "twin/controllers/controller.h"

#include "base/coroutine.h"
#include "twin/controllers/objects.h"
#include "twin/server/server.h"

namespace jibe::twin {

namespace {

std::string user_of(const std::string& component, const std::string& name) {
  if (component != "kube-controller-manager") return "system:" + component;
  return "system:serviceaccount:kube-system:" + name;
}

}  // namespace

Controller::Controller(Context context, std::string name, int workers, std::string component)
    : runtime_(context.runtime),
      client_(context.api, component, user_of(component, name)),
      events_(context.runtime, client_, name),
      queue_(context.runtime),
      name_(std::move(name)),
      workers_(workers) {}

void Controller::start(rt::TaskGroup& group) {
  watch();
  for (int i = 0; i < workers_; ++i) group.spawn(name_, work());
  spawn_more(group);
}

void Controller::on(const kube::Gvr& gvr, std::function<void(const WatchEvent&)> handler) {
  for (const data::Value& object : client_.items(gvr)) handler({"ADDED", object, nullptr});
  subscriptions_.push_back(client_.api().subscribe(gvr, std::move(handler)));
}

void Controller::on_objects(const kube::Gvr& gvr) {
  on(gvr, [this](const WatchEvent& event) { queue_.add(key_of(event.object)); });
}

void Controller::on_owned(const kube::Gvr& gvr, std::string owner_kind) {
  on(gvr, [this, owner_kind](const WatchEvent& event) {
    const std::string key = controller_key(event.object, owner_kind);
    if (!key.empty()) queue_.add(key);
    const std::string before = controller_key(event.old, owner_kind);
    if (!before.empty() && before != key) queue_.add(before);
  });
}

std::string Controller::timestamp() const {
  return to_timestamp(runtime_.now());
}

Task<void> Controller::work() {
  while (true) {
    const std::string key = co_await queue_.next();
    bool failed = false;
    try {
      co_await sync(key);
    } catch (const base::Cancelled&) {
      throw;
    } catch (const kube::StatusError& error) {
      // Ordinary: somebody was faster, or admission refused, which Events and conditions tell.
      runtime_.log().debug("sync failed",
                           {{"controller", name_}, {"key", key}, {"error", error.what()}});
      failed = true;
    } catch (const base::Error& error) {
      runtime_.log().warning("sync failed",
                             {{"controller", name_}, {"key", key}, {"error", error.what()}});
      failed = true;
    }
    if (failed) {
      queue_.add_rate_limited(key);
    } else {
      queue_.forget(key);
    }
    queue_.done(key);
  }
}

}  // namespace jibe::twin
