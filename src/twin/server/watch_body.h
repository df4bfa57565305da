// A watch: the changes of a resource as one JSON document per line, until its time is up.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "http/message.h"
#include "twin/server/negotiate.h"
#include "twin/server/reader.h"

namespace jibe::twin {

struct WatchRequest {
  ResourcePtr resource;
  Selection selection;
  Representation representation;
  std::string include_object;  // of Tables
  // Start after this revision; nullopt: with what there is.
  std::optional<uint64_t> after;
  bool bookmarks = false;
  // sendInitialEvents: a bookmark says where the initial ones end.
  bool mark_initial_end = false;
  // Changes alone, from now on.
  bool skip_initial = false;
  base::Duration timeout{};
};

// Every event is encoded once for all watches of the same representation. Ends where the client
// does not keep up, where the kind is no longer served, and with the server.
std::unique_ptr<http::Body> start_watch(const std::shared_ptr<ServerCore>& core,
                                        WatchRequest request);

}  // namespace jibe::twin
