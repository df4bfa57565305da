#include "control/finalizers.h"

#include "base/coroutine.h"

namespace jibe::control {
namespace {

// The list with preconditions: a stale decision ends in a conflict.
data::Value finalizers_patch(const data::Value& object, data::Value finalizers) {
  const data::Value& metadata = object["metadata"];
  return data::Value::map(
      {{"metadata", data::Value::map({{"uid", metadata["uid"]},
                                      {"resourceVersion", metadata["resourceVersion"]},
                                      {"finalizers", std::move(finalizers)}})}});
}

}  // namespace

bool has_finalizer(const data::Value& object, std::string_view finalizer) {
  for (const data::Value& item : object["metadata"]["finalizers"].items()) {
    if (item.text() == finalizer) return true;
  }
  return false;
}

Task<data::Value> ensure_finalizer(kube::Client& client, kube::Gvr gvr, data::Value object,
                                   std::string finalizer) {
  if (has_finalizer(object, finalizer)) co_return object;
  data::Value finalizers = object["metadata"]["finalizers"];
  if (!finalizers.is_list()) finalizers = data::Value::list();
  finalizers.push_back(std::move(finalizer));
  data::Value stored =
      co_await client.patch(std::move(gvr), kube::name_of(object), kube::PatchType::kMerge,
                            finalizers_patch(object, std::move(finalizers)));
  co_return stored;
}

Task<void> drop_finalizer(kube::Client& client, kube::Gvr gvr, data::Value object,
                          std::string finalizer) {
  if (!has_finalizer(object, finalizer)) co_return;
  data::Value finalizers = object["metadata"]["finalizers"];
  std::erase_if(finalizers.edit_items(),
                [&](const data::Value& item) { return item.text() == finalizer; });
  try {
    data::Value ignored =
        co_await client.patch(std::move(gvr), kube::name_of(object), kube::PatchType::kMerge,
                              finalizers_patch(object, std::move(finalizers)));
  } catch (const kube::StatusError& error) {
    if (!error.is_not_found()) throw;
  }
}

}  // namespace jibe::control
