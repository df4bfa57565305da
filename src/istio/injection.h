// Who injects whom: which sidecar injector's webhooks match a pod, read from the
// MutatingWebhookConfigurations that are really there, not from what labels are supposed to mean.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/names.h"
#include "data/value.h"

namespace jibe::istio {

// One webhook of one configuration that would be called for a pod.
struct InjectorMatch {
  std::string configuration;  // name of the MutatingWebhookConfiguration
  std::string webhook;        // e.g. namespace.sidecar-injector.istio.io
  // The istiod that is called: namespace and name of the Service, or a URL.
  std::string service_namespace;
  std::string service;
  std::string url;
  // The configuration's istio.io/rev; and istio.io/tag, "" where it is no tag.
  base::Revision revision;
  std::string tag;

  // What makes two matches the same injector: the istiod that is called.
  std::string injector() const { return url.empty() ? service_namespace + "/" + service : url; }
  bool operator==(const InjectorMatch&) const = default;
};

// True for a webhook entry of an Istio sidecar injector: Istio's charts name them all
// <prefix>sidecar-injector.istio.io.
bool is_sidecar_injector(const data::Value& webhook);

// True where the webhook is called for the creation of a pod with these labels in a namespace with
// these labels: rules, namespaceSelector and objectSelector as kube-apiserver evaluates them. A
// namespace's own kubernetes.io/metadata.name label must be among its labels.
bool webhook_matches_pod(const data::Value& webhook, const data::Value& namespace_labels,
                         const data::Value& pod_labels);

// All matches in the order in which kube-apiserver calls them: by configuration name, then as
// listed.
std::vector<InjectorMatch> injectors_of(std::span<const data::Value> configurations,
                                        const data::Value& namespace_labels,
                                        const data::Value& pod_labels);

// The distinct injectors among the matches (InjectorMatch::injector); more than one is a defect of
// the mesh (S3), none means that the pod is outside of it.
std::vector<std::string> distinct_injectors(const std::vector<InjectorMatch>& matches);

// Whether istiod, once called, injects: host network, system namespaces, the inject label and
// annotation, never/always selectors and the policy, of the injector's ConfigMap `config`
// (pkg/kube/inject/inject.go injectRequired, the same from 1.14 to 1.31).
bool injection_required(const data::Value& config, const data::Value& pod,
                        const std::string& namespace_name);

}  // namespace jibe::istio
