#include "cli/app_pods.h"

#include <fmt/core.h>

#include <memory>
#include <set>
#include <vector>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "istio/installation.h"
#include "rt/sync.h"

namespace jibe::cli {

namespace {

constexpr std::string_view kBookinfoPrefix = "examples-bookinfo-";
constexpr int kBookinfoPort = 9080;

struct App {
  std::string service;
  std::string version;
  // Services in the same namespace that it asks before it answers.
  std::vector<std::string> upstreams;
};

// "examples-bookinfo-reviews-v2" says it all.
App bookinfo_app(std::string_view image_name) {
  auto rest = image_name.substr(kBookinfoPrefix.size());
  auto dash = rest.rfind('-');
  App out;
  out.service = rest.substr(0, dash);
  out.version = dash == std::string_view::npos ? "" : rest.substr(dash + 1);
  if (out.service == "productpage") out.upstreams = {"details", "reviews"};
  if (out.service == "reviews" && out.version != "v1") out.upstreams = {"ratings"};
  return out;
}

struct Upstream {
  int status = 502;
  data::Value answer;
};

class AppPod : public twin::PodProcess, private http::Handler {
 public:
  AppPod(twin::PodContext context, App app)
      : context_(std::move(context)), app_(std::move(app)), forever_(context_.cluster.runtime()) {
    for (const auto& container : context_.pod["spec"]["containers"].items())
      if (container["name"].text() == context_.container)
        for (const auto& port : container["ports"].items())
          ports_.insert(static_cast<int>(port["containerPort"].int_or(0)));
  }

  Task<void> run() override { co_await forever_.wait(); }
  http::Handler* listener(int port) override { return ports_.contains(port) ? this : nullptr; }
  bool ready() const override { return true; }

 private:
  Task<http::Response> handle(http::Request request) override;
  Task<Upstream> ask(std::string service);

  twin::PodContext context_;
  App app_;
  std::set<int> ports_;
  rt::Event forever_;
};

Task<Upstream> AppPod::ask(std::string service) {
  auto host = fmt::format("{}.{}.svc", service, context_.pod["metadata"]["namespace"].text());
  Upstream out;
  std::string trouble = "nothing listens there";
  if (auto* way = context_.cluster.connect(host, kBookinfoPort)) {
    http::Request request;
    request.target = "/" + service + "/0";
    request.headers.set("Host", fmt::format("{}:{}", service, kBookinfoPort));
    try {
      auto response = co_await way->handle(std::move(request));
      auto body = co_await http::read_all(*response.body);
      out.status = response.status;
      out.answer = response.status == 200 ? data::parse_json(body) : data::Value(body);
      co_return out;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const base::Error& error) {
      trouble = error.what();
    }
  }
  out.answer = fmt::format("{} cannot reach {}:{}: {}", app_.service, host, kBookinfoPort, trouble);
  co_return out;
}

Task<http::Response> AppPod::handle(http::Request request) {
  auto body = data::Value::map({{"service", app_.service},
                                {"version", app_.version},
                                {"pod", context_.pod["metadata"]["name"]},
                                {"cluster", context_.cluster.name().str()}});
  // A health check says something about this pod alone.
  if (base::cut(request.target, "?").before == "/health")
    co_return http::make_response(200, "application/json", data::to_json(body) + "\n");
  for (const auto& service : app_.upstreams) {
    auto upstream = co_await ask(service);
    if (upstream.status != 200)
      co_return http::make_response(502, "text/plain", upstream.answer.text());
    body.set(service, upstream.answer);
  }
  co_return http::make_response(200, "application/json", data::to_json(body) + "\n");
}

std::unique_ptr<twin::PodProcess> bookinfo_pod(twin::PodContext context) {
  for (const auto& container : context.pod["spec"]["containers"].items()) {
    if (container["name"].text() != context.container) continue;
    auto app = bookinfo_app(istio::split_image(container["image"].text()).name);
    return std::make_unique<AppPod>(std::move(context), std::move(app));
  }
  return nullptr;
}

std::unique_ptr<twin::PodProcess> petstore_pod(twin::PodContext context) {
  return std::make_unique<AppPod>(std::move(context), App{"petstore", "v1", {}});
}

}  // namespace

void add_app_behaviours(twin::Cluster& cluster) {
  cluster.add_behaviour("*/examples-bookinfo-*", bookinfo_pod);
  cluster.add_behaviour("*/openapi-petstore*", petstore_pod);
}

}  // namespace jibe::cli
