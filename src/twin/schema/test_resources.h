// Resources for the tests of this folder.
#pragma once
#include <string>

#include "data/json.h"
#include "twin/schema/builtin.h"
#include "twin/schema/crd.h"

namespace jibe::twin {

inline ResourcePtr test_resource(const std::string& group, const std::string& resource,
                                 const std::string& version = "") {
  for (const ResourcePtr& r : builtin_resources()) {
    const bool same = version.empty() || r->gvr.version == version;
    if (r->gvr.group == group && r->gvr.resource == resource && same) return r;
  }
  return nullptr;
}

inline data::Value test_crd() {
  return data::parse_json(R"({"metadata":{"name":"things.x.dev"},"spec":{"group":"x.dev",
    "scope":"Namespaced",
    "names":{"plural":"things","singular":"thing","kind":"Thing","shortNames":["th"]},
    "versions":[{"name":"v1","served":true,"storage":true,
      "subresources":{"status":{},"scale":{"specReplicasPath":".spec.size",
        "statusReplicasPath":".status.size"}},
      "additionalPrinterColumns":[
        {"name":"Size","type":"integer","jsonPath":".spec.size"},
        {"name":"Ready","type":"string",
         "jsonPath":".status.conditions[?(@.type==\"Ready\")].status"},
        {"name":"Mode","type":"string","jsonPath":".spec.mode","priority":1},
        {"name":"Age","type":"date","jsonPath":".metadata.creationTimestamp"}],
      "schema":{"openAPIV3Schema":{"type":"object","description":"A thing.","required":["spec"],
        "properties":{"spec":{"type":"object","required":["size"],"properties":{
          "size":{"type":"integer","format":"int32","minimum":1,"maximum":10},
          "mode":{"type":"string","enum":["a","b"],"default":"a"},
          "code":{"type":"string","pattern":"^[a-z]+$","maxLength":5},
          "port":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},
          "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
          "tags":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
          "items":{"type":"array","x-kubernetes-list-type":"map",
            "x-kubernetes-list-map-keys":["name"],
            "items":{"type":"object","required":["name"],"properties":{
              "name":{"type":"string"},"value":{"type":"string","default":"none"}}}},
          "labels":{"type":"object","additionalProperties":{"type":"string"}}}},
        "status":{"type":"object","properties":{"size":{"type":"integer"},
          "conditions":{"type":"array","items":{"type":"object",
            "properties":{"type":{"type":"string"},"status":{"type":"string"}}}}}}}}}}]}})");
}

inline ResourcePtr test_crd_resource() {
  return crd_resources(test_crd()).at(0);
}

}  // namespace jibe::twin
