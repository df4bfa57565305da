#include "twin/server/reader.h"

#include "base/strings.h"
#include "data/json.h"
#include "kube/status.h"
#include "twin/server/field_labels.h"

namespace jibe::twin {

namespace {

// What a continue token says (apiserver pkg/storage/continue.go; start is exclusive there by a
// trailing zero byte, here it is the last key that was given).
struct Continue {
  uint64_t revision = 0;
  kube::ObjectName last;
};

std::string encode_continue(uint64_t revision, const kube::ObjectName& last) {
  auto token = data::Value::map({{"v", "meta.k8s.io/v1"},
                                 {"rv", static_cast<int64_t>(revision)},
                                 {"start", last.ns + "/" + last.name}});
  std::string text = base::base64_encode(data::to_json(token));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

Continue decode_continue(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  try {
    data::Value token = data::parse_json(base::base64_decode(text));
    auto [ns, name, found] = base::cut(token["start"].text(), "/");
    if (token["v"].text() == "meta.k8s.io/v1" && token["rv"].int_or(0) > 0 && found) {
      return {static_cast<uint64_t>(token["rv"].as_int()), {std::string(ns), std::string(name)}};
    }
  } catch (const base::InvalidInput&) {
    // Told below in the words of kube-apiserver.
  }
  throw kube::bad_request("continue key is not valid");
}

kube::StatusError expired(const std::string& message) {
  return kube::StatusError(410, "Expired", message);
}

// The state a list is made of, and its revision.
struct Snapshot {
  uint64_t revision;
  std::optional<ObjectStore::Objects> past;  // absent: the current state
};

Snapshot snapshot_for(const ServerCore& core, const std::string& key, const ListOptions& options,
                      const std::optional<Continue>& from) {
  uint64_t now = core.store.revision();
  if (from) {
    if (from->revision == now) return {now, {}};
    auto past = core.store.snapshot(key, from->revision);
    if (past) return {from->revision, std::move(past)};
    throw expired(
        "The provided continue parameter is too old to display a consistent list result. You can "
        "start a new list without the continue parameter.");
  }
  uint64_t wanted = parse_resource_version(options.resource_version);
  check_not_future(core, wanted);
  bool exact = options.resource_version_match == "Exact" ||
               (options.resource_version_match.empty() && options.limit > 0 && wanted > 0);
  if (!exact || wanted == now) return {now, {}};
  auto past = core.store.snapshot(key, wanted);
  if (past) return {wanted, std::move(past)};
  throw expired("The resourceVersion for the provided list is too old.");
}

data::Value list_value(const Resource& resource, std::vector<data::Value> items,
                       data::Value metadata) {
  std::string kind = resource.list_kind.empty() ? resource.kind + "List" : resource.list_kind;
  return data::Value::map({{"kind", kind},
                           {"apiVersion", resource.gvr.api_version()},
                           {"metadata", std::move(metadata)},
                           {"items", data::Value::list(std::move(items))}});
}

}  // namespace

uint64_t parse_resource_version(const std::string& text) {
  if (text.empty()) return 0;
  uint64_t revision = 0;
  for (char c : text) {
    if (c < '0' || c > '9' || revision > UINT64_MAX / 10 - 10) {
      throw kube::StatusError(
          422, "Invalid",
          fmt::format("resourceVersion: Invalid value: {}: strconv.ParseUint: parsing {}: invalid "
                      "syntax",
                      data::go_quote(text), data::go_quote(text)));
    }
    revision = revision * 10 + static_cast<uint64_t>(c - '0');
  }
  return revision;
}

void check_not_future(const ServerCore& core, uint64_t revision) {
  if (revision <= core.store.revision()) return;
  auto causes =
      data::Value::list({cause("ResourceVersionTooLarge", "Too large resource version", "")});
  throw kube::StatusError(504, "Timeout",
                          fmt::format("Timeout: Too large resource version: {}, current: {}",
                                      revision, core.store.revision()),
                          data::Value::map({{"retryAfterSeconds", 1}, {"causes", causes}}));
}

bool Selection::matches(const data::Value& object) const {
  if (!ns.empty() && object["metadata"]["namespace"].text() != ns) return false;
  return labels.matches(object["metadata"]["labels"]) && matches_fields(fields, object);
}

data::Value get_object(const ServerCore& core, const Target& target) {
  ResourcePtr resource = core.registry.need(target.gvr);
  data::Value object = find_object(core, *resource, {target.ns, target.name});
  if (object.is_null()) throw kube::not_found(resource_name(*resource), target.name);
  if (target.subresource == "scale") return to_scale(*resource, object);
  return object;
}

data::Value list_objects(const ServerCore& core, const Target& target, const ListOptions& options) {
  ResourcePtr resource = core.registry.need(target.gvr);
  check_field_selector(*resource, options.fields);
  std::string key = store_key(*resource);
  std::optional<Continue> from;
  if (!options.continue_token.empty()) {
    if (!options.resource_version.empty() && options.resource_version != "0") {
      throw kube::bad_request("specifying resource version is not allowed when using continue");
    }
    from = decode_continue(options.continue_token);
  }
  Snapshot snapshot = snapshot_for(core, key, options, from);
  const ObjectStore::Objects& objects = snapshot.past ? *snapshot.past : core.store.all(key);

  Selection selection{target.ns, options.labels, options.fields};
  kube::ObjectName start = from ? from->last : kube::ObjectName{target.ns, ""};
  auto next = from ? objects.upper_bound(start) : objects.lower_bound(start);
  auto end_of_range = [&](auto place) {
    return place == objects.end() || (!target.ns.empty() && place->first.ns != target.ns);
  };
  size_t limit = options.limit > 0 ? static_cast<size_t>(options.limit) : SIZE_MAX;
  std::vector<data::Value> items;
  kube::ObjectName last;
  for (; !end_of_range(next) && items.size() < limit; ++next) {
    data::Value object = to_version(next->second, *resource);
    last = next->first;
    if (selection.matches(object)) items.push_back(std::move(object));
  }
  auto metadata = data::Value::map({{"resourceVersion", std::to_string(snapshot.revision)}});
  if (!end_of_range(next)) {
    metadata.set("continue", encode_continue(snapshot.revision, last));
    if (selection.everything()) {
      int64_t rest = 0;
      for (; !end_of_range(next); ++next) ++rest;
      metadata.set("remainingItemCount", rest);
    }
  }
  return list_value(*resource, std::move(items), std::move(metadata));
}

std::vector<data::Value> all_items(const ServerCore& core, const kube::Gvr& gvr,
                                   const std::string& ns) {
  ResourcePtr resource = core.registry.find(gvr);
  std::vector<data::Value> items;
  if (!resource) return items;
  const ObjectStore::Objects& objects = core.store.all(store_key(*resource));
  for (auto next = objects.lower_bound({ns, ""}); next != objects.end(); ++next) {
    if (!ns.empty() && next->first.ns != ns) break;
    items.push_back(to_version(next->second, *resource));
  }
  return items;
}

}  // namespace jibe::twin
