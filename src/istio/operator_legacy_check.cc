#include "istio/operator_legacy_check.h"

#include <fmt/core.h>
#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "data/path.h"
#include "istio/mesh_check.h"
#include "istio/operator_api.h"
#include "istio/operator_gateway_check.h"
#include "istio/operator_rules.h"
#include "istio/operator_step.h"
#include "istio/proto_check.h"

namespace jibe::istio {

namespace {

using Sentences = std::vector<std::string>;

enum class Quiet { kNull, kFalse, kEmpty, kThirdParty };

struct Deprecated {
  const char* path;
  const char* instead;
  Quiet quiet;  // the value that is no use of the setting
};

constexpr Deprecated kDeprecated[] = {
    {"values.global.certificates", "meshConfig.certificates", Quiet::kNull},
    {"values.global.outboundTrafficPolicy", "meshConfig.outboundTrafficPolicy", Quiet::kNull},
    {"values.global.localityLbSetting", "meshConfig.localityLbSetting", Quiet::kNull},
    {"values.global.policyCheckFailOpen", "meshConfig.policyCheckFailOpen", Quiet::kFalse},
    {"values.global.enableTracing", "meshConfig.enableTracing", Quiet::kFalse},
    {"values.global.proxy.accessLogFormat", "meshConfig.accessLogFormat", Quiet::kEmpty},
    {"values.global.proxy.accessLogFile", "meshConfig.accessLogFile", Quiet::kEmpty},
    {"values.global.proxy.concurrency", "meshConfig.defaultConfig.concurrency", Quiet::kNull},
    {"values.global.proxy.envoyAccessLogService", "meshConfig.defaultConfig.envoyAccessLogService",
     Quiet::kNull},
    {"values.global.proxy.envoyAccessLogService.enabled", "meshConfig.enableEnvoyAccessLogService",
     Quiet::kNull},
    {"values.global.proxy.envoyMetricsService", "meshConfig.defaultConfig.envoyMetricsService",
     Quiet::kNull},
    {"values.global.proxy.protocolDetectionTimeout", "meshConfig.protocolDetectionTimeout",
     Quiet::kEmpty},
    {"values.global.proxy.holdApplicationUntilProxyStarts",
     "meshConfig.defaultConfig.holdApplicationUntilProxyStarts", Quiet::kFalse},
    {"values.pilot.ingress",
     "meshConfig.ingressService, meshConfig.ingressControllerMode, and meshConfig.ingressClass",
     Quiet::kNull},
    {"values.global.mtls.enabled", "the PeerAuthentication resource", Quiet::kNull},
    {"values.global.mtls.auto", "meshConfig.enableAutoMtls", Quiet::kNull},
    {"values.global.tracer.lightstep.address", "meshConfig.defaultConfig.tracing.lightstep.address",
     Quiet::kEmpty},
    {"values.global.tracer.lightstep.accessToken",
     "meshConfig.defaultConfig.tracing.lightstep.accessToken", Quiet::kEmpty},
    {"values.global.tracer.zipkin.address", "meshConfig.defaultConfig.tracing.zipkin.address",
     Quiet::kNull},
    {"values.global.tracer.datadog.address", "meshConfig.defaultConfig.tracing.datadog.address",
     Quiet::kEmpty},
    {"values.global.meshExpansion.enabled",
     "Gateway and other Istio networking resources, such as in samples/multicluster/",
     Quiet::kFalse},
    {"values.gateways.istio-ingressgateway.meshExpansionPorts",
     "components.ingressGateways[name=istio-ingressgateway].k8s.service.ports", Quiet::kNull},
    {"addonComponents.istiocoredns.enabled", "the in-proxy DNS capturing (ISTIO_META_DNS_CAPTURE)",
     Quiet::kFalse},
    {"values.istiocoredns.enabled", "the in-proxy DNS capturing (ISTIO_META_DNS_CAPTURE)",
     Quiet::kFalse},
    {"values.global.jwtPolicy",
     "Values.global.jwtPolicy=third-party-jwt. See "
     "https://istio.io/latest/docs/ops/best-practices/security/"
     "#configure-third-party-service-account-tokens for more information",
     Quiet::kThirdParty},
    {"values.global.centralIstiod", "Values.global.externalIstiod", Quiet::kFalse},
    {"values.global.arch", "the affinity of k8s settings", Quiet::kNull},
};

constexpr Deprecated kRemoved[] = {
    {"values.grafana.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"values.tracing.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"values.kiali.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"values.prometheus.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"addonComponents.grafana.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"addonComponents.tracing.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"addonComponents.kiali.enabled", "the samples/addons/ deployments", Quiet::kFalse},
    {"addonComponents.prometheus.enabled", "the samples/addons/ deployments", Quiet::kFalse},
};

// Warnings up to 1.20, errors from 1.21 on.
constexpr Deprecated kStackdriver[] = {
    {"values.global.tracer.stackdriver.debug", "meshConfig.defaultConfig.tracing.stackdriver.debug",
     Quiet::kFalse},
    {"values.global.tracer.stackdriver.maxNumberOfAttributes",
     "meshConfig.defaultConfig.tracing.stackdriver.maxNumberOfAttributes", Quiet::kNull},
    {"values.global.tracer.stackdriver.maxNumberOfAnnotations",
     "meshConfig.defaultConfig.tracing.stackdriver.maxNumberOfAnnotations", Quiet::kNull},
    {"values.global.tracer.stackdriver.maxNumberOfMessageEvents",
     "meshConfig.defaultConfig.tracing.stackdriver.maxNumberOfMessageEvents", Quiet::kNull},
};

bool is_used(const data::Value& value, Quiet quiet) {
  if (value.is_null()) return false;
  switch (quiet) {
    case Quiet::kNull:
      return true;
    case Quiet::kFalse:
      return !(value == data::Value(false));
    case Quiet::kEmpty:
      return !(value == data::Value(""));
    case Quiet::kThirdParty:
      return value.text() != "third-party-jwt";
  }
  return true;
}

void find_used(const data::Value& spec, std::span<const Deprecated> settings, Sentences& out) {
  for (const auto& setting : settings)
    if (is_used(data::get_path(spec, setting.path), setting.quiet))
      out.push_back(
          fmt::format("! {} is deprecated; use {} instead", setting.path, setting.instead));
}

void check_text(const data::Value& value, const re2::RE2& pattern, std::string_view path,
                Sentences& errors) {
  std::string found;
  re2::RE2::PartialMatch(value.text(), pattern, &found);
  if (found.size() != value.text().size())
    errors.push_back(fmt::format("invalid value {}: {}", path, value.text()));
}

// Docker's references, as far as hubs and tags go (operator/pkg/validate/common.go).
void check_names(const data::Value& spec, Sentences& errors) {
  static const re2::RE2 kHub(R"(^([a-zA-Z0-9][a-zA-Z0-9._:/-]*(?:@[A-Za-z0-9:+._-]+)?)$)");
  static const re2::RE2 kTag(R"(([\w][\w.-]{0,127}))");
  static const re2::RE2 kName(R"(([a-z0-9.-]{1,254}))");
  if (!spec["hub"].text().empty()) check_text(spec["hub"], kHub, "Hub", errors);
  if (spec["tag"].is_string()) check_text(spec["tag"], kTag, "Tag", errors);
  const auto& revision = spec["revision"].text();
  if (!revision.empty() && !is_istio_label(revision))
    errors.push_back(fmt::format("invalid revision specified: {}", revision));
  for (const auto& [list, path] : std::initializer_list<std::pair<const char*, const char*>>{
           {"ingressGateways", "Components.IngressGateways"},
           {"egressGateways", "Components.EgressGateways"}})
    for (const auto& gateway : spec["components"][list].items())
      check_text(gateway["name"], kName, path, errors);
}

void check_values(const data::Value& values, const Version& version, Sentences& errors) {
  try {
    check_proto_message(values, kValuesMessage, version, UnknownFields::kRefused, "values");
    check_kubernetes_values(values, version, errors);
    if (values.has("meshConfig"))
      check_mesh_config(values["meshConfig"], version, "values.meshConfig", errors);
  } catch (const base::InvalidInput& error) {
    errors.emplace_back(error.what());
  }
}

// What --force lets pass.
Sentences spec_errors(const data::Value& spec, const Version& version) {
  Sentences errors;
  check_values(spec["values"], version, errors);
  if (spec["meshConfig"].is_map())
    check_mesh_config(spec["meshConfig"], version, "meshConfig", errors);
  check_names(spec, errors);
  check_proxy_ranges(spec, errors);
  return errors;
}

void refuse_or_warn(const Sentences& errors, bool force, Sentences& warnings) {
  if (errors.empty()) return;
  if (!force)
    throw base::InvalidInput(base::join(errors, ", ") +
                             "; use --force to ignore the validation error and proceed");
  warnings.push_back("spec invalid; continuing because of --force: " + base::join(errors, ", "));
}

// Values of the wrong kind, which no force helps against.
void check_kinds(const data::Value& values, const Version& version, Sentences& errors) {
  try {
    check_proto_message(values, kValuesMessage, version, UnknownFields::kPassedOver, "values");
  } catch (const base::InvalidInput& error) {
    errors.emplace_back(error.what());
  }
}

}  // namespace

void check_legacy_files(const data::Value& spec, const Version& version, bool force,
                        std::vector<std::string>& warnings) {
  refuse_or_warn(spec_errors(spec, version), force, warnings);
}

void check_legacy_operator(const data::Value& spec, const Version& version, bool force,
                           std::vector<std::string>& warnings) {
  find_used(spec, kDeprecated, warnings);
  warn_of_replicas(spec, warnings);
  Sentences removed;
  check_kinds(spec["values"], version, removed);
  find_used(spec, kRemoved, removed);
  find_used(spec, kStackdriver, since(version, 21) ? removed : warnings);
  check_gateway_ports(spec, removed);
  if (!removed.empty())
    throw base::InvalidInput("generated config failed semantic validation: " +
                             base::join(removed, ", "));
  refuse_or_warn(spec_errors(spec, version), force, warnings);
}

}  // namespace jibe::istio
