#include "helm/repository_index.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "http/url.h"
#include "tmpl/semver.h"

namespace jibe::helm {

namespace {

using data::go_quote;

struct Candidate {
  IndexEntry entry;
  tmpl::SemanticVersion version;
};

std::vector<std::string> strings(const data::Value& list) {
  std::vector<std::string> out;
  for (const data::Value& item : list.items()) out.push_back(item.text());
  return out;
}

// JFrog's repositories strip aliases (helm/helm#12748).
bool is_harmless(std::string_view mistake) {
  return mistake.starts_with("validation: more than one dependency with name or alias");
}

// Invalid entries are passed over, as an old one must not hide the others.
std::vector<Candidate> candidates(const std::string& name, const data::Value& list,
                                  std::vector<std::string>& warnings) {
  std::vector<Candidate> out;
  for (const data::Value& item : list.items()) {
    if (item.is_null()) continue;
    Metadata metadata;
    try {
      read_metadata(item, metadata);
      if (metadata.api_version.empty()) metadata.api_version = "v1";
      validate(metadata);
    } catch (const ChartError& error) {
      if (!is_harmless(error.what())) {
        warnings.push_back(fmt::format("passing over version {} of {} in the index: {}",
                                       go_quote(metadata.version), go_quote(name), error.what()));
        continue;
      }
    }
    // A digest of digits alone is a number where nobody quoted it; it must not count as none.
    const data::Value& digest = item["digest"];
    if (!digest.is_null() && !digest.is_string()) {
      throw ChartError(fmt::format("the digest of {} {} in the index is no text: put it in quotes",
                                   name, metadata.version));
    }
    out.push_back({{metadata.name, metadata.version, strings(item["urls"]), digest.text()},
                   tmpl::SemanticVersion::parse(metadata.version)});
  }
  std::stable_sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return a.version.compare(b.version) > 0;
  });
  return out;
}

bool is_range(std::string_view version) {
  if (version.find_first_of("^~<>=!*") != std::string_view::npos) return true;
  if (base::contains(version, "||") || base::contains(version, " - ")) return true;
  return version.substr(0, version.find_first_of("-+")).find_first_of("xX") !=
         std::string_view::npos;
}

data::Value parse_document(std::string_view text) {
  try {
    return data::parse_json(text);
  } catch (const base::InvalidInput&) {
    // Then it is YAML, whose mistakes are reported.
  }
  try {
    return data::parse_yaml(text, "", {.strict = true});
  } catch (const base::InvalidInput& error) {
    throw ChartError(error.what());
  }
}

}  // namespace

RepositoryIndex RepositoryIndex::parse(std::string_view text) {
  if (text.empty()) throw ChartError("empty index.yaml file");
  data::Value document = parse_document(text);
  if (!document.is_map()) {
    throw ChartError(fmt::format("index.yaml should be a map, but it is {}",
                                 document.is_null() ? "empty" : data::to_string(document.kind())));
  }
  const data::Value& version = document["apiVersion"];
  if (version.is_null() || (version.is_string() && version.text().empty())) {
    throw ChartError("no API version specified");
  }
  RepositoryIndex out;
  out.entries_ = document["entries"];
  if (!out.entries_.is_null() && !out.entries_.is_map()) {
    throw ChartError("entries of index.yaml should be a map of charts");
  }
  return out;
}

IndexEntry RepositoryIndex::find(const std::string& name, const std::string& version,
                                 std::vector<std::string>& warnings) const {
  const data::Value* list = entries_.find(name);
  if (list == nullptr) throw ChartError("no chart name found");
  auto known = candidates(name, *list, warnings);
  if (known.empty()) throw ChartError("no chart version found");
  auto constraint = tmpl::VersionConstraint::parse(version.empty() ? "*" : version);
  for (Candidate& candidate : known)
    if (!version.empty() && candidate.entry.version == version) return candidate.entry;
  for (Candidate& candidate : known) {
    if (!constraint.allows(candidate.version)) continue;
    if (!version.empty() && !is_range(version)) {
      warnings.push_back(fmt::format("unable to find exact version {} of {}; falling back to {}",
                                     go_quote(version), go_quote(name),
                                     go_quote(candidate.entry.version)));
    }
    return candidate.entry;
  }
  throw ChartError(fmt::format("no chart version found for {}-{}", name, version));
}

std::string url_in_repository(const std::string& repository, const std::string& reference) {
  base::Cut cut = base::cut(repository, "?");
  std::string folder(cut.before);
  if (!folder.ends_with('/')) folder += '/';
  std::string url = http::resolve_url(folder, reference);
  bool absolute = url == reference;
  if (absolute) return url;
  return url.substr(0, url.find('?')) + (cut.found ? "?" + std::string(cut.after) : "");
}

}  // namespace jibe::helm
