// The server put together.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "twin/server/writer.h"

namespace jibe::twin {

class ApiServer : public Server {
 public:
  ApiServer(rt::Runtime& runtime, ServerOptions options);

  ResourcePtr find(const kube::Gvr& gvr) const override;
  ResourcePtr find_kind(const kube::Gvk& gvk) const override;
  std::vector<ResourcePtr> resources() const override;

  data::Value get(const Target& target) const override;
  std::optional<data::Value> try_get(const Target& target) const override;
  data::Value list(const Target& target, const ListOptions& options) const override;
  std::vector<data::Value> items(const kube::Gvr& gvr, const std::string& ns) const override;

  Task<data::Value> create(Target target, data::Value object, WriteOptions options) override;
  Task<data::Value> update(Target target, data::Value object, WriteOptions options) override;
  Task<data::Value> patch(Target target, PatchType type, data::Value patch,
                          WriteOptions options) override;
  Task<data::Value> remove(Target target, DeleteOptions options) override;
  Task<data::Value> remove_collection(Target target, ListOptions which,
                                      DeleteOptions options) override;
  std::unique_ptr<Subscription> subscribe(const kube::Gvr& gvr,
                                          std::function<void(const WatchEvent&)> on_event) override;

  http::Handler& http() override;
  void add_token(std::string token, Caller caller) override;
  std::string issue_token(const std::string& ns, const std::string& service_account) override;
  void set_webhooks(WebhookNetwork* network) override;
  size_t object_count() const override;

 private:
  // Shared with the bodies of watches, which may outlive the server.
  std::shared_ptr<ServerCore> core_;
  Writer writer_;
  std::shared_ptr<void> crd_listener_;
  std::unique_ptr<http::Handler> http_;
};

}  // namespace jibe::twin
