#include "twin/server/http_resources.h"

#include "base/coroutine.h"
#include "base/strings.h"
#include "kube/status.h"
#include "twin/schema/table.h"
#include "twin/server/field_labels.h"
#include "twin/server/http_options.h"
#include "twin/server/http_proxy.h"
#include "twin/server/reader.h"
#include "twin/server/watch_body.h"

namespace jibe::twin {

namespace {

using data::Value;

PatchType patch_type(const http::Request& request) {
  const std::string& header = request.headers.get("content-type");
  std::string type(base::trim(base::cut(header, ";").before));
  if (type == "application/json-patch+json") return PatchType::kJson;
  if (type == "application/merge-patch+json") return PatchType::kMerge;
  if (type == "application/strategic-merge-patch+json") return PatchType::kStrategic;
  if (type == "application/apply-patch+yaml") return PatchType::kApply;
  throw kube::unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json-patch+json, application/merge-patch+json, "
      "application/strategic-merge-patch+json, application/apply-patch+yaml");
}

Value metadata_only(const Value& object) {
  if (!object["items"].is_list()) {
    return Value::map({{"kind", "PartialObjectMetadata"},
                       {"apiVersion", "meta.k8s.io/v1"},
                       {"metadata", object["metadata"]}});
  }
  Value items = Value::list();
  for (const Value& item : object["items"].items()) items.push_back(metadata_only(item));
  return Value::map({{"kind", "PartialObjectMetadataList"},
                     {"apiVersion", "meta.k8s.io/v1"},
                     {"metadata", object["metadata"]},
                     {"items", items}});
}

// Built-in kinds print their Scale with its own columns, custom ones with those of the kind
// (registry/apps/*/storage, apiextensions pkg/apiserver/customresource_handler.go).
Resource scale_resource() {
  Resource scale;
  scale.gvr = {"autoscaling", "v1", "scales"};
  scale.kind = "Scale";
  return scale;
}

// What a client hears about versions that will go.
void warn_of_deprecation(const Resource& resource, const WriteOptions& options) {
  if (resource.is_custom() && resource.crd_version["deprecated"].bool_or(false)) {
    const std::string& own = resource.crd_version["deprecationWarning"].text();
    warn(options,
         own.empty() ? resource.gvr.api_version() + " " + resource.kind + " is deprecated" : own);
  }
  std::string name = resource.gvr.group_resource();
  if (name == "endpoints") {
    warn(options, "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  }
  if (name == "componentstatuses") warn(options, "v1 ComponentStatus is deprecated in v1.19+");
}

Value deletion_status(const Resource& resource, const Value& gone) {
  Value details = Value::map({{"name", gone["metadata"]["name"]},
                              {"kind", resource.gvr.resource},
                              {"uid", gone["metadata"]["uid"]}});
  if (!resource.gvr.group.empty()) details.set("group", resource.gvr.group);
  return Value::map({{"kind", "Status"},
                     {"apiVersion", "v1"},
                     {"metadata", Value::map()},
                     {"status", "Success"},
                     {"details", details}});
}

}  // namespace

HttpResources::Call HttpResources::begin(const http::Request& request, const RequestPath& path,
                                         const Caller& caller,
                                         std::vector<std::string>& warnings) const {
  ResourcePtr resource = core_->registry.need(path.target.gvr);
  bool misplaced = !resource->namespaced && !path.target.ns.empty();
  if (misplaced) {
    throw kube::StatusError(404, "NotFound", "the server could not find the requested resource");
  }
  WriteOptions options;
  options.caller = caller;
  options.warnings = &warnings;
  Representation how = negotiate(request.headers, path.query.get("pretty"),
                                 {"Table", "PartialObjectMetadata", "PartialObjectMetadataList"});
  Call call{request, path, std::move(resource), path.target, std::move(how), std::move(options)};
  parse_write_options(path.query, request.method, call.options);
  warn_of_deprecation(*call.resource, call.options);
  return call;
}

Task<http::Response> HttpResources::handle(const http::Request& request, const RequestPath& path,
                                           const Caller& caller,
                                           std::vector<std::string>& warnings) {
  if (is_proxy_request(path)) co_return co_await proxy_request(*core_, request, path);
  Call call = begin(request, path, caller, warnings);
  const std::string& method = request.method;
  if (method == "GET") {
    if (path.watch) co_return watch(call);
    co_return call.target.name.empty() ? list(call) : get(call);
  }
  if (method == "POST") co_return co_await create(call);
  if (method == "PUT" && !call.target.name.empty()) co_return co_await update(call);
  if (method == "PATCH" && !call.target.name.empty()) co_return co_await patch(call);
  if (method == "DELETE") co_return co_await remove(call);
  throw kube::method_not_allowed(resource_name(*call.resource), base::lower(method));
}

http::Response HttpResources::answer(const Call& call, int status, const Value& object) const {
  Value out = object;
  bool transform = object["kind"].text() != "Status";
  if (transform && call.how.as == "Table") {
    const bool own_columns = object["kind"].text() == "Scale" && !call.resource->is_custom();
    const Resource& resource = own_columns ? scale_resource() : *call.resource;
    out = to_table(resource, object, core_->runtime.now(), call.path.query.get("includeObject"));
  } else if (transform && call.how.as.starts_with("PartialObjectMetadata")) {
    out = metadata_only(object);
  }
  return http::make_response(status, call.how.media_type(), encode(out, call.how));
}

http::Response HttpResources::get(const Call& call) const {
  const std::string& subresource = call.target.subresource;
  bool readable = subresource.empty() || subresource == "status" || subresource == "scale" ||
                  subresource == "ephemeralcontainers" || subresource == "resize";
  if (!readable || (!subresource.empty() && !call.resource->has_subresource(subresource))) {
    throw kube::StatusError(404, "NotFound", "the server could not find the requested resource");
  }
  if (!call.resource->has_verb("get")) {
    throw kube::method_not_allowed(resource_name(*call.resource), "get");
  }
  check_not_future(*core_, parse_resource_version(call.path.query.get("resourceVersion")));
  return answer(call, 200, api_.get(call.target));
}

http::Response HttpResources::list(const Call& call) const {
  if (!call.resource->has_verb("list")) {
    throw kube::method_not_allowed(resource_name(*call.resource), "list");
  }
  return answer(call, 200, api_.list(call.target, parse_list_options(call.path.query)));
}

http::Response HttpResources::watch(const Call& call) const {
  if (!call.resource->has_verb("watch")) {
    throw kube::method_not_allowed(resource_name(*call.resource), "watch");
  }
  const http::Query& query = call.path.query;
  ListOptions options = parse_list_options(query);
  if (!call.target.name.empty()) {
    options.fields = kube::FieldSelector::parse("metadata.name=" + call.target.name);
  }
  check_field_selector(*call.resource, options.fields);
  WatchRequest watch;
  watch.resource = call.resource;
  watch.selection = {call.target.ns, options.labels, options.fields};
  watch.representation = call.how;
  watch.include_object = query.get("includeObject");
  watch.bookmarks = parse_boolean(query, "allowWatchBookmarks", false);
  uint64_t revision = parse_resource_version(options.resource_version);
  check_not_future(*core_, revision);
  bool initial = parse_boolean(query, "sendInitialEvents", revision == 0);
  if (query.has("sendInitialEvents") && options.resource_version_match != "NotOlderThan") {
    throw kube::invalid(
        "ListOptions", "meta.k8s.io", "",
        Value::list({cause("FieldValueForbidden",
                           "Forbidden: sendInitialEvents requires setting resourceVersionMatch to "
                           "NotOlderThan",
                           "resourceVersionMatch")}));
  }
  watch.mark_initial_end = initial && watch.bookmarks && query.has("sendInitialEvents");
  watch.skip_initial = !initial;
  if (!initial && revision > 0) watch.after = revision;
  int64_t seconds = parse_integer(query, "timeoutSeconds");
  // apiserver handlers/get.go: between half an hour and an hour where the client leaves it open.
  if (seconds <= 0) seconds = 1800 + static_cast<int64_t>(core_->runtime.random().below(1800));
  watch.timeout = std::chrono::seconds(seconds);
  http::Response response;
  response.status = 200;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-cache, private");
  response.body = start_watch(core_, std::move(watch));
  return response;
}

Task<http::Response> HttpResources::create(Call& call) {
  bool misplaced = call.resource->namespaced && call.target.ns.empty();
  if (misplaced || (!call.target.name.empty() && call.target.subresource.empty())) {
    throw kube::StatusError(405, "MethodNotAllowed",
                            "the server does not allow this method on the requested resource");
  }
  Value body = decode_body(call.request, &call.options.findings);
  Value made = co_await api_.create(call.target, std::move(body), call.options);
  co_return answer(call, 201, made);
}

Task<http::Response> HttpResources::update(Call& call) {
  Value body = decode_body(call.request, &call.options.findings);
  bool known = api_.try_get({call.target.gvr, call.target.ns, call.target.name, ""}).has_value();
  Value made = co_await api_.update(call.target, std::move(body), call.options);
  co_return answer(call, known ? 200 : 201, made);
}

Task<http::Response> HttpResources::patch(Call& call) {
  PatchType type = patch_type(call.request);
  Value body = decode_body(call.request, &call.options.findings);
  bool known = api_.try_get({call.target.gvr, call.target.ns, call.target.name, ""}).has_value();
  Value made = co_await api_.patch(call.target, type, std::move(body), call.options);
  co_return answer(call, known ? 200 : 201, made);
}

Task<http::Response> HttpResources::remove(Call& call) {
  Value body = decode_body(call.request, nullptr);
  DeleteOptions options = parse_delete_options(call.path.query, body);
  options.caller = call.options.caller;
  options.warnings = call.options.warnings;
  if (call.target.name.empty()) {
    if (!call.resource->has_verb("deletecollection")) {
      throw kube::method_not_allowed(resource_name(*call.resource), "delete");
    }
    ListOptions which = parse_list_options(call.path.query);
    Value list = co_await api_.remove_collection(call.target, which, options);
    co_return answer(call, 200, list);
  }
  Value left = co_await api_.remove(call.target, options);
  bool still_there = api_.try_get(call.target).has_value() && !options.dry_run;
  if (still_there) co_return answer(call, 200, left);
  co_return answer(call, 200, deletion_status(*call.resource, left));
}

}  // namespace jibe::twin
