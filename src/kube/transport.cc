#include "kube/transport.h"

#include "base/coroutine.h"
#include "base/error.h"

namespace jibe::kube {
namespace {

// A body that keeps the endpoint it comes from alive: a refreshed certificate may replace the
// endpoint while a watch is still streaming from the old one.
class KeepingBody : public http::Body {
 public:
  KeepingBody(std::shared_ptr<http::Handler> endpoint, std::unique_ptr<http::Body> body)
      : endpoint_(std::move(endpoint)), body_(std::move(body)) {}
  Task<std::string> read() override { return body_->read(); }

 private:
  std::shared_ptr<http::Handler> endpoint_;
  std::unique_ptr<http::Body> body_;
};

class Transport : public http::Handler {
 public:
  Transport(Connection connection, rt::Runtime& runtime, CommandRunner* commands,
            EndpointFactory endpoints)
      : connection_(connection),
        credentials_(make_credential_source(std::move(connection), runtime, commands)),
        endpoints_(std::move(endpoints)) {}

  Task<http::Response> handle(http::Request request) override {
    Credential credential = co_await credentials_->current();
    http::Response response = co_await send(request, credential);
    if (response.status != 401) co_return response;
    credentials_->invalidate();
    Credential fresh = co_await credentials_->current();
    if (fresh == credential) co_return response;
    response = co_await send(std::move(request), std::move(fresh));
    co_return response;
  }

 private:
  Task<http::Response> send(http::Request request, Credential credential) {
    std::shared_ptr<http::Handler> endpoint = endpoint_for(credential);
    http::Headers& headers = request.headers;
    if (!credential.token.empty() && headers.find("Authorization") == nullptr) {
      headers.set("Authorization", "Bearer " + credential.token);
    }
    if (!connection_.impersonate_user.empty()) {
      headers.set("Impersonate-User", connection_.impersonate_user);
    }
    if (!connection_.impersonate_uid.empty()) {
      headers.set("Impersonate-Uid", connection_.impersonate_uid);
    }
    for (const std::string& group : connection_.impersonate_groups) {
      headers.add("Impersonate-Group", group);
    }
    http::Response response = co_await endpoint->handle(std::move(request));
    response.body = std::make_unique<KeepingBody>(std::move(endpoint), std::move(response.body));
    co_return response;
  }

  std::shared_ptr<http::Handler> endpoint_for(const Credential& credential) {
    Endpoint wanted{connection_.server,   connection_.tls_server_name, connection_.ca_pem,
                    connection_.insecure, credential.client_cert_pem,  credential.client_key_pem};
    if (!endpoint_ || wanted != made_) {
      endpoint_ = endpoints_(wanted);
      made_ = std::move(wanted);
    }
    return endpoint_;
  }

  Connection connection_;
  std::unique_ptr<CredentialSource> credentials_;
  EndpointFactory endpoints_;
  std::shared_ptr<http::Handler> endpoint_;
  Endpoint made_;
};

}  // namespace

std::unique_ptr<http::Handler> make_transport(Connection connection, rt::Runtime& runtime,
                                              CommandRunner* commands, EndpointFactory endpoints) {
  return std::make_unique<Transport>(std::move(connection), runtime, commands,
                                     std::move(endpoints));
}

}  // namespace jibe::kube
