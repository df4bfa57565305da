// Binds every claim to a volume made for it, as a dynamic provisioner would
// (pkg/controller/volume/persistentvolume, 1.36).
#include "base/coroutine.h"
#include "twin/controllers/controllers.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

class VolumeController : public Controller {
 public:
  explicit VolumeController(Context context) : Controller(context, "persistentvolume-controller") {}

 protected:
  void watch() override { on_objects(kPersistentVolumeClaims); }
  Task<void> sync(std::string key) override;

 private:
  Task<void> provision(data::Value claim, std::string volume);
};

Task<void> VolumeController::provision(data::Value claim, std::string volume) {
  if (client_.get(kPersistentVolumes, "", volume)) co_return;
  const data::Value& spec = claim["spec"];
  // Goes with its claim, as a reclaim policy of Delete has it.
  const data::Value object = data::Value::map(
      {{"apiVersion", "v1"},
       {"kind", "PersistentVolume"},
       {"metadata", data::Value::map({{"name", volume}})},
       {"spec",
        data::Value::map({{"accessModes", spec["accessModes"]},
                          {"capacity", spec["resources"]["requests"]},
                          {"persistentVolumeReclaimPolicy", "Delete"},
                          {"storageClassName", spec["storageClassName"].text()},
                          {"hostPath", data::Value::map({{"path", "/var/lib/volumes/" + volume}})},
                          {"claimRef", data::Value::map({{"apiVersion", "v1"},
                                                         {"kind", "PersistentVolumeClaim"},
                                                         {"name", object_name(claim)},
                                                         {"namespace", object_namespace(claim)},
                                                         {"uid", kube::uid_of(claim)}})}})}});
  data::Value stored = co_await client_.create(kPersistentVolumes, object);
  stored.set("status", data::Value::map({{"phase", "Bound"}}));
  co_await client_.update_status(kPersistentVolumes, stored);
}

Task<void> VolumeController::sync(std::string key) {
  const auto found = client_.get(kPersistentVolumeClaims, key);
  if (!found) {
    for (const data::Value& volume : client_.items(kPersistentVolumes)) {
      const data::Value& claim = volume["spec"]["claimRef"];
      if (claim["namespace"].text() + "/" + claim["name"].text() == key)
        co_await client_.remove(kPersistentVolumes, volume);
    }
    co_return;
  }
  data::Value claim = *found;
  if (kube::is_terminating(claim) || claim["status"]["phase"].text() == "Bound") co_return;
  std::string volume = claim["spec"]["volumeName"].text();
  if (volume.empty()) {
    volume = "pvc-" + kube::uid_of(claim);
    co_await provision(claim, volume);
    claim.edit("spec").set("volumeName", volume);
    claim = co_await client_.update(kPersistentVolumeClaims, claim);
  }
  data::Value status = data::Value::map({{"phase", "Bound"},
                                         {"accessModes", claim["spec"]["accessModes"]},
                                         {"capacity", claim["spec"]["resources"]["requests"]}});
  claim.set("status", status);
  co_await client_.update_status(kPersistentVolumeClaims, claim);
}

}  // namespace

std::unique_ptr<Controller> make_volume_controller(Context context) {
  return std::make_unique<VolumeController>(context);
}

}  // namespace jibe::twin
