#include "kube/fake_api_test.h"

#include <fmt/core.h>

#include "base/strings.h"
#include "data/json.h"
#include "http/url.h"

namespace jibe::kube {

using data::Value;

// Streams the history from a version on, then waits for more.
class FakeWatch : public http::Body {
 public:
  FakeWatch(FakeApi& api, int64_t from, FakeApi::Fault fault)
      : api_(api), seen_(from), fault_(fault), epoch_(api.epoch_) {}

  Task<std::string> read() override {
    if (fault_ == FakeApi::Fault::kGarbage) co_return "{\"type\": oops}\n";
    if (fault_ == FakeApi::Fault::kErrorEvent) {
      fault_ = FakeApi::Fault::kNone;
      co_return R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})";
    }
    while (true) {
      std::string bytes = pending();
      if (fault_ == FakeApi::Fault::kCut && !bytes.empty()) {
        if (cut_) throw base::Error("connection reset by peer");
        cut_ = true;
        co_return bytes.substr(0, bytes.size() / 2);
      }
      if (!bytes.empty()) co_return bytes;
      if (epoch_ != api_.epoch_) co_return "";
      api_.changed_.reset();
      co_await api_.changed_.wait();
    }
  }

 private:
  std::string pending() {
    std::string out;
    for (const FakeApi::Event& event : api_.history_) {
      if (event.version <= seen_) continue;
      out += event.line + "\n";
      if (fault_ == FakeApi::Fault::kCut) return out;
    }
    seen_ = api_.version_;
    return out;
  }

  FakeApi& api_;
  int64_t seen_;
  FakeApi::Fault fault_;
  int epoch_;
  bool cut_ = false;
};

void FakeApi::record(const std::string& type, const Value& object) {
  Value event = Value::map({{"type", type}, {"object", object}});
  history_.push_back({version_, data::to_json(event)});
  changed_.set();
}

void FakeApi::put(const std::string& name, const std::string& value) {
  bool is_new = !objects_.contains(name);
  Value& object = objects_[name];
  object = Value::map({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"value", value}});
  object.set("metadata", Value::map({{"name", name},
                                     {"namespace", "ns"},
                                     {"labels", Value::map({{"value", value}})},
                                     {"resourceVersion", std::to_string(++version_)}}));
  record(is_new ? "ADDED" : "MODIFIED", object);
}

void FakeApi::remove(const std::string& name) {
  Value object = objects_.at(name);
  objects_.erase(name);
  object.edit("metadata").set("resourceVersion", std::to_string(++version_));
  record("DELETED", object);
}

void FakeApi::bookmark() {
  ++version_;
  record("BOOKMARK",
         Value::map({{"metadata", Value::map({{"resourceVersion", std::to_string(version_)}})}}));
}

void FakeApi::end_watches() {
  ++epoch_;
  changed_.set();
}

http::Response FakeApi::list() {
  ++lists_;
  Value items = Value::list();
  for (const auto& [name, object] : objects_) items.push_back(object);
  Value answer = Value::map({{"kind", "ConfigMapList"}, {"apiVersion", "v1"}, {"items", items}});
  answer.set("metadata", Value::map({{"resourceVersion", std::to_string(version_)}}));
  return http::make_response(200, "application/json", data::to_json(answer));
}

http::Response FakeApi::watch(int64_t from, Fault fault) {
  if (from < oldest_ || fault == Fault::kGone) {
    return http::make_response(
        410, "application/json",
        R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})");
  }
  http::Response response;
  response.body = std::make_unique<FakeWatch>(*this, from, fault);
  return response;
}

Task<http::Response> FakeApi::handle(http::Request request) {
  targets_.push_back(request.target);
  auto found = faults_.find(requests_++);
  Fault fault = found == faults_.end() ? Fault::kNone : found->second;
  if (fault == Fault::kRefused) throw base::Error("connection refused");
  if (fault == Fault::kError500) co_return http::make_response(500, "text/plain", "broken");
  base::Cut cut = base::cut(request.target, "?");
  http::Query query(cut.after);
  if (query.get("watch") != "true") {
    if (fault == Fault::kGarbage) co_return http::make_response(200, "text/html", "<html>");
    co_return list();
  }
  co_return watch(std::stoll(query.get("resourceVersion")), fault);
}

}  // namespace jibe::kube
