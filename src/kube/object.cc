#include "kube/object.h"

#include "base/strings.h"

namespace jibe::kube {

Gvk gvk_of(const data::Value& object) {
  auto [before, after, found] = base::cut(object["apiVersion"].text(), "/");
  Gvk out;
  out.group = found ? before : "";
  out.version = found ? after : before;
  out.kind = object["kind"].text();
  return out;
}

ObjectName name_of(const data::Value& object) {
  const data::Value& metadata = object["metadata"];
  return {metadata["namespace"].text(), metadata["name"].text()};
}

const std::string& uid_of(const data::Value& object) {
  return object["metadata"]["uid"].text();
}

const std::string& resource_version_of(const data::Value& object) {
  return object["metadata"]["resourceVersion"].text();
}

const std::string& label_of(const data::Value& object, std::string_view key) {
  return object["metadata"]["labels"][key].text();
}

const std::string& annotation_of(const data::Value& object, std::string_view key) {
  return object["metadata"]["annotations"][key].text();
}

bool is_terminating(const data::Value& object) {
  return !object["metadata"]["deletionTimestamp"].text().empty();
}

std::string describe(const data::Value& object) {
  const std::string& kind = object["kind"].text();
  std::string name = name_of(object).str();
  if (name.empty() && !object["metadata"]["generateName"].text().empty())
    name = object["metadata"]["generateName"].text() + "*";
  return (kind.empty() ? "object" : kind) + " " + (name.empty() ? "without a name" : name);
}

const data::Value& controller_of(const data::Value& object) {
  static const data::Value kNone;
  for (const data::Value& owner : object["metadata"]["ownerReferences"].items())
    if (owner["controller"].bool_or(false)) return owner;
  return kNone;
}

data::Value owner_reference(const data::Value& owner, bool controller) {
  data::Value out = data::Value::map({{"apiVersion", owner["apiVersion"]},
                                      {"kind", owner["kind"]},
                                      {"name", owner["metadata"]["name"]},
                                      {"uid", owner["metadata"]["uid"]}});
  if (controller) {
    out.set("controller", true);
    out.set("blockOwnerDeletion", true);
  }
  return out;
}

}  // namespace jibe::kube
