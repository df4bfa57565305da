// The simulated mesh: what runs in the pods of an embedded cluster so that Istio behaves as its
// users know it. Behaviours for Cluster::add_behaviour, by image.
#pragma once
#include <memory>
#include <string>

#include "istio/chart_store.h"
#include "twin/cluster.h"

namespace jibe::twin {

// Adds the behaviours of
//   */pilot:*     istiod: answers the injector webhook from the injection template of its own
//                 ConfigMap, keeps the caBundle of its webhooks, writes istio-ca-root-cert into
//                 namespaces, tracks connected proxies, answers /debug/syncz, /ready, /validate
//   */proxyv2:*   a proxy: connects to the istiod that its injection names, ready once connected
//   */operator:*  Istio's in-cluster operator (until 1.23): reconciles IstioOperator resources of
//                 its revision, and prunes what a deleted one owned
//   everything else with containerPort or a readiness probe: an HTTP echo that names its pod
// `charts` is where the operator's images carry their charts; it outlives the cluster.
void add_mesh(Cluster& cluster, const istio::ChartStore& charts);

}  // namespace jibe::twin
