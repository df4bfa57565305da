// urlParse, urlJoin, getHostByName.
#include "tmpl/format.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/url.h"

namespace jibe::tmpl {

namespace {

Any parse(CallContext&, Args a) {
  Url url;
  try {
    url = Url::parse(a[0].as_string());
  } catch (const InvalidInput& error) {
    throw InvalidInput(std::string("unable to parse url: ") + error.what());
  }
  return Map::of({{"scheme", url.scheme},
                  {"host", url.host},
                  {"hostname", url.host_name()},
                  {"path", url.path},
                  {"query", url.query},
                  {"opaque", url.opaque},
                  {"fragment", url.fragment},
                  {"userinfo", url.user ? url.user->text() : ""}});
}

std::string text_of(const Map& map, std::string_view key) {
  const Any* found = map.find(key);
  if (found == nullptr) return "";
  if (found->is_nil())
    throw InvalidInput("runtime error: invalid memory address or nil pointer dereference");
  if (!found->is_string())
    throw InvalidInput("unable to parse " + std::string(key) +
                       " key, must be of type string, but " + std::string(kind_name(*found)) +
                       " found");
  return found->as_string();
}

Any join(CallContext&, Args a) {
  const Map& map = a[0].map();
  Url url;
  url.scheme = text_of(map, "scheme");
  url.host = text_of(map, "host");
  url.path = text_of(map, "path");
  url.query = text_of(map, "query");
  url.opaque = text_of(map, "opaque");
  url.fragment = text_of(map, "fragment");
  std::string user = text_of(map, "userinfo");
  if (!user.empty()) {
    try {
      url.user = Url::parse("proto://" + user + "@host").user;
    } catch (const InvalidInput& error) {
      throw InvalidInput(std::string("unable to parse userinfo in dict: ") + error.what());
    }
  }
  return Any(url.text());
}

}  // namespace

void add_urls(FunctionTable& table) {
  table.add("urlParse", "string", parse);
  table.add("urlJoin", "map", join);
  table.add("getHostByName", "string", [](CallContext&, Args) { return Any(""); });
}

}  // namespace jibe::tmpl
