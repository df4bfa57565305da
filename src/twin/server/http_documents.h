// What an API server tells of itself: discovery, OpenAPI, version, health.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "http/message.h"
#include "twin/server/core.h"
#include "twin/server/request_path.h"

namespace jibe::twin {

class HttpDocuments {
 public:
  explicit HttpDocuments(const ServerCore& core) : core_(core) {}

  // Throws kube::StatusError 404 for paths that nothing answers.
  http::Response get(const http::Request& request, const RequestPath& path);
  // Paths that need no identity, as system:public-info-viewer has them.
  static bool is_public(const std::string& path);

 private:
  http::Response discovery(const http::Request& request, const RequestPath& path);
  http::Response openapi_v2(const http::Request& request);
  http::Response openapi_v3(const http::Request& request, const RequestPath& path);
  http::Response version() const;
  http::Response health(const RequestPath& path) const;
  // Made once for everything that is served at the time.
  const std::string& cached(const std::string& key, const std::function<std::string()>& make);

  const ServerCore& core_;
  uint64_t generation_ = 0;
  std::map<std::string, std::string> cache_;
};

}  // namespace jibe::twin
