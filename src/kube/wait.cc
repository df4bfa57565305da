#include "kube/wait.h"

#include <fmt/core.h>

#include <exception>

#include "base/coroutine.h"
#include "kube/reflector.h"
#include "rt/sync.h"

namespace jibe::kube {
namespace {

// Keeps the one object and asks the predicate after every change.
class OneObject : public ReflectorSink {
 public:
  OneObject(ObjectName name, Predicate predicate)
      : name_(std::move(name)), predicate_(std::move(predicate)) {}

  void replace(std::vector<data::Value> items) override {
    data::Value found;
    for (data::Value& item : items) {
      if (name_of(item).name == name_.name) found = std::move(item);
    }
    look(std::move(found));
  }
  void apply(const WatchEvent& event) override {
    if (name_of(event.object).name != name_.name) return;
    look(event.type == WatchEvent::Type::kDeleted ? data::Value() : event.object);
  }

  bool done() const { return holds_ || error_ != nullptr; }
  data::Value result() const {
    if (error_) std::rethrow_exception(error_);
    return object_;
  }

 private:
  void look(data::Value object) {
    object_ = std::move(object);
    try {
      holds_ = predicate_(object_);
    } catch (...) {
      error_ = std::current_exception();
    }
  }

  ObjectName name_;
  Predicate predicate_;
  data::Value object_;
  bool holds_ = false;
  std::exception_ptr error_;
};

int64_t number(const data::Value& map, const char* key, int64_t fallback = 0) {
  return map[key].int_or(fallback);
}

}  // namespace

Task<data::Value> wait_until(Client& client, Gvr gvr, ObjectName name, Predicate predicate,
                             base::Duration span, std::string what) {
  ReflectorOptions options;
  options.gvr = std::move(gvr);
  options.ns = name.ns;
  options.selection.fields = "metadata.name=" + name.name;
  options.backoff_limit = std::chrono::seconds(5);
  OneObject object(std::move(name), std::move(predicate));
  Reflector reflector(client, object, std::move(options));
  std::string trouble;
  try {
    co_await rt::within(client.runtime(), span, std::move(what),
                        reflector.run_until([&object] { return object.done(); }));
    co_return object.result();
  } catch (const base::DeadlineExceeded& error) {
    trouble = error.what();
  }
  if (!reflector.trouble().empty()) trouble += "; last trouble: " + reflector.trouble();
  throw base::DeadlineExceeded(trouble);
}

Task<void> wait_gone(Client& client, Gvr gvr, ObjectName name, base::Duration span) {
  std::string what = fmt::format("the deletion of {} {} in {}", gvr.group_resource(), name.str(),
                                 client.options().where);
  data::Value nothing = co_await wait_until(
      client, std::move(gvr), std::move(name),
      [](const data::Value& object) { return object.is_null(); }, span, std::move(what));
}

bool condition_true(const data::Value& object, std::string_view type) {
  for (const data::Value& condition : object["status"]["conditions"].items()) {
    if (condition["type"].text() == type) return condition["status"].text() == "True";
  }
  return false;
}

bool deployment_complete(const data::Value& deployment) {
  if (deployment.is_null()) return false;
  const data::Value& status = deployment["status"];
  if (number(status, "observedGeneration") < number(deployment["metadata"], "generation")) {
    return false;
  }
  int64_t wanted = number(deployment["spec"], "replicas", 1);
  int64_t updated = number(status, "updatedReplicas");
  return updated >= wanted && number(status, "replicas") <= updated &&
         number(status, "availableReplicas") >= updated;
}

}  // namespace jibe::kube
