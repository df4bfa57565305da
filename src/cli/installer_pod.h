// The installer as a program in a pod of an embedded cluster: the same code that `jibe installer`
// runs, with the pod's own identity.
#pragma once
#include "twin/cluster.h"

namespace jibe::cli {

// The image of jibe itself, as the server puts it into installers' Deployments.
extern const char* const kJibeImage;
inline constexpr const char* kJibeImagePattern = "*/jibe:*";

twin::Behaviour installer_behaviour();

}  // namespace jibe::cli
