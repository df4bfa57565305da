#include "twin/controllers/client.h"

#include "base/coroutine.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

Target target_of(const kube::Gvr& gvr, const data::Value& object, std::string subresource = "") {
  return {gvr, object_namespace(object), object_name(object), std::move(subresource)};
}

}  // namespace

Client::Client(Api& api, std::string component, std::string user) : api_(api) {
  caller_.user = std::move(user);
  caller_.groups = {"system:masters", "system:authenticated"};
  caller_.user_agent = std::move(component);
}

WriteOptions Client::write_options() const {
  WriteOptions options;
  options.caller = caller_;
  options.field_validation = "Ignore";
  return options;
}

std::optional<data::Value> Client::get(const kube::Gvr& gvr, const std::string& ns,
                                       const std::string& name) const {
  return api_.try_get({gvr, ns, name, ""});
}

std::optional<data::Value> Client::get(const kube::Gvr& gvr, const std::string& key) const {
  const kube::ObjectName name = split_key(key);
  return api_.try_get({gvr, name.ns, name.name, ""});
}

std::vector<data::Value> Client::items(const kube::Gvr& gvr, const std::string& ns) const {
  return api_.items(gvr, ns);
}

Task<data::Value> Client::create(kube::Gvr gvr, data::Value object) const {
  Target target = target_of(gvr, object);
  target.name.clear();
  data::Value stored = co_await api_.create(target, object, write_options());
  co_return stored;
}

Task<data::Value> Client::update(kube::Gvr gvr, data::Value object) const {
  data::Value stored = co_await api_.update(target_of(gvr, object), object, write_options());
  co_return stored;
}

Task<data::Value> Client::update_status(kube::Gvr gvr, data::Value object) const {
  data::Value stored =
      co_await api_.update(target_of(gvr, object, "status"), object, write_options());
  co_return stored;
}

Task<data::Value> Client::create_sub(kube::Gvr gvr, data::Value object,
                                     std::string subresource) const {
  data::Value stored =
      co_await api_.create(target_of(gvr, object, subresource), object, write_options());
  co_return stored;
}

Task<data::Value> Client::update_sub(kube::Gvr gvr, data::Value object,
                                     std::string subresource) const {
  data::Value stored =
      co_await api_.update(target_of(gvr, object, subresource), object, write_options());
  co_return stored;
}

Task<data::Value> Client::merge(kube::Gvr gvr, data::Value of, data::Value patch) const {
  data::Value stored =
      co_await api_.patch(target_of(gvr, of), PatchType::kMerge, patch, write_options());
  co_return stored;
}

Task<void> Client::remove(kube::Gvr gvr, data::Value object, std::optional<int64_t> grace_s,
                          std::string propagation) const {
  DeleteOptions options;
  options.caller = caller_;
  options.propagation = std::move(propagation);
  options.grace_s = grace_s;
  options.uid_precondition = kube::uid_of(object);
  try {
    co_await api_.remove(target_of(gvr, object), options);
  } catch (const kube::StatusError& error) {
    // Gone, or another object under the same name by now: what was to go is gone either way.
    const bool replaced = error.is_conflict() && [&] {
      const auto now = get(gvr, object_namespace(object), object_name(object));
      return !now || kube::uid_of(*now) != kube::uid_of(object);
    }();
    if (!error.is_not_found() && !replaced) throw;
  }
}

Task<Outcome> Client::try_create(kube::Gvr gvr, data::Value object) const {
  Outcome outcome;
  try {
    outcome.object = co_await create(gvr, object);
  } catch (const kube::StatusError& error) {
    outcome.error = error;
  }
  co_return outcome;
}

Task<Outcome> Client::try_update(kube::Gvr gvr, data::Value object) const {
  Outcome outcome;
  try {
    outcome.object = co_await update(gvr, object);
  } catch (const kube::StatusError& error) {
    outcome.error = error;
  }
  co_return outcome;
}

Task<Outcome> Client::try_update_status(kube::Gvr gvr, data::Value object) const {
  Outcome outcome;
  try {
    outcome.object = co_await update_status(gvr, object);
  } catch (const kube::StatusError& error) {
    outcome.error = error;
  }
  co_return outcome;
}

}  // namespace jibe::twin
