// /api, /apis and what stands below them, made of the served resources (built-in and custom alike).
#pragma once
#include <string_view>
#include <vector>

#include "data/value.h"
#include "twin/schema/resource.h"

namespace jibe::twin {

// /api: APIVersions.
data::Value api_versions(std::string_view server_address);
// /apis: APIGroupList.
data::Value api_groups(const std::vector<ResourcePtr>& resources);
// /apis/<group>: APIGroup; null where nothing of the group is served.
data::Value api_group(const std::vector<ResourcePtr>& resources, std::string_view group);
// /api/v1 and /apis/<group>/<version>: APIResourceList; null where nothing is served.
data::Value api_resources(const std::vector<ResourcePtr>& resources, std::string_view group,
                          std::string_view version);
// /api and /apis asked with as=APIGroupDiscoveryList (apidiscovery.k8s.io/v2 or v2beta1).
// `core`: /api rather than /apis.
data::Value aggregated_discovery(const std::vector<ResourcePtr>& resources, bool core,
                                 std::string_view api_version = "v2");

}  // namespace jibe::twin
