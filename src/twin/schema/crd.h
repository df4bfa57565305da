// CustomResourceDefinitions: the resources that one of them adds to an API server.
#pragma once
#include <vector>

#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// One Resource for every served version. `crd` is valid (see validate_create) and defaulted.
std::vector<ResourcePtr> crd_resources(const data::Value& crd);

// "v1", "v1beta1", … newest and most stable first, as discovery lists a group's versions
// (apimachinery pkg/version CompareKubeAwareVersionStrings): true where `a` comes before `b`.
bool version_before(std::string_view a, std::string_view b);

// CRD conversion with strategy None: the object under another served version of its group.
// Also converts between the served versions of built-in kinds (HorizontalPodAutoscaler).
data::Value convert(const data::Value& object, const Resource& to);

}  // namespace jibe::twin
