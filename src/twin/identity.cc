#include "twin/identity.h"

#include "base/coroutine.h"

namespace jibe::twin {

namespace {

class ActingAs : public http::Handler {
 public:
  ActingAs(http::Handler& server, std::shared_ptr<const http::Peer> peer)
      : server_(server), peer_(std::move(peer)) {}

  Task<http::Response> handle(http::Request request) override {
    request.peer = peer_;
    http::Response response = co_await server_.handle(std::move(request));
    co_return response;
  }

 private:
  http::Handler& server_;
  std::shared_ptr<const http::Peer> peer_;
};

}  // namespace

std::unique_ptr<http::Handler> acting_as(http::Handler& server, std::string user,
                                         std::vector<std::string> groups) {
  auto peer = std::make_shared<http::Peer>();
  peer->address = "in-memory";
  peer->common_name = std::move(user);
  peer->organizations = std::move(groups);
  return std::make_unique<ActingAs>(server, std::move(peer));
}

std::unique_ptr<http::Handler> acting_as_service_account(http::Handler& server,
                                                         const std::string& ns,
                                                         const std::string& name) {
  return acting_as(server, "system:serviceaccount:" + ns + ":" + name,
                   {"system:serviceaccounts", "system:serviceaccounts:" + ns});
}

}  // namespace jibe::twin
