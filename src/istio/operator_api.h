// The fields of an IstioOperator's spec: which there are, and what their values may be. Up to 1.23
// they are a protobuf message (istio/api operator/v1alpha1/operator.proto), from 1.24 on Go types
// (operator/pkg/apis/types.go) whose Kubernetes parts are those of k8s.io/api.
#pragma once
#include <string>
#include <vector>

#include "data/value.h"
#include "istio/versions.h"

namespace jibe::istio {

// Throws base::InvalidInput where the spec has an unknown field or a value of the wrong kind,
// worded as istioctl's JSON decoder words it. Values and meshConfig have checks of their own
// (proto_check.h, mesh_check.h); what lies deep within Kubernetes' own types is not looked into.
void check_operator_spec(const data::Value& spec, const Version& version);

// From 1.24 on: a component's spec is read by itself, too, so that --force does not help against a
// value of the wrong kind. `name` and `key` are how istioctl and the spec call it.
void check_component_spec(const data::Value& spec, const std::string& name, const std::string& key,
                          const Version& version);

// What values hold of Kubernetes' own types (tolerations, affinities, volumes), of which Istio has
// looked at the fields since 1.22. Adds a sentence per mistake to `errors`.
void check_kubernetes_values(const data::Value& values, const Version& version,
                             std::vector<std::string>& errors);

// Up to 1.23: the spec as it comes back from its protobuf message, which is what istioctl patches
// objects with. Numbers 0, false, "" and empty lists are gone. Throws as check_operator_spec().
data::Value normalized_operator_spec(const data::Value& spec, const Version& version);

}  // namespace jibe::istio
