#include "kube/cache.h"

#include <fmt/core.h>

#include "base/coroutine.h"

namespace jibe::kube {

data::Value CacheOptions::drop_managed_fields(data::Value object) {
  if (object["metadata"].has("managedFields")) object.edit("metadata").erase("managedFields");
  return object;
}

Cache::Cache(Client& client, CacheOptions options)
    : runtime_(client.runtime()),
      gvr_(options.reflect.gvr),
      transform_(std::move(options.transform)),
      reflector_(client, *this, std::move(options.reflect)),
      synced_event_(client.runtime()) {}

void Cache::on_change(Handler handler) {
  handlers_.push_back(std::move(handler));
}

void Cache::add_index(const std::string& name, Index index) {
  indexes_[name] = IndexState{std::move(index), {}};
}

Task<void> Cache::run() {
  return reflector_.run();
}

Task<void> Cache::wait_synced(base::Duration span) {
  bool in_time = co_await synced_event_.wait_until(runtime_.now() + span);
  if (in_time) co_return;
  std::string trouble = reflector_.trouble().empty() ? "" : ": " + reflector_.trouble();
  throw base::DeadlineExceeded(
      fmt::format("the list of {} did not come in time{}", gvr_.group_resource(), trouble));
}

const data::Value* Cache::find(const ObjectName& name) const {
  auto it = objects_.find(name);
  return it == objects_.end() ? nullptr : &it->second;
}

std::vector<data::Value> Cache::list(const std::string& ns) const {
  return list(ns, LabelSelector());
}

std::vector<data::Value> Cache::list(const std::string& ns, const LabelSelector& labels) const {
  std::vector<data::Value> out;
  auto it = ns.empty() ? objects_.begin() : objects_.lower_bound(ObjectName{ns, ""});
  for (; it != objects_.end() && (ns.empty() || it->first.ns == ns); ++it) {
    if (labels.matches(it->second["metadata"]["labels"])) out.push_back(it->second);
  }
  return out;
}

std::vector<data::Value> Cache::by_index(const std::string& index, const std::string& key) const {
  std::vector<data::Value> out;
  auto state = indexes_.find(index);
  if (state == indexes_.end()) {
    throw base::Error(
        fmt::format("the cache of {} has no index \"{}\"", gvr_.group_resource(), index));
  }
  auto names = state->second.entries.find(key);
  if (names == state->second.entries.end()) return out;
  for (const ObjectName& name : names->second) out.push_back(objects_.at(name));
  return out;
}

void Cache::replace(std::vector<data::Value> items) {
  std::set<ObjectName> there;
  for (data::Value& item : items) {
    there.insert(name_of(item));
    put(std::move(item));
  }
  std::vector<ObjectName> gone;
  for (const auto& [name, object] : objects_) {
    if (!there.contains(name)) gone.push_back(name);
  }
  for (const ObjectName& name : gone) drop(name, nullptr);
  synced_ = true;
  synced_event_.set();
}

void Cache::apply(const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kDeleted) {
    drop(name_of(event.object), event.object);
  } else {
    put(event.object);
  }
}

void Cache::put(data::Value object) {
  if (transform_) object = transform_(std::move(object));
  data::Value& kept = objects_[name_of(object)];
  const std::string& version = resource_version_of(object);
  if (!kept.is_null() && !version.empty() && version == resource_version_of(kept)) return;
  Change change{std::move(kept), object};
  kept = std::move(object);
  reindex(change.old, change.current);
  notify(change);
}

void Cache::drop(const ObjectName& name, const data::Value& last_state) {
  auto it = objects_.find(name);
  if (it == objects_.end()) return;
  data::Value kept = std::move(it->second);
  objects_.erase(it);
  reindex(kept, nullptr);
  // The event carries the object as it was at the very end, newer than what is kept.
  if (!last_state.is_null()) kept = transform_ ? transform_(last_state) : last_state;
  notify(Change{std::move(kept), nullptr});
}

void Cache::reindex(const data::Value& old, const data::Value& current) {
  for (auto& [index, state] : indexes_) {
    if (!old.is_null()) {
      for (const std::string& key : state.keys(old)) {
        auto entry = state.entries.find(key);
        if (entry == state.entries.end()) continue;
        entry->second.erase(name_of(old));
        if (entry->second.empty()) state.entries.erase(entry);
      }
    }
    if (current.is_null()) continue;
    for (const std::string& key : state.keys(current)) {
      state.entries[key].insert(name_of(current));
    }
  }
}

void Cache::notify(const Change& change) {
  for (const Handler& handler : handlers_) handler(change);
}

Cache::Index by_label(std::string label) {
  return [label = std::move(label)](const data::Value& object) {
    const data::Value& value = object["metadata"]["labels"][label];
    return value.is_string() ? std::vector<std::string>{value.text()} : std::vector<std::string>{};
  };
}

std::vector<std::string> by_owner_uid(const data::Value& object) {
  std::vector<std::string> out;
  for (const data::Value& owner : object["metadata"]["ownerReferences"].items()) {
    out.push_back(owner["uid"].text());
  }
  return out;
}

}  // namespace jibe::kube
