// Pods as Go's types hold them, merged as strategic merge patches; private to injection.
#pragma once
#include <string>

#include "data/value.h"

namespace jibe::twin {

inline constexpr const char* kProxyContainer = "istio-proxy";
inline constexpr const char* kInitContainer = "istio-init";
inline constexpr const char* kValidationContainer = "istio-validation";
inline constexpr const char* kCoreDumpContainer = "enable-core-dump";
inline constexpr const char* kOverridesAnnotation = "proxy.istio.io/overrides";

// Strategic merge patch, then what Go's decoding makes of the result.
data::Value merge_pod(const data::Value& pod, const data::Value& overlay);

// Position in the list, or npos.
size_t find_container(const data::Value& containers, std::string_view name);
// The container of that name among containers, then init containers; nullptr where absent. Valid
// until the pod changes.
data::Value* edit_container(data::Value& pod, std::string_view name);

enum class Place { kFirst, kLast, kGone };
// Moves the container where it is in the list.
void move_container(data::Value& pod, const char* list, std::string_view name, Place place);

// The pod as it was before an earlier injection, and with the containers that its overrides
// annotation remembers.
data::Value strip_pod(const data::Value& pod, const std::string& status_port);

// What the user says of containers that the template brings is laid over them again, and
// remembered in an annotation.
data::Value reapply_overrides(data::Value merged, const data::Value& original,
                              const data::Value& rendered);

// Where the user gives the proxy another user than 1337, what prepares its traffic must except that
// one (pkg/kube/inject adjustInitContainerUser, since later patches of 1.20).
void follow_proxy_user(data::Value& merged, const data::Value& original,
                       const data::Value& proxy_config);

}  // namespace jibe::twin
