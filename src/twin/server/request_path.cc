#include "twin/server/request_path.h"

#include "base/strings.h"

namespace jibe::twin {

namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  for (std::string_view piece : base::split(path, '/')) {
    if (!piece.empty()) segments.push_back(http::percent_decode(piece));
  }
  return segments;
}

bool is_true(const http::Query& query, std::string_view name) {
  if (!query.has(name)) return false;
  const std::string& value = query.get(name);
  return value != "false" && value != "0";
}

void parse_target(RequestPath& out, const std::vector<std::string>& rest) {
  out.kind = RequestPath::Kind::kResource;
  size_t at = 0;
  if (rest[0] == "watch" && rest.size() > 1) {
    out.watch = true;
    ++at;
  }
  auto piece = [&](size_t i) { return at + i < rest.size() ? rest[at + i] : std::string(); };
  if (piece(0) == "namespaces" && !piece(2).empty() && piece(2) != "status" &&
      piece(2) != "finalize") {
    out.target.ns = piece(1);
    at += 2;
  }
  out.target.gvr.resource = piece(0);
  out.target.name = piece(1);
  for (size_t i = 2; !piece(i).empty(); ++i) {
    if (i > 2) out.target.subresource += '/';
    out.target.subresource += piece(i);
  }
}

}  // namespace

RequestPath parse_request_path(const std::string& request_target) {
  RequestPath out;
  auto [path, query, has_query] = base::cut(request_target, "?");
  out.query = http::Query(query);
  out.path = http::percent_decode(path);
  std::vector<std::string> segments = segments_of(path);
  using Kind = RequestPath::Kind;
  bool core = !segments.empty() && segments[0] == "api";
  bool groups = !segments.empty() && segments[0] == "apis";
  if (!core && !groups) return out;
  size_t at = 1;
  if (segments.size() == 1) {
    out.kind = core ? Kind::kApiVersions : Kind::kApiGroups;
    return out;
  }
  if (groups) out.target.gvr.group = segments[at++];
  if (segments.size() == at) {
    out.kind = Kind::kApiGroup;
    return out;
  }
  out.target.gvr.version = segments[at++];
  if (segments.size() == at) {
    out.kind = Kind::kApiResources;
    return out;
  }
  parse_target(out, {segments.begin() + static_cast<std::ptrdiff_t>(at), segments.end()});
  if (is_true(out.query, "watch")) out.watch = true;
  return out;
}

}  // namespace jibe::twin
