#include "cli/example_files.h"

#include <fmt/core.h>

#include <string_view>

#include "base/error.h"

extern "C" const char jibe_example_bookinfo_cluster_1_begin[],
    jibe_example_bookinfo_cluster_1_end[];
extern "C" const char jibe_example_bookinfo_cluster_2_begin[],
    jibe_example_bookinfo_cluster_2_end[];
extern "C" const char jibe_example_bookinfo_gateway_begin[], jibe_example_bookinfo_gateway_end[];
extern "C" const char jibe_example_scenarios_guide_begin[], jibe_example_scenarios_guide_end[];
extern "C" const char jibe_example_scenarios_istioctl_begin[],
    jibe_example_scenarios_istioctl_end[];
extern "C" const char jibe_example_unmanaged_eastwest_gateway_begin[],
    jibe_example_unmanaged_eastwest_gateway_end[];
extern "C" const char jibe_example_unmanaged_ingress_gateway_begin[],
    jibe_example_unmanaged_ingress_gateway_end[];
extern "C" const char jibe_example_unmanaged_istiod_begin[], jibe_example_unmanaged_istiod_end[];
extern "C" const char jibe_example_unmanaged_namespaces_begin[],
    jibe_example_unmanaged_namespaces_end[];

namespace jibe::cli {

namespace {

struct ExampleFile {
  std::string_view path;
  const char* begin;
  const char* end;
};

const ExampleFile kExamples[] = {
    {"examples/bookinfo/cluster-1.yaml", jibe_example_bookinfo_cluster_1_begin,
     jibe_example_bookinfo_cluster_1_end},
    {"examples/bookinfo/cluster-2.yaml", jibe_example_bookinfo_cluster_2_begin,
     jibe_example_bookinfo_cluster_2_end},
    {"examples/bookinfo/gateway.yaml", jibe_example_bookinfo_gateway_begin,
     jibe_example_bookinfo_gateway_end},
    {"examples/scenarios/guide.yaml", jibe_example_scenarios_guide_begin,
     jibe_example_scenarios_guide_end},
    {"examples/scenarios/istioctl.yaml", jibe_example_scenarios_istioctl_begin,
     jibe_example_scenarios_istioctl_end},
    {"examples/unmanaged/eastwest-gateway.yaml", jibe_example_unmanaged_eastwest_gateway_begin,
     jibe_example_unmanaged_eastwest_gateway_end},
    {"examples/unmanaged/ingress-gateway.yaml", jibe_example_unmanaged_ingress_gateway_begin,
     jibe_example_unmanaged_ingress_gateway_end},
    {"examples/unmanaged/istiod.yaml", jibe_example_unmanaged_istiod_begin,
     jibe_example_unmanaged_istiod_end},
    {"examples/unmanaged/namespaces.yaml", jibe_example_unmanaged_namespaces_begin,
     jibe_example_unmanaged_namespaces_end},
};

}  // namespace

std::string read_example(const std::string& path) {
  for (const auto& example : kExamples)
    if (example.path == path) return {example.begin, example.end};
  throw base::InvalidInput(fmt::format("{} is not built into the program", path));
}

}  // namespace jibe::cli
