#include "twin/server/http_face.h"

#include "base/coroutine.h"
#include "base/strings.h"
#include "kube/status.h"
#include "twin/server/authorize.h"
#include "twin/server/http_documents.h"
#include "twin/server/http_resources.h"
#include "twin/server/request_path.h"

namespace jibe::twin {

namespace {

// RFC 9111 warn-text, as client-go's warning handler parses it.
std::string warning_header(const std::string& sentence) {
  std::string quoted;
  for (char c : sentence) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return "299 - \"" + quoted + "\"";
}

Access access_of(const Caller& caller, std::string verb) {
  Access access;
  access.user = caller.user;
  access.groups = caller.groups;
  access.verb = std::move(verb);
  return access;
}

// Of the API alone: nonResourceURLs decide about the rest.
std::string verb_of(const http::Request& request, const RequestPath& path) {
  const bool collection = path.target.name.empty();
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "PATCH") return "patch";
  if (request.method == "DELETE") return collection ? "deletecollection" : "delete";
  if (path.watch) return "watch";
  return collection ? "list" : "get";
}

// As kube-apiserver sees a request: a namespace is in itself, only the first word after the name is
// a subresource, and who lists or watches one name asks for that one.
Access access_to(const http::Request& request, const RequestPath& path, const Caller& caller) {
  Access access = access_of(caller, verb_of(request, path));
  access.target = path.target;
  Target& target = access.target;
  target.subresource = std::string(base::cut(target.subresource, "/").before);
  if (target.gvr.resource == "namespaces" && target.ns.empty()) target.ns = target.name;
  constexpr std::string_view kOneName = "metadata.name=";
  const std::string& fields = path.query.get("fieldSelector");
  if (target.name.empty() && fields.starts_with(kOneName) && fields.find(',') == std::string::npos)
    target.name = fields.substr(kOneName.size());
  return access;
}

// "ns:name" of system:serviceaccount:ns:name; "" of anybody else.
std::string_view account_of(std::string_view user) {
  constexpr std::string_view kAccount = "system:serviceaccount:";
  return user.starts_with(kAccount) ? user.substr(kAccount.size()) : std::string_view();
}

// kubectl --as and --as-group.
void impersonate(const ObjectStore& store, const http::Request& request, Caller& caller) {
  const std::string& user = request.headers.get("impersonate-user");
  if (user.empty()) return;
  auto account = base::cut(account_of(user), ":");
  Access access = access_of(caller, "impersonate");
  auto check = [&](const char* resource, std::string_view ns, const std::string& name) {
    access.target = {{"", "v1", resource}, std::string(ns), name, ""};
    authorize(store, access);
  };
  if (account.found)
    check("serviceaccounts", account.before, std::string(account.after));
  else
    check("users", "", user);
  std::vector<std::string> groups;
  for (const auto& [name, value] : request.headers.fields()) {
    if (!base::equal_ignoring_case(name, "impersonate-group")) continue;
    check("groups", "", value);
    groups.push_back(value);
  }
  caller.user = user;
  if (groups.empty() && account.found) {
    caller.groups =
        service_account_caller(std::string(account.before), std::string(account.after)).groups;
    return;
  }
  caller.groups = std::move(groups);
  caller.groups.push_back("system:authenticated");
}

// Paths that lead nowhere: kube-apiserver answers those as net/http does, without a Status, and
// clients put verb and resource into their own sentence.
bool is_unknown_path(const kube::StatusError& error) {
  return error.code() == 404 && error.details().is_null();
}

class HttpFace : public http::Handler {
 public:
  HttpFace(std::shared_ptr<ServerCore> core, Api& api)
      : core_(core), documents_(*core), resources_(core, api) {}

  Task<http::Response> handle(http::Request request) override {
    http::Response response;
    std::vector<std::string> warnings;
    std::optional<kube::StatusError> failure;
    try {
      response = co_await dispatch(request, warnings);
    } catch (const kube::StatusError& error) {
      failure = error;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::InvalidInput& error) {
      failure = kube::bad_request(error.what());
    } catch (const std::exception& error) {
      core_->runtime.log().error(
          "request failed",
          {{"method", request.method}, {"target", request.target}, {"error", error.what()}});
      failure = internal_error(error.what());
    }
    if (failure) response = error_response(*failure, request);
    for (const std::string& sentence : warnings) {
      response.headers.add("Warning", warning_header(sentence));
    }
    if (response.headers.find("Cache-Control") == nullptr) {
      response.headers.set("Cache-Control", "no-cache, private");
    }
    co_return response;
  }

 private:
  Task<http::Response> dispatch(const http::Request& request, std::vector<std::string>& warnings) {
    RequestPath path = parse_request_path(request.target);
    std::optional<Caller> caller = core_->authenticator.identify(request, core_->runtime.now());
    if (!caller && !HttpDocuments::is_public(path.path)) {
      throw kube::StatusError(401, "Unauthorized", "Unauthorized");
    }
    constexpr size_t kLargestBody = size_t{3} << 20;
    if (request.body.size() > kLargestBody) {
      throw kube::StatusError(413, "RequestEntityTooLarge",
                              fmt::format("Request entity too large: limit is {}", kLargestBody));
    }
    if (path.kind != RequestPath::Kind::kResource) {
      if (request.method != "GET" && request.method != "HEAD") {
        throw kube::StatusError(405, "MethodNotAllowed",
                                "the server does not allow this method on the requested resource");
      }
      if (!HttpDocuments::is_public(path.path)) {
        Access access = access_of(*caller, base::lower(request.method));
        access.path = path.path;
        authorize(core_->store, access);
      }
      co_return documents_.get(request, path);
    }
    impersonate(core_->store, request, *caller);
    authorize(core_->store, access_to(request, path, *caller));
    co_return co_await resources_.handle(request, path, *caller, warnings);
  }

  static http::Response error_response(const kube::StatusError& error,
                                       const http::Request& request) {
    if (is_unknown_path(error)) {
      return http::make_response(404, "text/plain; charset=utf-8", "404 page not found\n");
    }
    Representation how;
    try {
      how = negotiate(request.headers, "", {"Table", "PartialObjectMetadata"});
    } catch (const kube::StatusError&) {
      // Who accepts nothing that can be given still gets the reason.
      how = Representation();
    }
    how.as.clear();
    http::Response response =
        http::make_response(error.code(), how.media_type(), encode(error.to_value(), how));
    int64_t retry = error.details()["retryAfterSeconds"].int_or(0);
    if (retry > 0) response.headers.set("Retry-After", std::to_string(retry));
    return response;
  }

  std::shared_ptr<ServerCore> core_;
  HttpDocuments documents_;
  HttpResources resources_;
};

}  // namespace

std::unique_ptr<http::Handler> make_http_face(std::shared_ptr<ServerCore> core, Api& api) {
  return std::make_unique<HttpFace>(std::move(core), api);
}

}  // namespace jibe::twin
