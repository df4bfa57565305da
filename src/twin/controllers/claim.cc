#include "twin/controllers/claim.h"

#include "base/coroutine.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

enum class Claim { kOwned, kAdopt, kRelease, kIgnore };

Claim judge(const data::Value& owner, const kube::LabelSelector& selector,
            const data::Value& object) {
  const bool matches = selector.matches(object["metadata"]["labels"]);
  const data::Value& controller = kube::controller_of(object);
  if (!controller.is_null()) {
    if (controller["uid"].text() != kube::uid_of(owner)) return Claim::kIgnore;
    if (matches) return Claim::kOwned;
    return kube::is_terminating(owner) ? Claim::kIgnore : Claim::kRelease;
  }
  if (kube::is_terminating(owner) || !matches || kube::is_terminating(object))
    return Claim::kIgnore;
  return Claim::kAdopt;
}

Task<void> release(Client& client, kube::Gvr gvr, data::Value owner, data::Value object) {
  data::Value references = data::Value::list();
  for (const data::Value& reference : object["metadata"]["ownerReferences"].items())
    if (reference["uid"].text() != kube::uid_of(owner)) references.push_back(reference);
  object.edit("metadata").set("ownerReferences", references);
  co_await client.update(gvr, object);
}

}  // namespace

kube::LabelSelector selector_of(const data::Value& owner) {
  const data::Value& selector = owner["spec"]["selector"];
  const bool plain = owner["kind"].text() == "ReplicationController";
  return plain ? kube::LabelSelector::from_map(selector)
               : kube::LabelSelector::from_value(selector);
}

Task<std::vector<data::Value>> claim(Client& client, kube::Gvr gvr, data::Value owner,
                                     std::vector<data::Value> candidates) {
  const kube::LabelSelector selector = selector_of(owner);
  std::vector<data::Value> owned;
  for (data::Value& object : candidates) {
    switch (judge(owner, selector, object)) {
      case Claim::kIgnore:
        break;
      case Claim::kOwned:
        owned.push_back(std::move(object));
        break;
      case Claim::kRelease:
        co_await release(client, gvr, owner, object);
        break;
      case Claim::kAdopt:
        object.edit("metadata")
            .set("ownerReferences",
                 owner_references_with(object, kube::owner_reference(owner, true)));
        object = co_await client.update(gvr, object);
        owned.push_back(std::move(object));
        break;
    }
  }
  co_return owned;
}

}  // namespace jibe::twin
