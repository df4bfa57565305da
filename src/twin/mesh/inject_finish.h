// What injection does after merging and no template can (pkg/kube/inject postProcessPod); private
// to injection.
#pragma once
#include "twin/mesh/inject.h"

namespace jibe::twin {

// `rendered` is what the templates alone gave.
void finish_pod(data::Value& pod, const data::Value& rendered, const Injection& injection);

// Annotations that Prometheus reads: those whose name is `name` but for its punctuation.
const data::Value* find_prometheus_annotation(const data::Value& pod, std::string_view name);
void clear_prometheus_annotations(data::Value& pod);

}  // namespace jibe::twin
