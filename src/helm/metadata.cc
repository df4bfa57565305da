// Chart.yaml as a Metadata (pkg/chart/v2/metadata.go, dependency.go of helm 4.2.3).
#include <re2/re2.h>

#include <set>

#include "base/strings.h"
#include "data/json.h"
#include "helm/chart.h"
#include "helm/semver.h"
#include "tmpl/format.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using data::Value;

// Go's decoder takes a key of any case where the exact one is absent.
const Value& field(const Value& object, std::string_view name) {
  if (const Value* exact = object.find(name)) return *exact;
  for (const data::Entry& entry : object.entries()) {
    if (base::equal_ignoring_case(entry.key, name)) return entry.value;
  }
  return object[name];
}

[[noreturn]] void mismatch(const Value& value, std::string_view path, std::string_view type) {
  std::string_view found = value.is_bool() ? "bool" : data::to_string(value.kind());
  if (value.is_number()) found = "number";
  throw ChartError(fmt::format(
      "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go struct "
      "field {} of type {}",
      found, path, type));
}

void read(const Value& value, std::string& out, std::string_view path) {
  if (value.is_null()) return;
  if (value.is_list() || value.is_map()) mismatch(value, path, "string");
  if (value.is_bool()) {
    out = value.as_bool() ? "true" : "false";
  } else if (value.is_number()) {
    out = value.is_int() ? std::to_string(value.as_int()) : data::go_number(value.as_double());
  } else {
    out = value.as_string();
  }
}

void read(const Value& value, bool& out, std::string_view path) {
  if (value.is_null()) return;
  if (!value.is_bool()) mismatch(value, path, "bool");
  out = value.as_bool();
}

void read(const Value& value, std::vector<std::string>& out, std::string_view path) {
  if (value.is_null()) return;
  if (!value.is_list()) mismatch(value, path, "[]string");
  out.clear();
  for (const Value& item : value.items()) read(item, out.emplace_back(), path);
}

void read_annotations(const Value& value, Value& out) {
  constexpr std::string_view kPath = "Metadata.annotations";
  if (value.is_null()) return;
  if (!value.is_map()) mismatch(value, kPath, "map[string]string");
  if (!out.is_map()) out = Value::map();
  for (const data::Entry& entry : value.entries()) {
    std::string text;
    read(entry.value, text, kPath);
    out.set(entry.key, text);
  }
}

void read_maintainers(const Value& value, std::vector<Maintainer>& out) {
  if (value.is_null()) return;
  if (!value.is_list()) mismatch(value, "Metadata.maintainers", "[]*v2.Maintainer");
  out.clear();
  for (const Value& item : value.items()) {
    if (item.is_null()) {
      throw ChartError("validation: maintainers must not contain empty or null nodes");
    }
    if (!item.is_map()) mismatch(item, "Metadata.maintainers", "v2.Maintainer");
    Maintainer& maintainer = out.emplace_back();
    read(field(item, "name"), maintainer.name, "Maintainer.maintainers.name");
    read(field(item, "email"), maintainer.email, "Maintainer.maintainers.email");
    read(field(item, "url"), maintainer.url, "Maintainer.maintainers.url");
  }
}

Dependency read_dependency(const Value& item) {
  if (item.is_null()) {
    throw ChartError("validation: dependencies must not contain empty or null nodes");
  }
  if (!item.is_map()) mismatch(item, "Metadata.dependencies", "v2.Dependency");
  Dependency out;
  read(field(item, "name"), out.name, "Dependency.dependencies.name");
  read(field(item, "version"), out.version, "Dependency.dependencies.version");
  read(field(item, "repository"), out.repository, "Dependency.dependencies.repository");
  read(field(item, "condition"), out.condition, "Dependency.dependencies.condition");
  read(field(item, "tags"), out.tags, "Dependency.dependencies.tags");
  read(field(item, "enabled"), out.enabled, "Dependency.dependencies.enabled");
  read(field(item, "alias"), out.alias, "Dependency.dependencies.alias");
  const Value& imports = field(item, "import-values");
  if (!imports.is_null() && !imports.is_list()) {
    mismatch(imports, "Dependency.dependencies.import-values", "[]interface {}");
  }
  out.import_values.assign(imports.items().begin(), imports.items().end());
  return out;
}

void sanitize(std::string& text) {
  std::string out;
  for (char32_t rune : tmpl::to_runes(text)) {
    if (tmpl::is_space(rune)) {
      out += ' ';
    } else if (tmpl::is_print(rune)) {
      tmpl::append_rune(out, rune);
    }
  }
  text = std::move(out);
}

