#include "twin/schema/autoscaler.h"
#include "twin/schema/crd.h"

namespace jibe::twin {

data::Value convert(const data::Value& object, const Resource& to) {
  const bool autoscaler = to.gvr.group == "autoscaling" && to.kind == "HorizontalPodAutoscaler";
  if (autoscaler && to.gvr.version == "v1") return autoscaler_as_v1(object);
  if (autoscaler && to.gvr.version == "v2") return autoscaler_as_v2(object);
  data::Value out = object;
  out.set("apiVersion", to.gvr.api_version());
  out.set("kind", to.kind);
  return out;
}

}  // namespace jibe::twin
