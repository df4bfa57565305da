#include "twin/server/http_proxy.h"

#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;
using testing::HasSubstr;

// Listens at one address and tells what reached it.
class Listener : public http::Handler, public WebhookNetwork {
 public:
  Task<http::Response> handle(http::Request request) override {
    seen = request;
    if (broken) throw base::Error("connection reset by peer");
    co_return http::make_response(418, "text/plain", request.method + " " + request.target);
  }
  http::Handler* connect(const std::string& host, int port) override {
    return fmt::format("{}:{}", host, port) == address ? this : nullptr;
  }
  http::Handler* connect_url(const std::string&) override { return nullptr; }

  std::string address;
  bool broken = false;
  http::Request seen;
};

class HttpProxy : public testing::Test {
 protected:
  HttpProxy() {
    twin_.server->set_webhooks(&listener_);
    twin_.create("pods", kPod);
    twin_.create("services", "{metadata: {name: web}, spec: {ports: [{name: http, port: 80}]}}");
  }
  void give_ip() {
    Value pod = *twin_.get("pods", "web");
    pod.edit("status").set("podIP", "10.0.0.7");
    pod.edit("status").set("podIPs", Value::list({Value::map({{"ip", "10.0.0.7"}})}));
    twin_.update("pods", pod, "status");
  }
  Reply get(const std::string& rest, const std::string& kind = "pods") {
    return twin_.send("GET", "/api/v1/namespaces/default/" + kind + "/" + rest);
  }

  TestTwin twin_;
  Listener listener_;
};

TEST_F(HttpProxy, CarriesRequestsToAPodsPort) {
  give_ip();
  listener_.address = "10.0.0.7:15014";
  const Reply reply = get("web:15014/proxy/debug/syncz?namespace=a%20b");
  EXPECT_EQ(reply.status, 418);
  EXPECT_EQ(reply.text, "GET /debug/syncz?namespace=a%20b");
  EXPECT_EQ(listener_.seen.headers.get("host"), "10.0.0.7:15014");
  EXPECT_EQ(listener_.seen.headers.find("authorization"), nullptr);
  EXPECT_EQ(twin_.send("POST", "/api/v1/namespaces/default/pods/http:web:15014/proxy/", "x").text,
            "POST /");
}

TEST_F(HttpProxy, CarriesRequestsToAServicesPortByNumberAndName) {
  listener_.address = "web.default.svc:80";
  for (const char* name : {"web:80", "web:http", "web", "https:web:http"})
    EXPECT_EQ(get(std::string(name) + "/proxy/x", "services").text, "GET /x") << name;
  EXPECT_THAT(get("web:81/proxy/x", "services").text,
              HasSubstr(R"(no service port \"81\" found for service \"web\")"));
  listener_.address = "";
  const Reply reply = get("web:80/proxy/x", "services");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.text, HasSubstr(R"(no endpoints available for service \"web\")"));
}

TEST_F(HttpProxy, SaysWhyNobodyAnswers) {
  EXPECT_EQ(get("web:80/proxy/").json()["message"].text(), "address not allowed");
  give_ip();
  const Reply refused = get("web:80/proxy/");
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.json()["reason"].text(), "ServiceUnavailable");
  EXPECT_EQ(refused.json()["message"].text(),
            "error trying to reach service: dial tcp 10.0.0.7:80: connect: connection refused");
  listener_.address = "10.0.0.7:80";
  listener_.broken = true;
  EXPECT_EQ(get("web:80/proxy/").json()["message"].text(),
            "error trying to reach service: connection reset by peer");
  EXPECT_EQ(get("nobody:80/proxy/").status, 404);
  EXPECT_EQ(get("ftp:web:80/proxy/").status, 400);
}

TEST_F(HttpProxy, SendsBrowsersToTheRoot) {
  give_ip();
  const Reply reply = get("web:80/proxy");
  EXPECT_EQ(reply.status, 301);
  EXPECT_EQ(reply.headers.get("location"), "/api/v1/namespaces/default/pods/web:80/proxy/");
}

}  // namespace
}  // namespace jibe::twin
