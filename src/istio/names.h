// Istio's own labels, annotations and object names, as its charts and istioctl use them
// (istio.io/api label and annotation packages; 1.14 to 1.31).
#pragma once
#include <string>
#include <string_view>

#include "base/names.h"

namespace jibe::istio {

inline constexpr std::string_view kRevLabel = "istio.io/rev";
inline constexpr std::string_view kTagLabel = "istio.io/tag";
inline constexpr std::string_view kInjectionLabel = "istio-injection";
inline constexpr std::string_view kInjectLabel = "sidecar.istio.io/inject";
inline constexpr std::string_view kStatusAnnotation = "sidecar.istio.io/status";
inline constexpr std::string_view kComponentLabel = "operator.istio.io/component";
inline constexpr std::string_view kOwningResourceLabel =
    "install.operator.istio.io/owning-resource";
inline constexpr std::string_view kOwningResourceNamespaceLabel =
    "install.operator.istio.io/owning-resource-namespace";
inline constexpr std::string_view kManagedLabel = "operator.istio.io/managed";

// An installation without a revision calls itself this in labels.
inline constexpr std::string_view kDefaultRevision = "default";
inline constexpr std::string_view kDefaultTag = "default";

// "istiod" or "istiod-<rev>".
std::string istiod_name(const base::Revision& revision);
// What stands in istio.io/rev: the revision, or "default" for none.
std::string rev_label(const base::Revision& revision);
// The reverse: "default" and "" are the installation without a revision.
base::Revision revision_from_label(std::string_view label);

}  // namespace jibe::istio
