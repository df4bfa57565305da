#include "twin/schema/validation.h"

#include "twin/schema/crd_validation.h"
#include "twin/schema/validators.h"

namespace jibe::twin {
namespace {

using data::Value;

KindValidator validator_of(const Resource& resource) {
  const std::string name = resource.gvr.group + "/" + resource.kind;
  for (const auto lookup : {workload_validator, core_validator, policy_validator}) {
    if (KindValidator found = lookup(name)) return found;
  }
  return nullptr;
}

void append(FieldErrors& errors, const Value& causes, Value& out) {
  out = errors.take();
  for (const Value& cause : causes.items()) out.push_back(cause);
}

Value validate(const Resource& resource, const Value& object, const Value& old,
               FieldErrors errors) {
  Value schema_causes = Value::list();
  if (resource.is_custom()) {
    schema_causes = validate_by_schema(resource.schema->root(), object);
  } else if (resource.kind == "CustomResourceDefinition") {
    validate_crd(object, old, errors);
  } else if (const KindValidator validator = validator_of(resource)) {
    validator(object, old, errors);
  }
  Value out;
  append(errors, schema_causes, out);
  return out;
}

}  // namespace

Value validate_create(const Resource& resource, const Value& object) {
  FieldErrors errors;
  validate_metadata(resource, object, errors);
  return validate(resource, object, nullptr, std::move(errors));
}

Value validate_update(const Resource& resource, const Value& object, const Value& old,
                      std::string_view subresource) {
  FieldErrors errors;
  validate_metadata_update(object, old, errors);
  // Built-in kinds check of a status little more than its metadata.
  if (!subresource.empty() && !resource.is_custom()) return errors.take();
  return validate(resource, object, old, std::move(errors));
}

}  // namespace jibe::twin
