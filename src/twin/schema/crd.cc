#include "twin/schema/crd.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "twin/schema/schema.h"

namespace jibe::twin {
namespace {

using data::Value;

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.text());
  return out;
}

// 2 stable, 1 beta, 0 alpha; nullopt for names of another form.
struct Version {
  int stability = 0;
  int64_t major = 0;
  int64_t minor = 0;
  auto operator<=>(const Version&) const = default;
};

std::optional<Version> parse_version(std::string_view text) {
  static const re2::RE2 kForm("v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?");
  std::string stage;
  std::string minor;
  Version out;
  if (!re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kForm, &out.major, &stage,
                           &minor)) {
    return std::nullopt;
  }
  out.stability = stage.empty() ? 2 : stage == "beta" ? 1 : 0;
  if (!minor.empty()) std::from_chars(minor.data(), minor.data() + minor.size(), out.minor);
  return out;
}

void add_subresources(Resource& resource, const Value& version) {
  const Value& subresources = version["subresources"];
  const std::vector<std::string> verbs = {"get", "patch", "update"};
  if (subresources["status"].is_map()) {
    resource.subresources.emplace_back("status");
    resource.subresource_details.push_back({"status", {"", "", resource.kind}, verbs});
  }
  if (subresources["scale"].is_map()) {
    resource.subresources.emplace_back("scale");
    resource.subresource_details.push_back({"scale", {"autoscaling", "v1", "Scale"}, verbs});
  }
}

}  // namespace

bool version_before(std::string_view a, std::string_view b) {
  const auto left = parse_version(a);
  const auto right = parse_version(b);
  if (left && right) return *left > *right;
  if (left || right) return left.has_value();
  return a < b;
}

std::vector<ResourcePtr> crd_resources(const Value& crd) {
  const Value& spec = crd["spec"];
  const Value& names = spec["names"];
  std::vector<ResourcePtr> out;
  for (const Value& version : spec["versions"].items()) {
    if (!version["served"].bool_or(false)) continue;
    auto r = std::make_shared<Resource>();
    r->gvr = {spec["group"].text(), version["name"].text(), names["plural"].text()};
    r->kind = names["kind"].text();
    r->list_kind = names["listKind"].text();
    if (r->list_kind.empty()) r->list_kind = r->kind + "List";
    r->singular = names["singular"].text();
    if (r->singular.empty()) r->singular = base::lower(r->kind);
    r->short_names = texts(names["shortNames"]);
    r->categories = texts(names["categories"]);
    r->verbs = {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"};
    r->namespaced = spec["scope"].text() == "Namespaced";
    add_subresources(*r, version);
    const Value& schema = version["schema"]["openAPIV3Schema"];
    r->schema =
        Schema::of_crd(schema, spec["preserveUnknownFields"].bool_or(false) || !schema.is_map());
    r->crd_version = version;
    out.push_back(std::move(r));
  }
  std::ranges::stable_sort(out, [](const ResourcePtr& a, const ResourcePtr& b) {
    return version_before(a->gvr.version, b->gvr.version);
  });
  return out;
}

}  // namespace jibe::twin
