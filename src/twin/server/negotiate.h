// Media types: what a client accepts, and what it sends.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "http/message.h"

namespace jibe::twin {

// How an answer is to be written.
struct Representation {
  bool yaml = false;
  bool pretty = false;
  // "Table", "PartialObjectMetadata", "APIGroupDiscoveryList", …; "" for the object itself.
  std::string as;
  std::string group;
  std::string version;
  // Of the answer's Content-Type.
  std::string media_type() const;
};

// The first of the accepted types that can be given. `transforms` are the `as` that are on offer
// beside the object itself. Throws 406.
Representation negotiate(const http::Headers& headers, std::string_view pretty_query,
                         const std::vector<std::string_view>& transforms);

std::string encode(const data::Value& value, const Representation& representation);

// A request's body. `findings` gets `duplicate field "x"` sentences. Throws 415 for other media
// types and 400 for what cannot be read. Null for an empty body.
data::Value decode_body(const http::Request& request, std::vector<std::string>* findings);

}  // namespace jibe::twin
