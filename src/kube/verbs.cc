// The verbs of Client: what each sends.
#include <fmt/core.h>

#include "base/coroutine.h"
#include "data/json.h"
#include "http/url.h"
#include "kube/client.h"
#include "kube/discovery.h"
#include "rt/sync.h"

namespace jibe::kube {
namespace {

std::string with_query(std::string path, const http::Query& query) {
  std::string text = query.str();
  if (!text.empty()) path += "?" + text;
  return path;
}

void add_selection(http::Query& query, const ListOptions& options) {
  if (!options.labels.empty()) query.add("labelSelector", options.labels);
  if (!options.fields.empty()) query.add("fieldSelector", options.fields);
}

http::Query write_query(const WriteOptions& options, const std::string& default_manager) {
  http::Query query;
  if (options.dry_run) query.add("dryRun", "All");
  query.add("fieldManager",
            options.field_manager.empty() ? default_manager : options.field_manager);
  if (!options.field_validation.empty()) query.add("fieldValidation", options.field_validation);
  if (options.force) query.add("force", "true");
  return query;
}

std::string_view content_type(PatchType type) {
  switch (type) {
    case PatchType::kJson:
      return "application/json-patch+json";
    case PatchType::kMerge:
      return "application/merge-patch+json";
    case PatchType::kStrategic:
      return "application/strategic-merge-patch+json";
  }
  return "";
}

data::Value delete_body(const DeleteOptions& options) {
  data::Value body = data::Value::map({{"apiVersion", "v1"}, {"kind", "DeleteOptions"}});
  if (!options.uid.empty()) body.edit("preconditions").set("uid", options.uid);
  if (!options.resource_version.empty()) {
    body.edit("preconditions").set("resourceVersion", options.resource_version);
  }
  switch (options.propagation) {
    case Propagation::kDefault:
      break;
    case Propagation::kBackground:
      body.set("propagationPolicy", "Background");
      break;
    case Propagation::kForeground:
      body.set("propagationPolicy", "Foreground");
      break;
    case Propagation::kOrphan:
      body.set("propagationPolicy", "Orphan");
      break;
  }
  if (options.grace_s) body.set("gracePeriodSeconds", *options.grace_s);
  if (options.dry_run) body.set("dryRun", data::Value::list({"All"}));
  return body;
}

// Items of a list come without kind and apiVersion; the list's own say what they are.
void append_items(const data::Value& list, std::vector<data::Value>& items) {
  std::string kind = list["kind"].text();
  if (kind.ends_with("List")) kind.resize(kind.size() - 4);
  for (data::Value item : list["items"].items()) {
    if (!item.has("kind")) item.set("kind", kind);
    if (!item.has("apiVersion")) item.set("apiVersion", list["apiVersion"]);
    items.push_back(std::move(item));
  }
}

}  // namespace

Task<data::Value> Client::send(std::string method, std::string target, data::Value body,
                               std::string type) {
  http::Request request = make_request(method, target, "application/json");
  request.headers.set("Content-Type", std::move(type));
  request.body = data::to_json(body);
  data::Value answer = co_await exchange_json(std::move(request));
  runtime().log().debug("wrote", {{"method", method},
                                  {"path", target},
                                  {"where", options_.where},
                                  {"version", resource_version_of(answer)}});
  co_return answer;
}

Task<data::Value> Client::get(Gvr gvr, ObjectName name, std::string subresource) {
  std::string path = resource_path(gvr, name.ns, name.name, subresource);
  data::Value answer =
      co_await exchange_json(make_request("GET", std::move(path), "application/json"));
  co_return answer;
}

Task<std::optional<data::Value>> Client::try_get(Gvr gvr, ObjectName name) {
  try {
    data::Value object = co_await get(std::move(gvr), std::move(name));
    co_return object;
  } catch (const StatusError& error) {
    if (!error.is_not_found()) throw;
  }
  co_return std::nullopt;
}

Task<ObjectList> Client::list(Gvr gvr, std::string ns, ListOptions options) {
  bool expired = false;
  try {
    ObjectList all = co_await list_pages(gvr, ns, options, options_.page_size);
    co_return all;
  } catch (const StatusError& error) {
    expired = error.is_gone();
    if (!expired) throw;
  }
  // The continue token outlived the server's history. One big page cannot expire (client-go's pager
  // does the same).
  ObjectList all = co_await list_pages(std::move(gvr), std::move(ns), std::move(options), 0);
  co_return all;
}

Task<ObjectList> Client::list_pages(Gvr gvr, std::string ns, ListOptions options, int64_t limit) {
  ObjectList all;
  std::string token;
  do {
    http::Query query;
    add_selection(query, options);
    if (limit > 0) query.add("limit", std::to_string(limit));
    if (!token.empty()) query.add("continue", token);
    if (token.empty() && !options.resource_version.empty()) {
      query.add("resourceVersion", options.resource_version);
    }
    std::string target = with_query(resource_path(gvr, ns), query);
    data::Value page =
        co_await exchange_json(make_request("GET", std::move(target), "application/json"));
    append_items(page, all.items);
    all.resource_version = page["metadata"]["resourceVersion"].text();
    token = page["metadata"]["continue"].text();
  } while (!token.empty());
  co_return all;
}

Task<data::Value> Client::create(Gvr gvr, data::Value object, WriteOptions options) {
  std::string path = resource_path(gvr, name_of(object).ns);
  return send("POST", with_query(path, write_query(options, options_.field_manager)),
              std::move(object), "application/json");
}

Task<data::Value> Client::create_subresource(Gvr gvr, ObjectName name, std::string subresource,
                                             data::Value body, WriteOptions options) {
  std::string path = resource_path(gvr, name.ns, name.name, subresource);
  return send("POST", with_query(path, write_query(options, options_.field_manager)),
              std::move(body), "application/json");
}

Task<data::Value> Client::update(Gvr gvr, data::Value object, WriteOptions options) {
  ObjectName name = name_of(object);
  std::string path = resource_path(gvr, name.ns, name.name);
  return send("PUT", with_query(path, write_query(options, options_.field_manager)),
              std::move(object), "application/json");
}

Task<data::Value> Client::update_status(Gvr gvr, data::Value object, WriteOptions options) {
  ObjectName name = name_of(object);
  std::string path = resource_path(gvr, name.ns, name.name, "status");
  return send("PUT", with_query(path, write_query(options, options_.field_manager)),
              std::move(object), "application/json");
}

Task<data::Value> Client::patch(Gvr gvr, ObjectName name, PatchType type, data::Value patch,
                                WriteOptions options, std::string subresource) {
  std::string path = resource_path(gvr, name.ns, name.name, subresource);
  return send("PATCH", with_query(path, write_query(options, options_.field_manager)),
              std::move(patch), std::string(content_type(type)));
}

Task<data::Value> Client::apply_to(Gvr gvr, data::Value object, WriteOptions options,
                                   std::string subresource) {
  ObjectName name = name_of(object);
  // The server refuses an apply that carries managedFields.
  if (object["metadata"].has("managedFields")) object.edit("metadata").erase("managedFields");
  std::string path = resource_path(gvr, name.ns, name.name, subresource);
  return send("PATCH", with_query(path, write_query(options, options_.field_manager)),
              std::move(object), "application/apply-patch+yaml");
}

Task<data::Value> Client::apply(Gvr gvr, data::Value object, WriteOptions options) {
  return apply_to(std::move(gvr), std::move(object), std::move(options), "");
}

Task<data::Value> Client::apply_status(Gvr gvr, data::Value object, WriteOptions options) {
  return apply_to(std::move(gvr), std::move(object), std::move(options), "status");
}

Task<data::Value> Client::apply_object(data::Value object, WriteOptions options) {
  ApiResource resource = co_await discovery_->for_kind(gvk_of(object));
  data::Value stored =
      co_await apply(std::move(resource.gvr), std::move(object), std::move(options));
  co_return stored;
}

Task<data::Value> Client::remove(Gvr gvr, ObjectName name, DeleteOptions options) {
  std::string path = resource_path(gvr, name.ns, name.name);
  return send("DELETE", std::move(path), delete_body(options), "application/json");
}

Task<bool> Client::remove_if_exists(Gvr gvr, ObjectName name, DeleteOptions options) {
  try {
    data::Value ignored = co_await remove(std::move(gvr), std::move(name), std::move(options));
    co_return true;
  } catch (const StatusError& error) {
    if (!error.is_not_found()) throw;
  }
  co_return false;
}

Task<void> Client::remove_collection(Gvr gvr, std::string ns, ListOptions which,
                                     DeleteOptions options) {
  http::Query query;
  add_selection(query, which);
  std::string target = with_query(resource_path(gvr, ns), query);
  data::Value ignored =
      co_await send("DELETE", std::move(target), delete_body(options), "application/json");
}

Task<http::Response> Client::open_watch(Gvr gvr, std::string ns, WatchOptions options) {
  http::Query query;
  query.add("watch", "true");
  query.add("allowWatchBookmarks", "true");
  add_selection(query, options.selection);
  if (!options.resource_version.empty()) query.add("resourceVersion", options.resource_version);
  int64_t timeout_s = std::chrono::duration_cast<std::chrono::seconds>(options.timeout).count();
  if (timeout_s > 0) query.add("timeoutSeconds", std::to_string(timeout_s));
  std::string target = with_query(resource_path(gvr, ns), query);
  std::string what =
      fmt::format("opening a watch on {} in {}", gvr.group_resource(), options_.where);
  http::Request request = make_request("GET", std::move(target), "application/json");
  http::Response response = co_await rt::within(runtime_, options_.deadline, std::move(what),
                                                open_stream(std::move(request)));
  co_return response;
}

}  // namespace jibe::kube