[[noreturn]] void invalid(const std::string& what) {
  throw ChartError("validation: " + what);
}

void validate_dependencies(Metadata& metadata) {
  static const re2::RE2 kAlias("^[a-zA-Z0-9_-]+$");
  std::set<std::string> keys;
  for (Dependency& dependency : metadata.dependencies) {
    for (std::string* text :
         {&dependency.name, &dependency.version, &dependency.repository, &dependency.condition}) {
      sanitize(*text);
    }
    for (std::string& tag : dependency.tags) sanitize(tag);
    if (!dependency.alias.empty() && !re2::RE2::FullMatch(dependency.alias, kAlias)) {
      invalid(fmt::format("dependency {} has disallowed characters in the alias",
                          tmpl::quote(dependency.name)));
    }
    const std::string& key = dependency.alias.empty() ? dependency.name : dependency.alias;
    if (!keys.insert(key).second) {
      invalid("more than one dependency with name or alias " + tmpl::quote(key));
    }
  }
}

void validate_name_and_version(const Metadata& metadata) {
  const std::string& name = metadata.name;
  if (metadata.api_version.empty()) invalid("chart.metadata.apiVersion is required");
  if (name.empty()) invalid("chart.metadata.name is required");
  if (name == "." || name == "..") {
    invalid(fmt::format("chart.metadata.name {} is not allowed", tmpl::quote(name)));
  }
  if (name.find('/') != std::string::npos) {
    invalid(fmt::format("chart.metadata.name {} is invalid", tmpl::quote(name)));
  }
  if (metadata.version.empty()) invalid("chart.metadata.version is required");
  if (!is_version(metadata.version)) {
    invalid(fmt::format("chart.metadata.version {} is invalid", tmpl::quote(metadata.version)));
  }
  if (!metadata.type.empty() && metadata.type != "application" && metadata.type != "library") {
    invalid("chart.metadata.type must be application or library");
  }
}

}  // namespace

bool Metadata::is_library() const {
  return base::equal_ignoring_case(type, "library");
}

void read_metadata(const Value& document, Metadata& metadata) {
  if (document.is_null()) return;
  if (!document.is_map()) {
    throw ChartError(
        fmt::format("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into "
                    "Go value of type v2.Metadata",
                    data::to_string(document.kind())));
  }
  read(field(document, "name"), metadata.name, "Metadata.name");
  read(field(document, "home"), metadata.home, "Metadata.home");
  read(field(document, "sources"), metadata.sources, "Metadata.sources");
  read(field(document, "version"), metadata.version, "Metadata.version");
  read(field(document, "description"), metadata.description, "Metadata.description");
  read(field(document, "keywords"), metadata.keywords, "Metadata.keywords");
  read_maintainers(field(document, "maintainers"), metadata.maintainers);
  read(field(document, "icon"), metadata.icon, "Metadata.icon");
  read(field(document, "apiVersion"), metadata.api_version, "Metadata.apiVersion");
  read(field(document, "condition"), metadata.condition, "Metadata.condition");
  read(field(document, "tags"), metadata.tags, "Metadata.tags");
  read(field(document, "appVersion"), metadata.app_version, "Metadata.appVersion");
  read(field(document, "deprecated"), metadata.deprecated, "Metadata.deprecated");
  read_annotations(field(document, "annotations"), metadata.annotations);
  read(field(document, "kubeVersion"), metadata.kube_version, "Metadata.kubeVersion");
  read(field(document, "type"), metadata.type, "Metadata.type");
  const Value& dependencies = field(document, "dependencies");
  if (dependencies.is_null()) return;
  if (!dependencies.is_list()) {
    mismatch(dependencies, "Metadata.dependencies", "[]*v2.Dependency");
  }
  metadata.lists_dependencies = true;
  metadata.dependencies.clear();
  for (const Value& item : dependencies.items()) {
    metadata.dependencies.push_back(read_dependency(item));
  }
}

void validate(Metadata& metadata) {
  for (std::string* text :
       {&metadata.name, &metadata.description, &metadata.home, &metadata.icon, &metadata.condition,
        &metadata.tags, &metadata.app_version, &metadata.kube_version}) {
    sanitize(*text);
  }
  for (std::string& source : metadata.sources) sanitize(source);
  for (std::string& keyword : metadata.keywords) sanitize(keyword);
  validate_name_and_version(metadata);
  for (Maintainer& maintainer : metadata.maintainers) {
    sanitize(maintainer.name);
    sanitize(maintainer.email);
    sanitize(maintainer.url);
  }
  validate_dependencies(metadata);
}

}  // namespace jibe::helm
