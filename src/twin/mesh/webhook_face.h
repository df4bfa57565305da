// The admission webhooks of one istiod: /inject and /validate.
#pragma once
#include <memory>
#include <string>

#include "http/message.h"
#include "kube/client.h"
#include "twin/mesh/inject.h"

namespace jibe::twin {

struct IstiodIdentity {
  std::string revision;  // as REVISION says it: "default" for none
  std::string ns;
  istio::Version version;

  // "istio-sidecar-injector" and "istio-sidecar-injector-<rev>".
  std::string with_revision(const std::string& name) const;
};

class WebhookFace : public http::Handler {
 public:
  // All must outlive the face.
  WebhookFace(kube::Client& client, const IstiodIdentity& identity,
              const PodEnvironment& environment);

  // POST with an AdmissionReview of v1 or v1beta1.
  Task<http::Response> handle(http::Request request) override;
  // Reads the ConfigMaps of injector and mesh; what cannot be read leaves the last good ones in
  // force. Before every injection; throws base::Error where there never was a good one.
  Task<void> refresh();

 private:
  Task<data::Value> inject(const data::Value& request, std::string path);
  Task<bool> native_sidecars(data::Value pod);
  Task<void> refresh_injector();
  Task<void> refresh_mesh();

  kube::Client& client_;
  const IstiodIdentity& identity_;
  const PodEnvironment& environment_;
  std::shared_ptr<const InjectorConfig> injector_;
  data::Value mesh_config_;
  std::string injector_version_;
  std::string mesh_version_;
};

// What istiod's validation objects to in an Istio resource, "" where nothing: a Gateway without
// servers, a VirtualService without hosts or routes, and the resource that says of itself that it
// is to be rejected (istiod asks that way whether its webhook is reached).
std::string validation_error(const data::Value& object);

}  // namespace jibe::twin
