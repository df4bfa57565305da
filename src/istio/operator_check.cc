#include "istio/operator_check.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "istio/mesh_check.h"
#include "istio/operator_api.h"
#include "istio/operator_gateway_check.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "istio/proto_check.h"

namespace jibe::istio {

namespace {

using Sentences = std::vector<std::string>;

// go-containerregistry's rules (pkg/name) for what istioctl makes an image of.
void check_hub(const data::Value& hub, Sentences& errors) {
  if (hub.text().empty()) return;
  static const re2::RE2 kRepository("[a-z0-9_./-]+");
  std::string_view repository = hub.text();
  auto slash = repository.find('/');
  auto first = repository.substr(0, slash);
  // A first part with a dot or a colon is a registry and may have a port.
  if (first.find_first_of(".:") != std::string_view::npos || first == "localhost")
    repository = slash == std::string_view::npos ? "" : repository.substr(slash + 1);
  if (!repository.empty() && !re2::RE2::FullMatch(repository, kRepository))
    errors.push_back(
        fmt::format("bad hub: repository can only contain the characters "
                    "`abcdefghijklmnopqrstuvwxyz0123456789_-./`: {}/pilot",
                    repository));
}

void check_tag(const data::Value& tag, Sentences& errors) {
  if (tag.is_null()) return;
  static const re2::RE2 kTag("[A-Za-z0-9_.-]{1,128}");
  auto text = display(tag);
  if (!re2::RE2::FullMatch(text, kTag))
    errors.push_back(
        fmt::format("bad tag: tag can only contain the characters "
                    "`abcdefghijklmnopqrstuvwxyz0123456789_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ`: {}",
                    text));
}

void check_revision(const data::Value& revision, Sentences& errors) {
  const auto& text = revision.text();
  if (!text.empty() && !is_istio_label(text))
    errors.push_back(fmt::format("invalid revision specified: {}", text));
}

// Where the values do not even fit their message, nothing else of them is looked at.
void check_values(const data::Value& spec, const Version& version, Sentences& errors,
                  Sentences& warnings) {
  const auto& values = spec["values"];
  try {
    check_proto_message(values, kValuesMessage, version, UnknownFields::kRefused, "values");
  } catch (const base::InvalidInput& error) {
    errors.push_back(fmt::format(
        "could not unmarshal: error unmarshaling JSON: while decoding JSON: {}", error.what()));
    return;
  }
  check_gateway_ports(spec, errors);
  warn_of_replicas(spec, warnings);
  if (values.has("meshConfig"))
    check_mesh_config(values["meshConfig"], version, "values.meshConfig", errors);
  check_proxy_ranges(spec, errors);
  check_kubernetes_values(values, version, errors);
}

void check_gateway_names(const data::Value& spec, Sentences& errors) {
  static const re2::RE2 kName("[a-z0-9.-]{1,254}");
  // "inress" is Istio's own word.
  for (const auto& [list, word] : std::initializer_list<std::pair<const char*, const char*>>{
           {"egressGateways", "egressGateways"}, {"ingressGateways", "inressGateways"}})
    for (const auto& gateway : spec["components"][list].items()) {
      const auto& name = gateway["name"].text();
      if (!name.empty() && !re2::RE2::FullMatch(name, kName))
        errors.push_back(fmt::format("invalid value {}.name: {}", word, name));
    }
}

}  // namespace

void check_operator(const data::Value& spec, const Version& version, bool force,
                    std::vector<std::string>& warnings) {
  Sentences errors;
  try {
    check_operator_spec(spec, version);
    check_values(spec, version, errors, warnings);
    check_mesh_config(spec["meshConfig"], version, "meshConfig", errors);
    check_hub(spec["hub"], errors);
    check_tag(spec["tag"], errors);
    check_revision(spec["revision"], errors);
    check_gateway_names(spec, errors);
  } catch (const base::InvalidInput& error) {
    errors.emplace_back(error.what());
  }
  if (errors.empty()) return;
  if (!force) throw base::InvalidInput(base::join(errors, ", "));
  warnings.push_back("spec invalid; continuing because of --force: " + base::join(errors, ", "));
}

}  // namespace jibe::istio
