// The resource verbs over HTTP.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/task.h"
#include "http/message.h"
#include "twin/server/core.h"
#include "twin/server/negotiate.h"
#include "twin/server/request_path.h"

namespace jibe::twin {

class HttpResources {
 public:
  HttpResources(std::shared_ptr<ServerCore> core, Api& api) : core_(std::move(core)), api_(api) {}

  // `warnings` is filled even where it throws.
  Task<http::Response> handle(const http::Request& request, const RequestPath& path,
                              const Caller& caller, std::vector<std::string>& warnings);

 private:
  struct Call {
    const http::Request& request;
    const RequestPath& path;
    ResourcePtr resource;
    Target target;
    Representation how;
    WriteOptions options;
  };
  Call begin(const http::Request& request, const RequestPath& path, const Caller& caller,
             std::vector<std::string>& warnings) const;
  http::Response get(const Call& call) const;
  http::Response list(const Call& call) const;
  http::Response watch(const Call& call) const;
  Task<http::Response> create(Call& call);
  Task<http::Response> update(Call& call);
  Task<http::Response> patch(Call& call);
  Task<http::Response> remove(Call& call);
  // In the representation the client asked for.
  http::Response answer(const Call& call, int status, const data::Value& object) const;

  std::shared_ptr<ServerCore> core_;
  Api& api_;
};

}  // namespace jibe::twin
