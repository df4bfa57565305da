// A server with a namespace on the simulated runtime, for this folder's tests.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "base/coroutine.h"
#include "data/json.h"
#include "data/yaml.h"
#include "kube/status.h"
#include "rt/runtime.h"
#include "rt/sync.h"
#include "twin/server/server.h"

namespace jibe::twin {

inline constexpr const char* kTestToken = "test-token";

struct Reply {
  int status = 0;
  http::Headers headers;
  std::string text;
  data::Value json() const { return data::parse_json(text); }
};

inline Task<void> exchange(http::Handler& handler, http::Request request, Reply& reply) {
  http::Response response = co_await handler.handle(std::move(request));
  reply.status = response.status;
  reply.headers = response.headers;
  reply.text = co_await http::read_all(*response.body);
}

class TestTwin {
 public:
  explicit TestTwin(ServerOptions options = {})
      : runtime(rt::make_simulated_runtime()), server(make_server(*runtime, std::move(options))) {
    Caller admin;
    admin.user_agent = "kubectl/v1.36.3";
    server->add_token(kTestToken, admin);
    create("namespaces", R"({"metadata":{"name":"default"}})");
    create("serviceaccounts", R"({"metadata":{"name":"default"}})");
  }

  // Group resources are looked up in their preferred version.
  Target target(const std::string& group_resource, const std::string& name = "",
                const std::string& ns = "default") {
    Target target;
    size_t dot = group_resource.find('.');
    target.gvr.resource = group_resource.substr(0, dot);
    if (dot != std::string::npos) target.gvr.group = group_resource.substr(dot + 1);
    ResourcePtr resource = server->find(target.gvr);
    if (resource) target.gvr = resource->gvr;
    if (resource && resource->namespaced) target.ns = ns;
    target.name = name;
    return target;
  }

  // What bootstrap gives everybody in a whole cluster.
  void let_everybody_ask_who_they_are() {
    create("clusterroles.rbac.authorization.k8s.io", R"({metadata: {name: ask}, rules: [
        {apiGroups: [authentication.k8s.io], resources: [selfsubjectreviews], verbs: [create]}]})");
    create("clusterrolebindings.rbac.authorization.k8s.io", R"({metadata: {name: ask},
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ask},
        subjects: [{kind: Group, name: system:authenticated}]})");
  }

  data::Value run(Task<data::Value> task) {
    std::optional<data::Value> result;
    runtime->run(rt::store_result(std::move(task), result));
    return *result;
  }

  data::Value create(const std::string& group_resource, const std::string& yaml,
                     WriteOptions options = {}) {
    return run(server->create(target(group_resource), data::parse_yaml(yaml), std::move(options)));
  }
  data::Value update(const std::string& group_resource, const data::Value& object,
                     const std::string& subresource = "") {
    Target to = target(group_resource, object["metadata"]["name"].text(),
                       object["metadata"]["namespace"].text());
    to.subresource = subresource;
    return run(server->update(to, object, {}));
  }
  data::Value remove(const std::string& group_resource, const std::string& name,
                     DeleteOptions options = {}) {
    return run(server->remove(target(group_resource, name), std::move(options)));
  }
  std::optional<data::Value> get(const std::string& group_resource, const std::string& name) {
    return server->try_get(target(group_resource, name));
  }

  Reply send(const std::string& method, const std::string& path, const std::string& body = "",
             const std::string& content_type = "application/json",
             const std::string& accept = "application/json") {
    http::Request request;
    request.method = method;
    request.target = path;
    request.body = body;
    request.headers.set("Authorization", std::string("Bearer ") + kTestToken);
    request.headers.set("User-Agent", "kubectl/v1.36.3 (linux/amd64)");
    request.headers.set("Accept", accept);
    if (!body.empty()) request.headers.set("Content-Type", content_type);
    return send(std::move(request));
  }
  Reply send(http::Request request) {
    Reply reply;
    runtime->run(exchange(server->http(), std::move(request), reply));
    return reply;
  }

  std::unique_ptr<rt::SimulatedRuntime> runtime;
  std::unique_ptr<Server> server;
};

// The StatusError that `action` throws; a test failure where it throws none.
template <class Action>
kube::StatusError status_of(Action action) {
  try {
    action();
  } catch (const kube::StatusError& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return kube::StatusError(0, "", "");
}

inline constexpr const char* kDeployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
)";

inline constexpr const char* kPod = R"(
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: nginx}]}
)";

}  // namespace jibe::twin
