#include "twin/controllers/objects.h"

#include <charconv>

#include "base/strings.h"

namespace jibe::twin {

const std::string& object_name(const data::Value& object) {
  return object["metadata"]["name"].text();
}

const std::string& object_namespace(const data::Value& object) {
  return object["metadata"]["namespace"].text();
}

int64_t generation_of(const data::Value& object) {
  return object["metadata"]["generation"].int_or(0);
}

std::string key_of(const data::Value& object) {
  const std::string& ns = object_namespace(object);
  return ns.empty() ? object_name(object) : ns + "/" + object_name(object);
}

kube::ObjectName split_key(const std::string& key) {
  const base::Cut cut = base::cut(key, "/");
  if (!cut.found) return {"", key};
  return {std::string(cut.before), std::string(cut.after)};
}

bool created_before(const data::Value& a, const data::Value& b) {
  const std::string& created_a = a["metadata"]["creationTimestamp"].text();
  const std::string& created_b = b["metadata"]["creationTimestamp"].text();
  if (created_a != created_b) return created_a < created_b;
  return object_name(a) < object_name(b);
}

bool is_controlled_by(const data::Value& object, const data::Value& owner) {
  const data::Value& reference = kube::controller_of(object);
  return !reference.is_null() && reference["uid"].text() == kube::uid_of(owner);
}

std::string controller_key(const data::Value& object, std::string_view kind) {
  const data::Value& reference = kube::controller_of(object);
  if (reference.is_null() || reference["kind"].text() != kind) return "";
  const std::string& ns = object_namespace(object);
  const std::string& name = reference["name"].text();
  return ns.empty() ? name : ns + "/" + name;
}

data::Value owner_references_with(const data::Value& object, const data::Value& reference) {
  data::Value references = data::Value::list();
  for (const data::Value& old : object["metadata"]["ownerReferences"].items())
    if (old["uid"].text() != reference["uid"].text()) references.push_back(old);
  references.push_back(reference);
  return references;
}

int64_t scaled_value(const data::Value& int_or_percent, int64_t total, Round round) {
  if (int_or_percent.is_int()) return int_or_percent.as_int();
  const std::string& text = int_or_percent.text();
  if (text.empty() || text.back() != '%') return 0;
  int64_t percent = 0;
  std::from_chars(text.data(), text.data() + text.size() - 1, percent);
  const int64_t product = percent * total;
  return round == Round::kUp ? (product + 99) / 100 : product / 100;
}

void set_count(data::Value& map, std::string_view key, int64_t count) {
  if (count == 0) {
    map.erase(key);
  } else {
    map.set(key, count);
  }
}

const data::Value& find_condition(const data::Value& conditions, std::string_view type) {
  static const data::Value none;
  for (const data::Value& condition : conditions.items())
    if (condition["type"].text() == type) return condition;
  return none;
}

bool condition_is(const data::Value& conditions, std::string_view type, std::string_view status) {
  return find_condition(conditions, type)["status"].text() == status;
}

data::Value make_condition(std::string_view type, std::string_view status, std::string_view reason,
                           std::string_view message, const std::string& now) {
  data::Value condition =
      data::Value::map({{"type", type}, {"status", status}, {"lastTransitionTime", now}});
  if (!reason.empty()) condition.set("reason", reason);
  if (!message.empty()) condition.set("message", message);
  return condition;
}

void put_condition(data::Value& conditions, data::Value condition) {
  const std::string type = condition["type"].text();
  if (conditions.is_null()) conditions = data::Value::list();
  for (data::Value& old : conditions.edit_items()) {
    if (old["type"].text() != type) continue;
    if (old["status"] == condition["status"] && !old["lastTransitionTime"].is_null())
      condition.set("lastTransitionTime", old["lastTransitionTime"]);
    old = std::move(condition);
    return;
  }
  conditions.push_back(std::move(condition));
}

bool erase_condition(data::Value& conditions, std::string_view type) {
  if (find_condition(conditions, type).is_null()) return false;
  std::erase_if(conditions.edit_items(),
                [type](const data::Value& c) { return c["type"].text() == type; });
  return true;
}

bool is_namespace_terminating(const kube::StatusError& error) {
  for (const data::Value& cause : error.details()["causes"].items())
    if (cause["reason"].text() == "NamespaceTerminating") return true;
  return false;
}

}  // namespace jibe::twin
