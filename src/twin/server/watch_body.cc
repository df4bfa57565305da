#include "twin/server/watch_body.h"

#include "base/coroutine.h"
#include "data/json.h"
#include "kube/status.h"
#include "rt/sync.h"
#include "twin/schema/table.h"

namespace jibe::twin {

namespace {

constexpr base::Duration kBookmarkEvery = std::chrono::minutes(1);
// A client that is this far behind starts over.
constexpr size_t kMaxPending = 10'000;
constexpr size_t kChunkBytes = size_t{64} << 10;

std::string frame(const std::string& type, const data::Value& object) {
  std::string text = "{\"type\":\"" + type + "\",\"object\":";
  data::append_json(text, object);
  return text + "}\n";
}

// Filled by the store while the body waits or is away.
struct Inbox {
  explicit Inbox(rt::Runtime& runtime) : ready(runtime) {}
  std::deque<EventPtr> events;
  bool overflow = false;
  rt::Event ready;
};

class WatchBody : public http::Body {
 public:
  WatchBody(const std::shared_ptr<ServerCore>& core, WatchRequest request)
      : core_(core),
        runtime_(core->runtime),
        request_(std::move(request)),
        inbox_(std::make_shared<Inbox>(runtime_)) {
    revision_ = core->store.revision();
    end_ = runtime_.now() + request_.timeout;
    next_bookmark_ = runtime_.now() + kBookmarkEvery;
    std::string key = store_key(*request_.resource);
    if (request_.after) {
      replay(*core, key);
    } else if (!request_.skip_initial) {
      add_initial(*core, key);
    }
    std::shared_ptr<Inbox> inbox = inbox_;
    listener_ = core->store.listen(key, [inbox](const EventPtr& event) {
      if (inbox->events.size() >= kMaxPending) inbox->overflow = true;
      if (!inbox->overflow) inbox->events.push_back(event);
      inbox->ready.set();
    });
  }

  Task<std::string> read() override {
    for (;;) {
      std::string out = take_initial();
      if (out.empty()) out = take_pending();
      if (!out.empty()) co_return out;
      base::Time now = runtime_.now();
      if (inbox_->overflow || over_ || core_.expired() || !is_served()) co_return "";
      if (now >= end_) over_ = true;
      if (request_.bookmarks && (over_ || now >= next_bookmark_)) {
        next_bookmark_ = now + kBookmarkEvery;
        co_return bookmark(false);
      }
      if (over_) co_return "";
      inbox_->ready.reset();
      base::Time wake = request_.bookmarks ? std::min(end_, next_bookmark_) : end_;
      co_await inbox_->ready.wait_until(wake);
    }
  }

 private:
  bool is_served() const {
    auto core = core_.lock();
    return core && core->registry.find(request_.resource->gvr) != nullptr;
  }

  void replay(const ServerCore& core, const std::string& key) {
    auto events = core.store.since(key, *request_.after);
    if (events) {
      inbox_->events.assign(events->begin(), events->end());
      return;
    }
    kube::StatusError gone(
        410, "Expired",
        fmt::format("too old resource version: {} ({})", *request_.after, core.store.revision()));
    initial_.push_back(frame("ERROR", gone.to_value()));
    over_ = true;
  }

  void add_initial(const ServerCore& core, const std::string& key) {
    const auto& objects = core.store.all(key);
    for (auto next = objects.lower_bound({request_.selection.ns, ""}); next != objects.end();
         ++next) {
      if (!request_.selection.ns.empty() && next->first.ns != request_.selection.ns) break;
      data::Value object = to_version(next->second, *request_.resource);
      if (request_.selection.matches(object)) initial_.push_back(encode_plain("ADDED", object));
    }
    if (request_.mark_initial_end) initial_.push_back(bookmark(true));
  }

  std::string take_initial() {
    std::string out;
    while (!initial_.empty() && out.size() < kChunkBytes) {
      out += initial_.front();
      initial_.pop_front();
    }
    return out;
  }

  std::string take_pending() {
    std::string out;
    while (!inbox_->events.empty() && out.size() < kChunkBytes) {
      EventPtr event = std::move(inbox_->events.front());
      inbox_->events.pop_front();
      revision_ = event->revision;
      out += encode_event(*event);
    }
    return out;
  }

