#include "twin/controllers/owner_graph.h"

#include <algorithm>

namespace jibe::twin {

namespace {

bool has_finalizer(const data::Value& object, std::string_view name) {
  for (const data::Value& finalizer : object["metadata"]["finalizers"].items())
    if (finalizer.text() == name) return true;
  return false;
}

bool blocks(const data::Value& owners, const std::string& uid) {
  for (const data::Value& reference : owners.items())
    if (reference["uid"].text() == uid) return reference["blockOwnerDeletion"].bool_or(false);
  return false;
}

}  // namespace

std::vector<std::string> OwnerGraph::changed(const kube::Gvr& gvr, const data::Value& object) {
  const std::string& uid = kube::uid_of(object);
  const auto [it, fresh] = nodes_.try_emplace(uid);
  Node& node = it->second;
  const data::Value before = node.owners;
  const bool was_foreground = node.terminating && node.foreground;
  node.gvr = gvr;
  node.name = kube::name_of(object);
  node.owners = object["metadata"]["ownerReferences"];
  node.terminating = kube::is_terminating(object);
  node.foreground = has_finalizer(object, "foregroundDeletion");
  node.orphan = has_finalizer(object, "orphan");
  const bool moved = fresh || before != node.owners;
  if (moved) {
    for (const data::Value& reference : before.items())
      dependents_[reference["uid"].text()].erase(uid);
    for (const data::Value& reference : node.owners.items())
      dependents_[reference["uid"].text()].insert(uid);
  }
  std::vector<std::string> look_at;
  const bool ends = node.terminating && (node.foreground || node.orphan);
  if (ends || (moved && !node.owners.empty())) look_at.push_back(uid);
  if (node.terminating && node.foreground && !was_foreground)
    for (std::string& dependent : dependents(uid)) look_at.push_back(std::move(dependent));
  // An owner that waits for this one may not have to any longer.
  if (!fresh && moved)
    for (const data::Value& reference : before.items()) look_at.push_back(reference["uid"].text());
  return look_at;
}

std::vector<std::string> OwnerGraph::deleted(const std::string& uid) {
  std::vector<std::string> look_at = dependents(uid);
  const auto it = nodes_.find(uid);
  if (it == nodes_.end()) return look_at;
  for (const data::Value& reference : it->second.owners.items()) {
    const std::string& owner = reference["uid"].text();
    dependents_[owner].erase(uid);
    if (const Node* node = find(owner); node != nullptr && node->terminating)
      look_at.push_back(owner);
  }
  nodes_.erase(it);
  const auto own = dependents_.find(uid);
  if (own != dependents_.end() && own->second.empty()) dependents_.erase(own);
  return look_at;
}

const OwnerGraph::Node* OwnerGraph::find(const std::string& uid) const {
  const auto it = nodes_.find(uid);
  return it == nodes_.end() ? nullptr : &it->second;
}

std::vector<std::string> OwnerGraph::dependents(const std::string& uid) const {
  const auto it = dependents_.find(uid);
  if (it == dependents_.end()) return {};
  return {it->second.begin(), it->second.end()};
}

std::vector<std::string> OwnerGraph::blocking_dependents(const std::string& uid) const {
  std::vector<std::string> blocking = dependents(uid);
  std::erase_if(blocking, [&](const std::string& dependent) {
    const Node* node = find(dependent);
    return node == nullptr || !blocks(node->owners, uid);
  });
  return blocking;
}

// An owner of another namespace is no owner: its uid may be right, but nobody there could see it.
bool OwnerGraph::exists_for(const data::Value& reference, const Node& dependent) const {
  const Node* owner = find(reference["uid"].text());
  return owner != nullptr && (owner->name.ns.empty() || owner->name.ns == dependent.name.ns);
}

OwnerGraph::Decision OwnerGraph::decide(const std::string& uid) const {
  const Node* node = find(uid);
  if (node == nullptr) return {};
  if (node->terminating) {
    if (node->orphan) return {Verdict::kOrphanDependents, nullptr, ""};
    if (node->foreground && blocking_dependents(uid).empty())
      return {Verdict::kUnblock, nullptr, ""};
    return {};
  }
  if (node->owners.empty()) return {};
  data::Value solid = data::Value::list();
  bool owner_waits = false;
  for (const data::Value& reference : node->owners.items()) {
    if (!exists_for(reference, *node)) continue;
    const Node* owner = find(reference["uid"].text());
    const bool waits = owner->terminating && owner->foreground;
    owner_waits = owner_waits || waits;
    if (!waits) solid.push_back(reference);
  }
  if (!solid.empty()) {
    if (solid.size() == node->owners.size()) return {};
    return {Verdict::kDropOwners, solid, ""};
  }
  if (owner_waits && !dependents(uid).empty())
    return {Verdict::kDeleteForeground, nullptr, "Foreground"};
  if (node->orphan) return {Verdict::kDelete, nullptr, "Orphan"};
  return {Verdict::kDelete, nullptr, node->foreground ? "Foreground" : "Background"};
}

}  // namespace jibe::twin
