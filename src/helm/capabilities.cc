#include "helm/capabilities.h"

#include <re2/re2.h>

#include <charconv>

#include "base/strings.h"
#include "helm/chart.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw ChartError(fmt::format("invalid kube version '{}': {}", text, why));
}

// k8s.io/apimachinery/pkg/util/version.ParseGeneric: numbers first, whatever behind them.
std::vector<std::string> numbers_of(std::string_view text) {
  static const re2::RE2 kVersion(R"(\s*v?([0-9]+(?:\.[0-9]+)*)(?:.*))");
  std::string numbers;
  if (!re2::RE2::FullMatch(text, kVersion, &numbers)) {
    refuse(text, fmt::format("could not parse {} as version", tmpl::quote(text)));
  }
  std::vector<std::string> out;
  for (std::string_view part : base::split(numbers, '.')) {
    if (out.empty() && part.size() > 1 && part[0] == '0') {
      refuse(text, fmt::format("illegal zero-prefixed version component {} in {}",
                               tmpl::quote(part), tmpl::quote(text)));
    }
    uint64_t number = 0;
    auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc()) {
      refuse(text, fmt::format("illegal non-numeric version component {} in {}: strconv.ParseUint: "
                               "parsing {}: value out of range",
                               tmpl::quote(part), tmpl::quote(text), tmpl::quote(part)));
    }
    out.push_back(std::to_string(number));
  }
  return out;
}

}  // namespace

KubeVersion parse_kube_version(std::string_view text) {
  std::vector<std::string> parts = numbers_of(text);
  if (parts.size() < 2) {
    refuse(text, fmt::format("illegal version string {}", tmpl::quote(text)));
  }
  KubeVersion out;
  out.version = text.starts_with('v') ? std::string(text) : fmt::format("v{}", text);
  out.normalized = "v" + base::join(parts, ".");
  out.major = parts[0];
  out.minor = parts[1];
  return out;
}

// client-go's scheme at v0.36 with the two versions of apiextensions, in its order.
const std::vector<std::string>& default_api_versions() {
  static const std::vector<std::string> kVersions = {
      "v1",
      "admissionregistration.k8s.io/v1",
      "admissionregistration.k8s.io/v1alpha1",
      "admissionregistration.k8s.io/v1beta1",
      "internal.apiserver.k8s.io/v1alpha1",
      "apps/v1",
      "apps/v1beta1",
      "apps/v1beta2",
      "authentication.k8s.io/v1",
      "authentication.k8s.io/v1alpha1",
      "authentication.k8s.io/v1beta1",
      "authorization.k8s.io/v1",
      "authorization.k8s.io/v1beta1",
      "autoscaling/v1",
      "autoscaling/v2",
      "batch/v1",
      "batch/v1beta1",
      "certificates.k8s.io/v1",
      "certificates.k8s.io/v1beta1",
      "certificates.k8s.io/v1alpha1",
      "coordination.k8s.io/v1alpha2",
      "coordination.k8s.io/v1beta1",
      "coordination.k8s.io/v1",
      "discovery.k8s.io/v1",
      "discovery.k8s.io/v1beta1",
      "events.k8s.io/v1",
      "events.k8s.io/v1beta1",
      "extensions/v1beta1",
      "flowcontrol.apiserver.k8s.io/v1",
      "flowcontrol.apiserver.k8s.io/v1beta1",
      "flowcontrol.apiserver.k8s.io/v1beta2",
      "flowcontrol.apiserver.k8s.io/v1beta3",
      "networking.k8s.io/v1",
      "networking.k8s.io/v1beta1",
      "node.k8s.io/v1",
      "node.k8s.io/v1alpha1",
      "node.k8s.io/v1beta1",
      "policy/v1",
      "policy/v1beta1",
      "rbac.authorization.k8s.io/v1",
      "rbac.authorization.k8s.io/v1beta1",
      "rbac.authorization.k8s.io/v1alpha1",
      "resource.k8s.io/v1",
      "resource.k8s.io/v1beta2",
      "resource.k8s.io/v1beta1",
      "resource.k8s.io/v1alpha3",
      "scheduling.k8s.io/v1alpha2",
      "scheduling.k8s.io/v1beta1",
      "scheduling.k8s.io/v1",
      "storage.k8s.io/v1beta1",
      "storage.k8s.io/v1",
      "storage.k8s.io/v1alpha1",
      "storagemigration.k8s.io/v1beta1",
      "apiextensions.k8s.io/v1beta1",
      "apiextensions.k8s.io/v1",
  };
  return kVersions;
}

}  // namespace jibe::helm