  // What the event is for somebody who sees only what is selected; "" where it is nothing.
  std::string type_for_selection(const StoredEvent& event) const {
    const Selection& selection = request_.selection;
    if (!selection.ns.empty() && event.object["metadata"]["namespace"].text() != selection.ns) {
      return "";
    }
    if (selection.everything()) return event.type;
    bool before = !event.old.is_null() && selection.matches(seen(event.old));
    bool after = event.type != "DELETED" && selection.matches(seen(event.object));
    if (!before && !after) return "";
    if (before && after) return "MODIFIED";
    return after ? "ADDED" : "DELETED";
  }

  data::Value seen(const data::Value& object) const {
    return to_version(object, *request_.resource);
  }

  std::string encode_event(const StoredEvent& event) {
    std::string type = type_for_selection(event);
    if (type.empty()) return "";
    bool leaves = type == "DELETED" && event.type != "DELETED";
    // The first Table carries the columns: nobody else's event looks like it.
    bool shared = request_.representation.as != "Table" || columns_sent_;
    std::string key = fmt::format("{}|{}|{}|{}|{}", type, leaves, request_.representation.as,
                                  request_.include_object, request_.resource->gvr.api_version());
    auto known = event.encodings.find(key);
    if (shared && known != event.encodings.end()) return *known->second;
    data::Value object = event.object;
    if (leaves) {
      object = event.old;
      object.edit("metadata").set("resourceVersion", std::to_string(event.revision));
    }
    std::string text = encode_plain(type, seen(object));
    if (shared) event.encodings[key] = std::make_shared<const std::string>(text);
    return text;
  }

  std::string encode_plain(const std::string& type, const data::Value& object) {
    const Representation& representation = request_.representation;
    if (representation.as == "Table") {
      const Resource& resource = *request_.resource;
      base::Time now = runtime_.now();
      bool first = !std::exchange(columns_sent_, true);
      return frame(type, first ? to_table(resource, object, now, request_.include_object)
                               : to_table_row_only(resource, object, now, request_.include_object));
    }
    if (representation.as == "PartialObjectMetadata") return frame(type, metadata_of(object));
    return frame(type, object);
  }

  static data::Value metadata_of(const data::Value& object) {
    return data::Value::map({{"kind", "PartialObjectMetadata"},
                             {"apiVersion", "meta.k8s.io/v1"},
                             {"metadata", object["metadata"]}});
  }

  std::string bookmark(bool initial_end) {
    // Nothing of this resource is on its way, so everything up to now has been seen.
    auto core = core_.lock();
    if (core && inbox_->events.empty()) revision_ = core->store.revision();
    auto metadata = data::Value::map(
        {{"resourceVersion", std::to_string(revision_)}, {"creationTimestamp", nullptr}});
    if (initial_end) {
      metadata.set("annotations", data::Value::map({{"k8s.io/initial-events-end", "true"}}));
    }
    const Resource& resource = *request_.resource;
    auto object = data::Value::map({{"kind", resource.kind},
                                    {"apiVersion", resource.gvr.api_version()},
                                    {"metadata", metadata}});
    if (request_.representation.as == "Table") {
      auto table = data::Value::map(
          {{"kind", "Table"},
           {"apiVersion", "meta.k8s.io/v1"},
           {"metadata", data::Value::map({{"resourceVersion", std::to_string(revision_)}})},
           {"columnDefinitions", nullptr},
           {"rows", data::Value::list({data::Value::map(
                        {{"cells", nullptr}, {"object", metadata_of(object)}})})}});
      return frame("BOOKMARK", table);
    }
    if (request_.representation.as == "PartialObjectMetadata") object = metadata_of(object);
    return frame("BOOKMARK", object);
  }

  std::weak_ptr<ServerCore> core_;
  rt::Runtime& runtime_;
  WatchRequest request_;
  std::shared_ptr<Inbox> inbox_;
  std::shared_ptr<void> listener_;
  std::deque<std::string> initial_;
  uint64_t revision_ = 0;
  base::Time end_;
  base::Time next_bookmark_;
  bool columns_sent_ = false;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<http::Body> start_watch(const std::shared_ptr<ServerCore>& core,
                                        WatchRequest request) {
  return std::make_unique<WatchBody>(core, std::move(request));
}

}  // namespace jibe::twin
