#include "twin/mesh/discovery.h"

#include <charconv>
#include <set>

#include "base/coroutine.h"
#include "data/json.h"
#include "rt/sync.h"
#include "twin/server/server.h"

namespace jibe::twin {

using data::Value;

namespace {

// From a proxy's request until its first configuration is computed.
constexpr base::Duration kFirstPushDelay = std::chrono::milliseconds(10);
constexpr const char* kTypes[] = {"CDS", "EDS", "LDS", "RDS"};

struct SyncField {
  const char* type;
  const char* name;
};
constexpr SyncField kSyncFields[] = {
    {"CDS", "cluster"}, {"LDS", "listener"}, {"RDS", "route"}, {"EDS", "endpoint"}};

}  // namespace

Value Node::to_value() const {
  return Value::map({{"type", type},
                     {"ip", ip},
                     {"pod", pod},
                     {"namespace", ns},
                     {"cluster", cluster},
                     {"version", version},
                     {"labels", labels}});
}

Node Node::from_value(const Value& value) {
  Node out{value["type"].text(),    value["ip"].text(),
           value["pod"].text(),     value["namespace"].text(),
           value["cluster"].text(), value["version"].text(),
           value["labels"]};
  if (out.pod.empty() || out.ns.empty())
    throw base::InvalidInput("a proxy's node names no pod: " + data::to_json(value));
  return out;
}

struct Discovery::Connection {
  Connection(rt::Runtime& runtime, Node n) : node(std::move(n)), pushes(runtime) {}

  struct State {
    std::string sent;
    std::string acked;
  };
  void enqueue(const std::string& type) {
    if (queued.insert(type).second) pushes.push(type);
  }

  Node node;
  rt::Channel<std::string> pushes;
  std::set<std::string> queued;
  std::map<std::string, State> types;
};

// The body of one stream. Its proxy reads it; the end of either ends the connection.
class Discovery::Stream : public http::Body {
 public:
  Stream(rt::Runtime& runtime, Resources resources, uint64_t id,
         std::shared_ptr<Connection> connection, std::weak_ptr<Connections> all)
      : runtime_(runtime),
        resources_(std::move(resources)),
        id_(id),
        connection_(std::move(connection)),
        all_(std::move(all)) {}
  ~Stream() override {
    if (const auto all = all_.lock()) all->erase(id_);
  }

  Task<std::string> read() override {
    if (!started_) {
      started_ = true;
      co_await runtime_.sleep(kFirstPushDelay);
      for (const char* type : kTypes) connection_->enqueue(type);
    }
    while (true) {
      const std::optional<std::string> type = co_await connection_->pushes.pop();
      if (!type || connection_->pushes.closed()) co_return "";
      connection_->queued.erase(*type);
      const Value resources = resources_(connection_->node, *type);
      if (resources.is_null()) continue;
      const std::string nonce = generate_uid(runtime_.random());
      connection_->types[*type].sent = nonce;
      co_return data::to_json(
          Value::map({{"type", *type}, {"nonce", nonce}, {"resources", resources}})) +
          "\n";
    }
  }

 private:
  rt::Runtime& runtime_;
  Resources resources_;
  uint64_t id_;
  std::shared_ptr<Connection> connection_;
  std::weak_ptr<Connections> all_;
  bool started_ = false;
};

Discovery::Discovery(rt::Runtime& runtime, Resources resources)
    : runtime_(runtime),
      resources_(std::move(resources)),
      connections_(std::make_shared<Connections>()) {}

Discovery::~Discovery() = default;

Task<http::Response> Discovery::handle(http::Request request) {
  if (closed_) throw base::Error("istiod is shutting down");
  if (request.method == "POST" && request.target == kStreamPath) co_return open(request);
  if (request.method == "POST" && request.target == kAckPath) co_return acknowledge(request);
  co_return http::make_response(404, "text/plain", "404 page not found\n");
}

http::Response Discovery::open(const http::Request& request) {
  const uint64_t id = next_++;
  auto connection =
      std::make_shared<Connection>(runtime_, Node::from_value(data::parse_json(request.body)));
  connections_->emplace(id, connection);
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  response.headers.set(kConnectionHeader, std::to_string(id));
  response.body =
      std::make_unique<Stream>(runtime_, resources_, id, std::move(connection), connections_);
  return response;
}

http::Response Discovery::acknowledge(const http::Request& request) {
  const Value ack = data::parse_json(request.body);
  const std::string& text = ack["connection"].text();
  uint64_t id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  const auto it = connections_->find(id);
  if (it == connections_->end()) return http::make_response(404, "text/plain", "no such stream\n");
  it->second->types[ack["type"].text()].acked = ack["nonce"].text();
  return http::make_response(200, "text/plain", "");
}

void Discovery::push() {
  for (const auto& [id, connection] : *connections_)
    for (const char* type : kTypes) connection->enqueue(type);
}

void Discovery::close() {
  closed_ = true;
  for (const auto& [id, connection] : *connections_) connection->pushes.close();
  connections_->clear();
}

size_t Discovery::size() const {
  return connections_->size();
}

Value Discovery::syncz(const std::string& ns) const {
  std::map<std::string, Value> by_proxy;
  for (const auto& [id, connection] : *connections_) {
    const Node& node = connection->node;
    if (!ns.empty() && node.ns != ns) continue;
    Value entry = Value::map({{"cluster_id", node.cluster},
                              {"proxy", node.id()},
                              {"proxy_type", node.type},
                              {"istio_version", node.version}});
    for (const SyncField& field : kSyncFields) {
      const auto state = connection->types.find(field.type);
      if (state == connection->types.end()) continue;
      const std::string name(field.name);
      if (!state->second.sent.empty()) entry.set(name + "_sent", state->second.sent);
      if (!state->second.acked.empty()) entry.set(name + "_acked", state->second.acked);
    }
    by_proxy[node.id()] = std::move(entry);
  }
  Value out = Value::list();
  for (auto& [proxy, entry] : by_proxy) out.push_back(std::move(entry));
  return out;
}

}  // namespace jibe::twin
