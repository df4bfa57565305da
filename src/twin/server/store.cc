#include "twin/server/store.h"

#include "base/error.h"

namespace jibe::twin {

namespace {

void stamp(data::Value& object, uint64_t revision) {
  object.edit("metadata").set("resourceVersion", std::to_string(revision));
}

}  // namespace

const ObjectStore::Table* ObjectStore::table(const std::string& resource) const {
  auto found = tables_.find(resource);
  return found == tables_.end() ? nullptr : &found->second;
}

const data::Value* ObjectStore::find(const std::string& resource,
                                     const kube::ObjectName& name) const {
  const Table* t = table(resource);
  if (!t) return nullptr;
  auto found = t->objects.find(name);
  return found == t->objects.end() ? nullptr : &found->second;
}

const ObjectStore::Objects& ObjectStore::all(const std::string& resource) const {
  static const Objects none;
  const Table* t = table(resource);
  return t ? t->objects : none;
}

size_t ObjectStore::object_count() const {
  size_t count = 0;
  for (const auto& [name, table] : tables_) count += table.objects.size();
  return count;
}

data::Value ObjectStore::put(const std::string& resource, const kube::ObjectName& name,
                             data::Value object) {
  Table& t = tables_[resource];
  stamp(object, ++revision_);
  auto event = std::make_shared<StoredEvent>();
  event->revision = revision_;
  event->object = object;
  auto [place, created] = t.objects.try_emplace(name, object);
  event->type = created ? "ADDED" : "MODIFIED";
  if (!created) event->old = std::exchange(place->second, object);
  record(t, std::move(event));
  return object;
}

data::Value ObjectStore::erase(const std::string& resource, const kube::ObjectName& name) {
  Table& t = tables_[resource];
  auto place = t.objects.find(name);
  JIBE_ASSERT(place != t.objects.end());
  auto event = std::make_shared<StoredEvent>();
  event->revision = ++revision_;
  event->type = "DELETED";
  event->old = place->second;
  event->object = std::move(place->second);
  stamp(event->object, revision_);
  t.objects.erase(place);
  data::Value last = event->object;
  record(t, std::move(event));
  return last;
}

void ObjectStore::record(Table& table, EventPtr event) {
  table.history.push_back(event);
  while (table.history.size() > history_limit_) {
    table.forgotten = table.history.front()->revision;
    table.history.pop_front();
  }
  // A listener may end itself or others while it is called.
  auto listeners = table.listeners;
  auto entries = listeners->entries;
  for (const auto& listener : entries) {
    if (*listener) (*listener)(event);
  }
}

std::optional<std::vector<EventPtr>> ObjectStore::since(const std::string& resource,
                                                        uint64_t revision) const {
  const Table* t = table(resource);
  if (!t) return std::vector<EventPtr>();
  if (revision < t->forgotten) return std::nullopt;
  auto first = std::upper_bound(
      t->history.begin(), t->history.end(), revision,
      [](uint64_t wanted, const EventPtr& event) { return wanted < event->revision; });
  return std::vector<EventPtr>(first, t->history.end());
}

std::optional<ObjectStore::Objects> ObjectStore::snapshot(const std::string& resource,
                                                          uint64_t revision) const {
  auto changes = since(resource, revision);
  if (!changes) return std::nullopt;
  Objects objects = all(resource);
  for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
    kube::ObjectName name = kube::name_of((*change)->object);
    if ((*change)->old.is_null()) {
      objects.erase(name);
    } else {
      objects[name] = (*change)->old;
    }
  }
  return objects;
}

std::shared_ptr<void> ObjectStore::listen(const std::string& resource, Listener listener) {
  std::weak_ptr<Listeners> home = tables_[resource].listeners;
  auto shared = std::make_shared<Listener>(std::move(listener));
  tables_[resource].listeners->entries.push_back(shared);
  auto leave = [home, shared](void*) {
    // An event on its way to this listener finds it empty.
    *shared = nullptr;
    if (auto listeners = home.lock()) listeners->entries.remove(shared);
  };
  return std::shared_ptr<void>(shared.get(), leave);
}

}  // namespace jibe::twin
