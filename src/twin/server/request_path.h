// What a request's path names (apiserver pkg/endpoints/request/requestinfo.go, 1.36).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/url.h"
#include "twin/server/api.h"

namespace jibe::twin {

struct RequestPath {
  enum class Kind {
    kOther,         // /version, /healthz, /openapi/…
    kApiVersions,   // /api
    kApiGroups,     // /apis
    kApiGroup,      // /apis/<group>
    kApiResources,  // /api/v1, /apis/<group>/<version>
    kResource,      // everything below
  };
  Kind kind = Kind::kOther;
  std::string path;  // decoded, without the query
  http::Query query;
  // Group and version for kApiGroup and kApiResources; everything for kResource.
  Target target;
  bool watch = false;  // the old /watch/ prefix, or ?watch=
};

RequestPath parse_request_path(const std::string& request_target);

}  // namespace jibe::twin
