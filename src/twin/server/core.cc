#include "twin/server/core.h"

#include "kube/status.h"

namespace jibe::twin {

void warn(const WriteOptions& options, const std::string& sentence) {
  if (!options.warnings) return;
  auto& warnings = *options.warnings;
  if (std::find(warnings.begin(), warnings.end(), sentence) == warnings.end()) {
    warnings.push_back(sentence);
  }
}

data::Value find_object(const ServerCore& core, const Resource& resource,
                        const kube::ObjectName& name) {
  const data::Value* found = core.store.find(store_key(resource), name);
  return found ? to_version(*found, resource) : data::Value();
}

void refuse_invalid(const Resource& resource, const std::string& name, const data::Value& causes) {
  if (causes.empty()) return;
  throw kube::invalid(resource.kind, resource.gvr.group, name, causes);
}

data::Value cause(const std::string& reason, const std::string& message, const std::string& field) {
  return data::Value::map({{"reason", reason}, {"message", message}, {"field", field}});
}

kube::StatusError internal_error(const std::string& message) {
  auto causes = data::Value::list({data::Value::map({{"message", message}})});
  return kube::StatusError(500, "InternalError", "Internal error occurred: " + message,
                           data::Value::map({{"causes", causes}}));
}

bool has_finalizer(const data::Value& object, std::string_view finalizer) {
  for (const data::Value& item : object["metadata"]["finalizers"].items()) {
    if (item.text() == finalizer) return true;
  }
  return false;
}

}  // namespace jibe::twin
