#include "twin/server/server.h"

#include "base/coroutine.h"
#include "kube/status.h"
#include "twin/server/http_face.h"
#include "twin/server/reader.h"
#include "twin/server/server_impl.h"

namespace jibe::twin {

namespace {

class StoreSubscription : public Subscription {
 public:
  explicit StoreSubscription(std::shared_ptr<void> listener) : listener_(std::move(listener)) {}

 private:
  std::shared_ptr<void> listener_;
};

}  // namespace

ApiServer::ApiServer(rt::Runtime& runtime, ServerOptions options)
    : core_(std::make_shared<ServerCore>(runtime, std::move(options))),
      writer_(*core_),
      http_(make_http_face(core_, *this)) {
  crd_listener_ = core_->store.listen(kCrdResource, [this](const EventPtr& event) {
    if (event->type == "DELETED") {
      core_->registry.drop_crd(event->object["metadata"]["name"].text());
    } else {
      core_->registry.set_crd(event->object);
    }
  });
}

ResourcePtr ApiServer::find(const kube::Gvr& gvr) const {
  return core_->registry.find(gvr);
}
ResourcePtr ApiServer::find_kind(const kube::Gvk& gvk) const {
  return core_->registry.find_kind(gvk);
}
std::vector<ResourcePtr> ApiServer::resources() const {
  return core_->registry.all();
}

data::Value ApiServer::get(const Target& target) const {
  return get_object(*core_, target);
}

std::optional<data::Value> ApiServer::try_get(const Target& target) const {
  try {
    return get_object(*core_, target);
  } catch (const kube::StatusError& error) {
    if (!error.is_not_found()) throw;
    return std::nullopt;
  }
}

data::Value ApiServer::list(const Target& target, const ListOptions& options) const {
  return list_objects(*core_, target, options);
}

std::vector<data::Value> ApiServer::items(const kube::Gvr& gvr, const std::string& ns) const {
  return all_items(*core_, gvr, ns);
}

Task<data::Value> ApiServer::create(Target target, data::Value object, WriteOptions options) {
  return writer_.create(std::move(target), std::move(object), std::move(options));
}

Task<data::Value> ApiServer::update(Target target, data::Value object, WriteOptions options) {
  return writer_.update(std::move(target), std::move(object), std::move(options));
}

Task<data::Value> ApiServer::patch(Target target, PatchType type, data::Value patch,
                                   WriteOptions options) {
  return writer_.patch(std::move(target), type, std::move(patch), std::move(options));
}

Task<data::Value> ApiServer::remove(Target target, DeleteOptions options) {
  return writer_.remove(std::move(target), std::move(options));
}

Task<data::Value> ApiServer::remove_collection(Target target, ListOptions which,
                                               DeleteOptions options) {
  return writer_.remove_collection(std::move(target), std::move(which), std::move(options));
}

std::unique_ptr<Subscription> ApiServer::subscribe(
    const kube::Gvr& gvr, std::function<void(const WatchEvent&)> on_event) {
  ResourcePtr resource = core_->registry.need(gvr);
  auto forward = [resource, on_event = std::move(on_event)](const EventPtr& event) {
    WatchEvent out;
    out.type = event->type;
    out.object = to_version(event->object, *resource);
    out.old = to_version(event->old, *resource);
    on_event(out);
  };
  return std::make_unique<StoreSubscription>(
      core_->store.listen(store_key(*resource), std::move(forward)));
}

http::Handler& ApiServer::http() {
  return *http_;
}

void ApiServer::add_token(std::string token, Caller caller) {
  core_->authenticator.add(std::move(token), std::move(caller));
}

std::string ApiServer::issue_token(const std::string& ns, const std::string& service_account) {
  Authenticator::TokenRequest request;
  request.ns = ns;
  request.account = service_account;
  const data::Value* account = core_->store.find("serviceaccounts", {ns, service_account});
  if (account) request.account_uid = kube::uid_of(*account);
  request.audiences = {"https://kubernetes.default.svc.cluster.local"};
  request.now = core_->runtime.now();
  return core_->authenticator.issue(core_->runtime.random(), request);
}

void ApiServer::set_webhooks(WebhookNetwork* network) {
  core_->options.webhooks = network;
}

size_t ApiServer::object_count() const {
  return core_->store.object_count();
}

std::unique_ptr<Server> make_server(rt::Runtime& runtime, ServerOptions options) {
  return std::make_unique<ApiServer>(runtime, std::move(options));
}

}  // namespace jibe::twin
