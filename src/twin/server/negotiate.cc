#include "twin/server/negotiate.h"

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "kube/status.h"
#include "twin/server/protobuf.h"

namespace jibe::twin {

namespace {

struct MediaRange {
  std::string type;
  std::string as;
  std::string group;
  std::string version;
  double quality = 1;
};

MediaRange parse_range(std::string_view text) {
  MediaRange range;
  bool first = true;
  for (std::string_view part : base::split(text, ';')) {
    part = base::trim(part);
    if (first) {
      range.type = base::lower(part);
      first = false;
      continue;
    }
    auto [name, value, found] = base::cut(part, "=");
    if (name == "as") range.as = value;
    if (name == "g") range.group = value;
    if (name == "v") range.version = value;
    if (name == "q") range.quality = std::strtod(std::string(value).c_str(), nullptr);
  }
  return range;
}

bool is_json(std::string_view type) {
  return type == "application/json" || type == "*/*" || type == "application/*" || type.empty();
}

bool is_yaml(std::string_view type) {
  return type == "application/yaml" || type == "application/x-yaml" || type == "text/yaml";
}

[[noreturn]] void refuse_body() {
  throw kube::unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: "
      "application/json, application/yaml, application/vnd.kubernetes.protobuf");
}

data::Value decode_yaml(const std::string& body, std::vector<std::string>* findings) {
  try {
    return data::parse_yaml(body, {}, data::YamlOptions{true});
  } catch (const base::InvalidInput& error) {
    // Read leniently, so that only true mistakes are refused.
    data::Value value = data::parse_yaml(body);
    if (findings) findings->push_back(error.what());
    return value;
  }
}

}  // namespace

std::string Representation::media_type() const {
  std::string type = yaml ? "application/yaml" : "application/json";
  if (as == "APIGroupDiscoveryList") {
    type += ";g=" + group + ";v=" + version + ";as=" + as;
  }
  return type;
}

Representation negotiate(const http::Headers& headers, std::string_view pretty_query,
                         const std::vector<std::string_view>& transforms) {
  std::vector<MediaRange> ranges;
  for (std::string_view part : base::split(headers.get("accept"), ',')) {
    ranges.push_back(parse_range(base::trim(part)));
  }
  std::stable_sort(ranges.begin(), ranges.end(),
                   [](const MediaRange& a, const MediaRange& b) { return a.quality > b.quality; });
  for (const MediaRange& range : ranges) {
    bool yaml = is_yaml(range.type);
    if (!yaml && !is_json(range.type)) continue;
    bool offered = range.as.empty() ||
                   std::find(transforms.begin(), transforms.end(), range.as) != transforms.end();
    if (!offered) continue;
    Representation out;
    out.yaml = yaml;
    out.as = range.as;
    out.group = range.group;
    out.version = range.version;
    out.pretty = !yaml && (pretty_query == "true" || pretty_query == "1");
    return out;
  }
  throw kube::StatusError(406, "NotAcceptable",
                          "only the following media types are accepted: application/json, "
                          "application/yaml");
}

std::string encode(const data::Value& value, const Representation& representation) {
  if (representation.yaml) return data::to_yaml(value);
  std::string text;
  // Kubernetes' JSON serializer escapes as json.Marshal does and ends with a newline.
  data::append_json(text, value, data::JsonStyle{representation.pretty ? 2 : 0, true});
  text += '\n';
  return text;
}

data::Value decode_body(const http::Request& request, std::vector<std::string>* findings) {
  if (base::trim(request.body).empty()) return nullptr;
  std::string type = parse_range(request.headers.get("content-type")).type;
  bool json = type.empty() || type == "application/json" ||
              (type.starts_with("application/") && type.ends_with("+json"));
  bool yaml = is_yaml(type) || type == "application/apply-patch+yaml";
  bool protobuf = type == "application/vnd.kubernetes.protobuf";
  if (!json && !yaml && !protobuf) refuse_body();
  try {
    if (protobuf) return decode_kubernetes_protobuf(request.body);
    if (yaml) return decode_yaml(request.body, findings);
    data::JsonDocument document = data::parse_json_reporting_duplicates(request.body);
    for (const std::string& path : document.duplicates) {
      if (findings) findings->push_back("duplicate field \"" + path + "\"");
    }
    return std::move(document.value);
  } catch (const base::InvalidInput& error) {
    throw kube::bad_request(error.what());
  }
}

}  // namespace jibe::twin
