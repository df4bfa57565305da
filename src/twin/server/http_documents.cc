#include "twin/server/http_documents.h"

#include "base/strings.h"
#include "data/json.h"
#include "kube/status.h"
#include "twin/schema/discovery.h"
#include "twin/schema/openapi.h"
#include "twin/server/negotiate.h"
#include "twin/server/openapi_protobuf.h"

namespace jibe::twin {

namespace {

using data::Value;

const char* const kPaths[] = {"/api",        "/api/v1",     "/apis",   "/healthz", "/livez",
                              "/openapi/v2", "/openapi/v3", "/readyz", "/version"};

kube::StatusError unknown_path() {
  return kube::StatusError(404, "NotFound", "the server could not find the requested resource");
}

http::Response answer(std::string type, std::string body) {
  return http::make_response(200, std::move(type), std::move(body));
}

}  // namespace

bool HttpDocuments::is_public(const std::string& path) {
  for (std::string_view known : {"/healthz", "/livez", "/readyz", "/version"}) {
    if (path == known || path.starts_with(std::string(known) + "/")) return true;
  }
  return false;
}

http::Response HttpDocuments::get(const http::Request& request, const RequestPath& path) {
  if (path.kind != RequestPath::Kind::kOther) return discovery(request, path);
  const std::string& p = path.path;
  if (p == "/version" || p == "/version/") return version();
  if (p == "/openapi/v2") return openapi_v2(request);
  if (p == "/openapi/v3" || p.starts_with("/openapi/v3/")) return openapi_v3(request, path);
  if (is_public(p)) return health(path);
  if (p != "/" && !p.empty()) throw unknown_path();
  Value paths = Value::list();
  for (const char* known : kPaths) paths.push_back(known);
  std::set<std::string> groups;
  for (const ResourcePtr& resource : core_.registry.all()) {
    if (resource->gvr.group.empty()) continue;
    groups.insert("/apis/" + resource->gvr.group);
    groups.insert("/apis/" + resource->gvr.api_version());
  }
  for (const std::string& group : groups) paths.push_back(group);
  return answer("application/json", data::to_json(Value::map({{"paths", paths}}), {2, true}));
}

const std::string& HttpDocuments::cached(const std::string& key,
                                         const std::function<std::string()>& make) {
  if (generation_ != core_.registry.generation()) cache_.clear();
  generation_ = core_.registry.generation();
  auto found = cache_.find(key);
  if (found == cache_.end()) found = cache_.emplace(key, make()).first;
  return found->second;
}

http::Response HttpDocuments::discovery(const http::Request& request, const RequestPath& path) {
  using Kind = RequestPath::Kind;
  bool top = path.kind == Kind::kApiVersions || path.kind == Kind::kApiGroups;
  std::vector<std::string_view> transforms;
  if (top) transforms.push_back("APIGroupDiscoveryList");
  Representation how = negotiate(request.headers, path.query.get("pretty"), transforms);
  const auto& resources = core_.registry.all();
  if (!how.as.empty()) {
    if (how.version != "v2beta1") how.version = "v2";
    std::string key = path.path + "|" + how.media_type();
    auto make = [&] {
      bool core = path.kind == Kind::kApiVersions;
      return encode(aggregated_discovery(resources, core, how.version), how);
    };
    http::Response response = answer(how.media_type(), cached(key, make));
    response.headers.set("Vary", "Accept");
    return response;
  }
  Value document;
  if (path.kind == Kind::kApiVersions) document = api_versions(request.headers.get("host"));
  if (path.kind == Kind::kApiGroups) document = api_groups(resources);
  if (path.kind == Kind::kApiGroup) document = api_group(resources, path.target.gvr.group);
  if (path.kind == Kind::kApiResources) {
    document = api_resources(resources, path.target.gvr.group, path.target.gvr.version);
  }
  if (document.is_null()) throw unknown_path();
  http::Response response = answer(how.media_type(), encode(document, how));
  response.headers.set("Vary", "Accept");
  return response;
}

http::Response HttpDocuments::openapi_v2(const http::Request& request) {
  auto json = [this] { return openapi_v2_document(core_.registry.crds()); };
  // "…v2@v1.0+protobuf" is how older clients spell it.
  if (base::contains(request.headers.get("accept"), "proto-openapi.spec.v2")) {
    auto make = [&] { return openapi_v2_protobuf(data::parse_json(json())); };
    return answer(kOpenApiV2Protobuf, cached("openapi/v2/protobuf", make));
  }
  negotiate(request.headers, "", {});
  return answer("application/json", cached("openapi/v2", json));
}

http::Response HttpDocuments::openapi_v3(const http::Request& request, const RequestPath& path) {
  if (path.path == "/openapi/v3" || path.path == "/openapi/v3/") {
    auto make = [this] { return data::to_json(openapi_v3_index(core_.registry.crds())); };
    return answer("application/json", cached("openapi/v3", make));
  }
  negotiate(request.headers, "", {});
  std::string group_version = path.path.substr(std::string_view("/openapi/v3/").size());
  auto make = [&] {
    return openapi_v3_document(group_version, core_.registry.crds()).value_or("");
  };
  const std::string& text = cached("openapi/v3/" + group_version, make);
  if (text.empty()) throw unknown_path();
  std::string hash = openapi_v3_hash(group_version, core_.registry.crds());
  const std::string& wanted = path.query.get("hash");
  if (!wanted.empty() && wanted != hash) {
    http::Response moved = http::make_response(301, "application/json", "");
    moved.headers.set("Location", path.path + "?hash=" + http::percent_encode(hash));
    return moved;
  }
  http::Response response = answer("application/json", text);
  response.headers.set("Etag", "\"" + hash + "\"");
  response.headers.set("Vary", "Accept");
  response.headers.set("Cache-Control", wanted.empty() ? "no-cache, private" : "public, immutable");
  return response;
}

http::Response HttpDocuments::version() const {
  const std::string& git = core_.options.kubernetes_version;
  auto numbers = base::split(std::string_view(git).substr(git.starts_with('v') ? 1 : 0), '.');
  auto number = [&](size_t i) { return i < numbers.size() ? std::string(numbers[i]) : "0"; };
  auto document = Value::map({{"major", number(0)},
                              {"minor", number(1)},
                              {"gitVersion", git},
                              {"gitCommit", ""},
                              {"gitTreeState", "clean"},
                              {"buildDate", "1970-01-01T00:00:00Z"},
                              {"goVersion", "none"},
                              {"compiler", "clang"},
                              {"platform", "linux/amd64"}});
  return answer("application/json", data::to_json(document, {2, true}));
}

http::Response HttpDocuments::health(const RequestPath& path) const {
  if (!path.query.has("verbose")) return answer("text/plain; charset=utf-8", "ok");
  std::string name(base::split(path.path, '/')[1]);
  std::string text = "[+]ping ok\n[+]log ok\n[+]etcd ok\n" + name + " check passed\n";
  return answer("text/plain; charset=utf-8", text);
}

}  // namespace jibe::twin
