// For tests: servers in memory, by URL. Every request is noted with its Authorization header.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/coroutine.h"
#include "http/fetch.h"
#include "pki/digest.h"
#include "rt/sync.h"

namespace jibe::helm {

struct TestPage {
  int status = 200;
  std::string body;
  http::Headers headers;
  // Without one of these Authorization headers the answer is 401 with `challenge`.
  std::vector<std::string> accepts;
  std::string challenge;
};

class TestWeb {
 public:
  std::map<std::string, TestPage> pages;
  std::vector<std::string> seen;  // "GET https://a/x Basic …"
  std::vector<std::string> bodies;
  std::unique_ptr<rt::SimulatedRuntime> runtime = rt::make_simulated_runtime();

  http::ClientFactory clients() {
    return [this](const std::string& origin) { return std::make_unique<Server>(*this, origin); };
  }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> out;
    runtime->run(rt::store_result(std::move(task), out));
    return std::move(*out);
  }

 private:
  class Server : public http::Handler {
   public:
    Server(TestWeb& web, std::string origin) : web_(web), origin_(std::move(origin)) {}

    Task<http::Response> handle(http::Request request) override {
      std::string url = origin_ + request.target;
      std::string authorization = request.headers.get("Authorization");
      web_.seen.push_back(request.method + " " + url +
                          (authorization.empty() ? "" : " " + authorization));
      web_.bodies.push_back(request.body);
      auto found = web_.pages.find(url);
      if (found == web_.pages.end()) co_return http::make_response(404, "", "");
      const TestPage& page = found->second;
      bool welcome = page.accepts.empty();
      for (const std::string& accepted : page.accepts)
        welcome = welcome || accepted == authorization;
      http::Response response = http::make_response(welcome ? page.status : 401, "", page.body);
      if (welcome) {
        for (const auto& [name, value] : page.headers.fields()) response.headers.add(name, value);
      } else {
        response.headers.add("WWW-Authenticate", page.challenge);
      }
      co_return response;
    }

   private:
    TestWeb& web_;
    std::string origin_;
  };
};

inline std::string digest_of(const std::string& bytes) {
  return "sha256:" + pki::sha256_hex(bytes);
}

// The manifest with which helm pushes a chart.
inline std::string chart_manifest(const std::string& chart) {
  return R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json",)"
         R"("digest":")" +
         digest_of("{}") + R"(","size":2},"layers":[{"mediaType":)" +
         R"("application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":")" + digest_of(chart) +
         R"(","size":)" + std::to_string(chart.size()) + "}]}";
}

}  // namespace jibe::helm
