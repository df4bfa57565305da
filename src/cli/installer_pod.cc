#include "cli/installer_pod.h"

#include "base/coroutine.h"
#include "kube/client.h"
#include "lifecycle/contract.h"
#include "lifecycle/installer.h"

namespace jibe::cli {

const char* const kJibeImage = "docker.io/jibe/jibe:" JIBE_VERSION;

namespace {

// A variable of the container's environment; values from the pod's own fields are resolved.
std::string variable(const data::Value& pod, const std::string& container,
                     const std::string& name) {
  for (const auto& spec : pod["spec"]["containers"].items()) {
    if (spec["name"].text() != container) continue;
    for (const auto& entry : spec["env"].items()) {
      if (entry["name"].text() != name) continue;
      const auto& field = entry["valueFrom"]["fieldRef"]["fieldPath"].text();
      if (field == "metadata.namespace") return pod["metadata"]["namespace"].text();
      if (field == "metadata.name") return pod["metadata"]["name"].text();
      return entry["value"].text();
    }
  }
  return "";
}

class InstallerPod : public twin::PodProcess, private http::Handler {
 public:
  explicit InstallerPod(const twin::PodContext& context)
      : runtime_(context.cluster.runtime()),
        client_(context.api, context.cluster.runtime(), client_options(context)) {
    options_.revision = base::Revision(variable(context.pod, context.container, "REVISION"));
    options_.ns = variable(context.pod, context.container, "POD_NAMESPACE");
  }

  Task<void> run() override { return lifecycle::run_installer(runtime_, client_, options_); }
  http::Handler* listener(int port) override { return port == 8383 ? this : nullptr; }
  bool ready() const override { return true; }

 private:
  static kube::ClientOptions client_options(const twin::PodContext& context) {
    kube::ClientOptions out;
    out.field_manager = lifecycle::kFieldManager;
    out.user_agent = "jibe-installer";
    out.where = "cluster " + context.cluster.name().str();
    return out;
  }

  Task<http::Response> handle(http::Request) override {
    co_return http::make_response(200, "text/plain", "ok");
  }

  rt::Runtime& runtime_;
  kube::Client client_;
  lifecycle::InstallerOptions options_;
};

}  // namespace

twin::Behaviour installer_behaviour() {
  return [](twin::PodContext context) { return std::make_unique<InstallerPod>(context); };
}

}  // namespace jibe::cli
