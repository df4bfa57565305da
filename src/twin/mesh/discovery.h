// The discovery service of one istiod (xDS over ADS, simplified): proxies hold a stream, get
// configuration by type over it, and acknowledge each message.
//
// On the wire: POST kStreamPath with the node as JSON opens a stream whose body carries one JSON
// message a line, {"type","nonce","resources"}; the response's header kConnectionHeader names the
// connection. POST kAckPath {"connection","type","nonce"} acknowledges; a real proxy does that on
// the same stream.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "data/value.h"
#include "http/message.h"
#include "rt/runtime.h"

namespace jibe::twin {

inline constexpr const char* kStreamPath =
    "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
inline constexpr const char* kAckPath = "/ack";
inline constexpr const char* kConnectionHeader = "x-connection-id";
inline constexpr int kDiscoveryPort = 15012;

// What a proxy says of itself.
struct Node {
  std::string type;  // "sidecar" or "router"
  std::string ip;
  std::string pod;
  std::string ns;
  std::string cluster;
  std::string version;
  data::Value labels;

  // "pod.namespace".
  std::string id() const { return pod + "." + ns; }
  data::Value to_value() const;
  // Throws base::InvalidInput.
  static Node from_value(const data::Value& value);
};

class Discovery : public http::Handler {
 public:
  // The resources of a type ("LDS", "RDS") for a node; null: it has none and is sent none.
  using Resources = std::function<data::Value(const Node& node, const std::string& type)>;
  Discovery(rt::Runtime& runtime, Resources resources);
  ~Discovery() override;

  Task<http::Response> handle(http::Request request) override;
  // Every proxy gets its configuration anew.
  void push();
  // Ends all streams: istiod goes.
  void close();
  size_t size() const;
  // GET /debug/syncz (pilot/pkg/xds SyncStatus): the proxies of a namespace, "" for all.
  data::Value syncz(const std::string& ns) const;

 private:
  class Stream;
  struct Connection;
  using Connections = std::map<uint64_t, std::shared_ptr<Connection>>;

  http::Response open(const http::Request& request);
  http::Response acknowledge(const http::Request& request);

  rt::Runtime& runtime_;
  Resources resources_;
  // Shared with the streams, which take themselves out when their proxy goes.
  std::shared_ptr<Connections> connections_;
  uint64_t next_ = 1;
  bool closed_ = false;
};

}  // namespace jibe::twin
