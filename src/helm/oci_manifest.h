// What an OCI manifest says of the chart in it. No I/O.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

// What a client of charts accepts: manifests and indexes of OCI and of Docker.
extern const char* const kManifestTypes;

struct BlobDescriptor {
  std::string media_type;
  std::string digest;  // "sha256:…", checked
  uint64_t size = 0;
};

struct ChartManifest {
  // Of an index: the manifests in it. Else empty.
  std::vector<BlobDescriptor> manifests;
  bool is_chart = false;  // its config is a chart's
  BlobDescriptor layer;   // the .tgz, where is_chart
};

// Throws base::Error where it is no manifest, or a chart's manifest without a chart. An image or an
// index is no error here.
ChartManifest parse_manifest(std::string_view json);

// Throws base::Error where the bytes are not those of the digest. `what` begins the sentence.
void check_digest(std::string_view bytes, const std::string& digest, const std::string& what);

// Of a registry's answer that is an error: "404 Not Found (manifest unknown: …)".
std::string registry_mistake(int status, std::string_view body);

// The target of the first rel="next" in a Link header (RFC 8288), "" without.
std::string next_link(std::string_view header);

}  // namespace jibe::helm
