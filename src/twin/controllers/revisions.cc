#include "twin/controllers/revisions.h"

#include <algorithm>

#include "base/coroutine.h"
#include "twin/controllers/kinds.h"
#include "twin/controllers/objects.h"
#include "twin/controllers/pods.h"

namespace jibe::twin {

namespace {

// A strategic merge patch of the owner: what `kubectl rollout undo` sends.
data::Value revision_data(const data::Value& owner) {
  data::Value pod_template = owner["spec"]["template"];
  pod_template.set("$patch", "replace");
  return data::Value::map({{"spec", data::Value::map({{"template", pod_template}})}});
}

data::Value make_revision(const data::Value& owner, const data::Value& content, int64_t number,
                          const std::string& hash_label, const data::Value& collisions) {
  const std::string hash = template_hash(owner["spec"]["template"], collisions);
  const data::Value& from = owner["spec"]["template"]["metadata"]["labels"];
  data::Value labels = from.is_map() ? from : data::Value::map({});
  labels.set(hash_label, hash);
  data::Value metadata = data::Value::map(
      {{"name", object_name(owner) + "-" + hash},
       {"namespace", object_namespace(owner)},
       {"labels", labels},
       {"ownerReferences", data::Value::list({kube::owner_reference(owner, true)})}});
  if (!owner["metadata"]["annotations"].empty())
    metadata.set("annotations", owner["metadata"]["annotations"]);
  return data::Value::map({{"apiVersion", "apps/v1"},
                           {"kind", "ControllerRevision"},
                           {"metadata", metadata},
                           {"data", content},
                           {"revision", number}});
}

bool older(const data::Value& a, const data::Value& b) {
  const int64_t revision_a = a["revision"].int_or(0);
  const int64_t revision_b = b["revision"].int_or(0);
  return revision_a != revision_b ? revision_a < revision_b : created_before(a, b);
}

}  // namespace

std::vector<data::Value> revisions_of(const Client& client, const data::Value& owner) {
  std::vector<data::Value> revisions = client.items(kControllerRevisions, object_namespace(owner));
  std::erase_if(revisions,
                [&](const data::Value& revision) { return !is_controlled_by(revision, owner); });
  std::sort(revisions.begin(), revisions.end(), older);
  return revisions;
}

data::Value template_of(const data::Value& revision) {
  data::Value pod_template = revision["data"]["spec"]["template"];
  pod_template.erase("$patch");
  return pod_template;
}

Task<data::Value> ensure_revision(Client& client, data::Value owner, std::string hash_label) {
  const std::vector<data::Value> known = revisions_of(client, owner);
  const data::Value content = revision_data(owner);
  const int64_t newest = known.empty() ? 0 : known.back()["revision"].int_or(0);
  for (auto it = known.rbegin(); it != known.rend(); ++it) {
    if ((*it)["data"] != content) continue;
    if (it == known.rbegin()) co_return *it;
    data::Value again = *it;
    again.set("revision", newest + 1);
    data::Value stored = co_await client.update(kControllerRevisions, again);
    co_return stored;
  }
  data::Value collisions = owner["status"]["collisionCount"];
  while (true) {
    const data::Value wanted = make_revision(owner, content, newest + 1, hash_label, collisions);
    const Outcome outcome = co_await client.try_create(kControllerRevisions, wanted);
    if (outcome.ok()) co_return outcome.object;
    if (!outcome.error->is_already_exists()) throw *outcome.error;
    const auto other = client.get(kControllerRevisions, key_of(wanted));
    if (other && (*other)["data"] == content && is_controlled_by(*other, owner)) co_return *other;
    collisions = collisions.int_or(0) + 1;
  }
}

Task<void> truncate_history(Client& client, data::Value owner, std::vector<std::string> used) {
  std::vector<data::Value> spare = revisions_of(client, owner);
  std::erase_if(spare, [&](const data::Value& revision) {
    return std::find(used.begin(), used.end(), object_name(revision)) != used.end();
  });
  const auto limit =
      static_cast<size_t>(std::max<int64_t>(0, owner["spec"]["revisionHistoryLimit"].int_or(10)));
  for (size_t i = 0; i + limit < spare.size(); ++i)
    co_await client.remove(kControllerRevisions, spare[i]);
}

}  // namespace jibe::twin
