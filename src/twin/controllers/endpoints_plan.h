// Which pods stand behind a Service (k8s.io/endpointslice and pkg/controller/endpoint, 1.36). Pure.
#pragma once
#include <vector>

#include "data/value.h"

namespace jibe::twin {

// What one or more EndpointSlices hold: endpoints that share their ports. Never more than 100.
struct EndpointGroup {
  data::Value ports;
  data::Value endpoints;
};
// `pods` are those of the Service's namespace. Ordered, so that equal states give equal groups.
std::vector<EndpointGroup> endpoint_groups(const data::Value& service,
                                           const std::vector<data::Value>& pods);
// labels of the Service's EndpointSlices.
data::Value slice_labels(const data::Value& service);
// subsets of the Service's Endpoints.
data::Value endpoint_subsets(const data::Value& service, const std::vector<data::Value>& pods);
bool selects(const data::Value& service, const data::Value& pod);
bool is_headless(const data::Value& service);

}  // namespace jibe::twin
