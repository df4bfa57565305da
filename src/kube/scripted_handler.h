// For tests: an http::Handler that answers requests from a list, in order, and remembers them.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/coroutine.h"
#include "base/error.h"
#include "http/message.h"
#include "rt/runtime.h"

namespace jibe::kube {

struct ScriptedAnswer {
  int status = 200;
  std::string body;
  http::Headers headers;
  // Instead of answering: the connection breaks, or nothing happens until the caller gives up.
  enum class Fault { kNone, kBreak, kHang } fault = Fault::kNone;
};

class ScriptedHandler : public http::Handler {
 public:
  explicit ScriptedHandler(rt::Runtime& runtime) : runtime_(runtime) {}

  void answer(int status, std::string body, http::Headers headers = {}) {
    answers_.push_back({status, std::move(body), std::move(headers)});
  }
  void fail(ScriptedAnswer::Fault fault) { answers_.push_back({.fault = fault}); }

  Task<http::Response> handle(http::Request request) override {
    requests.push_back(std::move(request));
    if (answers_.empty()) throw base::Error("the script has no answer left");
    ScriptedAnswer next = std::move(answers_.front());
    answers_.pop_front();
    if (next.fault == ScriptedAnswer::Fault::kBreak) throw base::Error("connection refused");
    if (next.fault == ScriptedAnswer::Fault::kHang) {
      co_await runtime_.sleep(std::chrono::hours(24));
    }
    http::Response response;
    response.status = next.status;
    response.headers = std::move(next.headers);
    response.body = http::text_body(std::move(next.body));
    co_return response;
  }

  // "GET /api/v1/pods", one line each.
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const http::Request& request : requests) {
      out.push_back(request.method + " " + request.target);
    }
    return out;
  }
  bool finished() const { return answers_.empty(); }

  std::vector<http::Request> requests;

 private:
  rt::Runtime& runtime_;
  std::deque<ScriptedAnswer> answers_;
};

}  // namespace jibe::kube
