#include "helm/oci_manifest.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "http/message.h"
#include "pki/digest.h"

namespace jibe::helm {

const char* const kManifestTypes =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

namespace {

constexpr std::string_view kConfigType = "application/vnd.cncf.helm.config.v1+json";
constexpr std::string_view kLayerType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
constexpr std::string_view kLegacyLayerType = "application/tar+gzip";
constexpr std::string_view kIndexTypes[] = {
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json"};
constexpr size_t kMaxManifests = 64;

BlobDescriptor read_descriptor(const data::Value& value) {
  BlobDescriptor out{value["mediaType"].text(), value["digest"].text(), 0};
  base::Cut cut = base::cut(out.digest, ":");
  bool hexadecimal = cut.after.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (cut.before != "sha256" || cut.after.size() != 64 || !hexadecimal)
    throw base::Error(
        fmt::format("the manifest names the digest \"{}\"; only sha256 is known", out.digest));
  if (!value["size"].is_int() || value["size"].as_int() < 0)
    throw base::Error("the manifest does not say how large its parts are");
  out.size = static_cast<uint64_t>(value["size"].as_int());
  return out;
}

bool is_index(const data::Value& document) {
  const std::string& type = document["mediaType"].text();
  if (std::find(std::begin(kIndexTypes), std::end(kIndexTypes), type) != std::end(kIndexTypes))
    return true;
  return document["manifests"].is_list() && document["config"].is_null();
}

}  // namespace

ChartManifest parse_manifest(std::string_view json) {
  data::Value document;
  try {
    document = data::parse_json(json);
  } catch (const base::InvalidInput& error) {
    throw base::Error(fmt::format("the manifest is no JSON: {}", error.what()));
  }
  ChartManifest out;
  if (is_index(document)) {
    if (document["manifests"].size() > kMaxManifests)
      throw base::Error(fmt::format("the index has more than {} manifests", kMaxManifests));
    for (const data::Value& item : document["manifests"].items())
      out.manifests.push_back(read_descriptor(item));
    return out;
  }
  if (document["schemaVersion"].int_or(0) != 2)
    throw base::Error("the manifest's schemaVersion is not 2");
  out.is_chart = document["config"]["mediaType"].text() == kConfigType;
  if (!out.is_chart) return out;
  bool found = false;
  for (const data::Value& item : document["layers"].items()) {
    const std::string& type = item["mediaType"].text();
    if (found || (type != kLayerType && type != kLegacyLayerType)) continue;
    out.layer = read_descriptor(item);
    found = true;
  }
  if (!found)
    throw base::Error(
        fmt::format("manifest does not contain a layer with mediatype {}", kLayerType));
  return out;
}

void check_digest(std::string_view bytes, const std::string& digest, const std::string& what) {
  std::string actual = "sha256:" + pki::sha256_hex(bytes);
  if (actual != digest)
    throw base::Error(fmt::format(
        "{} has the digest {}, but {} was expected: it was changed or damaged on its way", what,
        actual, digest));
}

std::string registry_mistake(int status, std::string_view body) {
  std::string out = fmt::format("{} {}", status, http::reason_phrase(status));
  std::vector<std::string> reasons;
  try {
    data::Value document = data::parse_json(body);
    for (const data::Value& error : document["errors"].items()) {
      std::string code = base::lower(base::replace_all(error["code"].text(), "_", " "));
      const std::string& message = error["message"].text();
      bool more = !message.empty() && message != code;
      reasons.push_back(more ? code + ": " + message : code);
    }
  } catch (const base::InvalidInput&) {
    // Proxies answer in HTML; the status alone must do.
  }
  if (reasons.empty()) return out;
  return out + " (" + base::join(reasons, "; ") + ")";
}

std::string next_link(std::string_view header) {
  while (true) {
    size_t open = header.find('<');
    size_t close = header.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return "";
    std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    std::string_view parameters = header.substr(0, header.find('<'));
    std::string plain = base::lower(base::replace_all(parameters, "\"", ""));
    bool other = base::contains(plain, "rel=") && !base::contains(plain, "rel=next");
    if (!other) return std::string(target);
  }
}

}  // namespace jibe::helm
