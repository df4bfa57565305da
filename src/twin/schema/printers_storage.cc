#include <map>

#include "twin/schema/printers.h"

namespace jibe::twin {
namespace {

using data::Value;

std::string access_modes(const Value& modes) {
  static constexpr std::pair<const char*, const char*> kShort[] = {{"ReadWriteOnce", "RWO"},
                                                                   {"ReadOnlyMany", "ROX"},
                                                                   {"ReadWriteMany", "RWX"},
                                                                   {"ReadWriteOncePod", "RWOP"}};
  std::string out;
  for (const auto& [name, word] : kShort) {
    for (const Value& mode : modes.items()) {
      if (mode.text() != name) continue;
      out += (out.empty() ? "" : ",") + std::string(word);
      break;
    }
  }
  return out;
}

std::string phase(const Value& o) {
  return o["metadata"].has("deletionTimestamp") ? "Terminating" : o["status"]["phase"].text();
}

// The annotation is older than the field and wins (core/v1 helper GetPersistentVolumeClass).
std::string storage_class_of(const Value& o) {
  const Value& old = o["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"];
  return old.is_string() ? old.text() : o["spec"]["storageClassName"].text();
}

Value volume(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  const Value& claim = spec["claimRef"];
  const std::string bound =
      claim.is_map() ? claim["namespace"].text() + "/" + claim["name"].text() : "";
  return Value::list(
      {name_cell(o), text_or(spec["capacity"]["storage"], "0"), access_modes(spec["accessModes"]),
       spec["persistentVolumeReclaimPolicy"].text(), phase(o), bound, storage_class_of(o),
       text_or(spec["volumeAttributesClassName"], "<unset>"), o["status"]["reason"].text(),
       age_cell(o, now), text_or(spec["volumeMode"], "<unset>")});
}

Value claim(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  const bool bound = !spec["volumeName"].text().empty();
  return Value::list({name_cell(o), phase(o), spec["volumeName"].text(),
                      bound ? text_or(o["status"]["capacity"]["storage"], "0") : Value(""),
                      bound ? access_modes(o["status"]["accessModes"]) : "", storage_class_of(o),
                      text_or(spec["volumeAttributesClassName"], "<unset>"), age_cell(o, now),
                      text_or(spec["volumeMode"], "<unset>")});
}

Value storage_class(const Value& o, base::Time now) {
  std::string name = name_cell(o).text();
  const Value& annotations = o["metadata"]["annotations"];
  for (const char* key : {"storageclass.kubernetes.io/is-default-class",
                          "storageclass.beta.kubernetes.io/is-default-class"}) {
    if (annotations[key].text() != "true") continue;
    name += " (default)";
    break;
  }
  return Value::list({name, o["provisioner"].text(), text_or(o["reclaimPolicy"], "Delete"),
                      text_or(o["volumeBindingMode"], "Immediate"),
                      o["allowVolumeExpansion"].bool_or(false), age_cell(o, now)});
}

Value attributes_class(const Value& o, base::Time now) {
  return Value::list({name_cell(o), o["driverName"].text(), age_cell(o, now)});
}

Value attachment(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  return Value::list({name_cell(o), spec["attacher"].text(),
                      spec["source"]["persistentVolumeName"].text(), spec["nodeName"].text(),
                      o["status"]["attached"].bool_or(false), age_cell(o, now)});
}

Value csi_node(const Value& o, base::Time now) {
  const auto drivers = static_cast<int64_t>(o["spec"]["drivers"].size());
  return Value::list({name_cell(o), drivers, age_cell(o, now)});
}

Value csi_driver(const Value& o, base::Time now) {
  const Value& spec = o["spec"];
  const std::string modes = joined(spec["volumeLifecycleModes"], "");
  const Value& tokens = spec["tokenRequests"];
  return Value::list({name_cell(o), spec["attachRequired"].bool_or(true),
                      spec["podInfoOnMount"].bool_or(false), spec["storageCapacity"].bool_or(false),
                      tokens.is_list() ? joined(tokens, "audience") : "<unset>",
                      spec["requiresRepublish"].bool_or(false), modes.empty() ? "<none>" : modes,
                      age_cell(o, now)});
}

Value capacity(const Value& o, base::Time) {
  return Value::list(
      {name_cell(o), o["storageClassName"].text(), text_or(o["capacity"], "<unset>")});
}

using Printers = std::map<std::string_view, Printer>;

Printers make_printers() {
  const Column attacher{"Attacher", "string", 0, "Driver that attaches the volume.", "name"};
  return {
      {"/PersistentVolume",
       {{kNameColumn,
         {"Capacity"},
         {"Access Modes"},
         {"Reclaim Policy"},
         {"Status"},
         {"Claim"},
         {"StorageClass"},
         {"VolumeAttributesClass"},
         {"Reason"},
         kAgeColumn,
         {"VolumeMode", "string", 1}},
        volume}},
      {"/PersistentVolumeClaim",
       {{kNameColumn,
         {"Status"},
         {"Volume"},
         {"Capacity"},
         {"Access Modes"},
         {"StorageClass"},
         {"VolumeAttributesClass"},
         kAgeColumn,
         {"VolumeMode", "string", 1}},
        claim}},
      {"storage.k8s.io/StorageClass",
       {{kNameColumn,
         {"Provisioner"},
         {"ReclaimPolicy"},
         {"VolumeBindingMode"},
         {"AllowVolumeExpansion"},
         kAgeColumn},
        storage_class}},
      {"storage.k8s.io/VolumeAttributesClass",
       {{kNameColumn, {"DriverName"}, kAgeColumn}, attributes_class}},
      {"storage.k8s.io/VolumeAttachment",
       {{kNameColumn, attacher, {"PV"}, {"Node"}, {"Attached", "boolean"}, kAgeColumn},
        attachment}},
      {"storage.k8s.io/CSINode", {{kNameColumn, {"Drivers", "integer"}, kAgeColumn}, csi_node}},
      {"storage.k8s.io/CSIDriver",
       {{kNameColumn,
         {"AttachRequired", "boolean"},
         {"PodInfoOnMount", "boolean"},
         {"StorageCapacity", "boolean"},
         {"TokenRequests"},
         {"RequiresRepublish", "boolean"},
         {"Modes"},
         kAgeColumn},
        csi_driver}},
      {"storage.k8s.io/CSIStorageCapacity",
       {{kNameColumn, {"StorageClassName"}, {"Capacity"}}, capacity}},
  };
}

}  // namespace

const Printer* storage_printer(std::string_view group_kind) {
  static const Printers kPrinters = make_printers();
  const auto found = kPrinters.find(group_kind);
  return found == kPrinters.end() ? nullptr : &found->second;
}

}  // namespace jibe::twin
