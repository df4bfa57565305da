// Who owns what an IstioOperator resource renders to: the labels that Istio's in-cluster operator
// (up to 1.23) and `istioctl install` write on every object, and by which they find it again.
//
//   operator.istio.io/managed                            Reconcile
//   operator.istio.io/version                            of the operator or istioctl that wrote it
//   operator.istio.io/component                          Base, Pilot, IngressGateways, Cni …
//   install.operator.istio.io/owning-resource            name of the IstioOperator resource …
//   install.operator.istio.io/owning-resource-namespace  … and where it is
//   istio.io/rev                                         the revision, "default" for none
//
// Charts write some of them too, with owning-resource "unknown" where nobody said better, so only
// `managed` tells that an operator or istioctl was at work.
//
// What is found by them (operator/pkg/helmreconciler; operator/pkg/uninstall from 1.24):
// - an operator prunes, and on deletion of a resource without a revision removes, what carries all
//   of them but `component` with its own values (CRDs are never pruned)
// - an operator on deletion of a resource with a revision, and `istioctl uninstall --revision R`:
//   istio.io/rev=R and component in Pilot, IngressGateways, EgressGateways, Cni, IstioOperator,
//   IstiodRemote, Ztunnel; never Base
// - `istioctl uninstall --purge`: whatever has `component`, CRDs included, and every IstioOperator
// - install.operator.istio.io/owning-resource-not-pruned=true (the default tag's webhooks, from
//   1.19) keeps an object from being pruned, not from being removed
//
// Pure; src/twin/mesh acts on a cluster.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "istio/versions.h"
#include "kube/object.h"

namespace jibe::istio {

inline constexpr std::string_view kOperatorVersionLabel = "operator.istio.io/version";
inline constexpr std::string_view kNotPrunedLabel =
    "install.operator.istio.io/owning-resource-not-pruned";
inline constexpr std::string_view kIgnoreReconcileAnnotation = "install.istio.io/ignoreReconcile";
inline constexpr std::string_view kOperatorFinalizer = "istio-finalizer.install.istio.io";

struct Owner {
  // Either part may be empty: then its label is not written.
  kube::ObjectName resource;
  std::string version;
  std::string revision;  // as the label says it: "default" for none
};

// What the in-cluster operator of that version writes for a resource.
Owner operator_owner(const data::Value& iop, const Version& version);
// What `istioctl install -f iop` of that version writes: it owns by the name in the file, from 1.19
// to 1.23 by the name of the state that it saves. The namespace is istio-system where none is said.
Owner istioctl_owner(const data::Value& iop, const Version& version);

inline constexpr std::string_view kSavedStatePrefix = "installed-state";
// "installed-state[-<name>][-<revision>]": the IstioOperator resource in which istioctl up to 1.20
// saves what it installed, annotated so that no operator acts on it.
std::string saved_state_name(const data::Value& iop);
bool istioctl_saves_state(const Version& version);

data::Value with_owner_labels(data::Value object, const Owner& owner, const std::string& component);
// Label selector of everything that the owner may prune.
std::string owner_selector(const Owner& owner);
// Label selector of what goes when a revision of a component is removed. From 1.16 an operator
// removes what belongs to the resource alone; before, what anybody installed of that revision.
std::string revision_selector(const Owner& owner, const std::string& component,
                              const Version& version);

// Where an operator or istioctl of that version looks for what it owns, in the order in which it
// deletes.
std::vector<kube::Gvr> owned_resources(const Version& version);

// Whether an installation becomes the default one (istioctl; from 1.19 the operator, too): where it
// is the cluster's first or has istiod without a revision, unless values.global
// .operatorManageWebhooks leaves that to the charts (from 1.15). `spec` is the merged spec.
bool wants_default_tag(const data::Value& spec, bool is_first, const Version& version);

// Objects of one component in the order in which they are applied: the order of
// operator/pkg/object (1.14 to 1.23); Services come last.
void sort_as_operator(std::vector<data::Value>& objects);

}  // namespace jibe::istio
