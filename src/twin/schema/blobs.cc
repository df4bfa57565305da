#include "twin/schema/blobs.h"

#include <zlib.h>

#include <cstring>

#include "base/error.h"
#include "data/json.h"

extern "C" {
extern const unsigned char jibe_k8s_schema_begin[], jibe_k8s_schema_end[];
extern const unsigned char jibe_k8s_openapi_v3_begin[], jibe_k8s_openapi_v3_end[];
extern const unsigned char jibe_k8s_openapi_v2_begin[], jibe_k8s_openapi_v2_end[];
}

namespace jibe::twin {
namespace {

std::string_view bytes(const unsigned char* begin, const unsigned char* end) {
  return {reinterpret_cast<const char*>(begin), static_cast<size_t>(end - begin)};
}

// The archive's index and what it points into.
struct Archive {
  std::string_view index;
  std::string_view body;
};

Archive v3_archive() {
  const std::string_view all = bytes(jibe_k8s_openapi_v3_begin, jibe_k8s_openapi_v3_end);
  uint32_t size = 0;
  for (int i = 3; i >= 0; --i) size = size << 8 | static_cast<unsigned char>(all[i]);
  return {all.substr(4, size), all.substr(4 + size)};
}

}  // namespace

std::string inflate(std::string_view deflated) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw base::Error("cannot start zlib");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
  stream.avail_in = static_cast<uInt>(deflated.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    const size_t done = out.size();
    out.resize(done + std::max<size_t>(deflated.size() * 4, 4096));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(out.size() - done);
    result = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) {
    throw base::Error("the Kubernetes API documents built into this program are damaged");
  }
  return out;
}

data::Value schema_blob() {
  return data::parse_json(inflate(bytes(jibe_k8s_schema_begin, jibe_k8s_schema_end)));
}

data::Value openapi_v3_blob_index() {
  return data::parse_json(v3_archive().index);
}

std::optional<std::string> openapi_v3_blob(std::string_view path) {
  const data::Value index = openapi_v3_blob_index();
  const data::Value& place = index[path];
  if (!place.is_list()) return std::nullopt;
  const auto offset = static_cast<size_t>(place[0].as_int());
  const auto size = static_cast<size_t>(place[1].as_int());
  return inflate(v3_archive().body.substr(offset, size));
}

std::string openapi_v2_blob() {
  return inflate(bytes(jibe_k8s_openapi_v2_begin, jibe_k8s_openapi_v2_end));
}

}  // namespace jibe::twin
