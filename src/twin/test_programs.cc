#include "twin/test_programs.h"

#include "base/coroutine.h"
#include "rt/sync.h"
#include "twin/controllers/objects.h"

namespace jibe::twin {

namespace {

class Echo : public PodProcess, public http::Handler {
 public:
  Echo(PodContext context, std::string text, std::shared_ptr<bool> ready)
      : text_(object_name(context.pod) + " " + text),
        is_ready_(std::move(ready)),
        forever_(context.cluster.runtime()) {}

  Task<void> run() override { co_await forever_.wait(); }
  http::Handler* listener(int port) override { return port == 8080 ? this : nullptr; }
  bool ready() const override { return !is_ready_ || *is_ready_; }
  Task<http::Response> handle(http::Request) override {
    co_return http::make_response(200, "text/plain", text_);
  }

 private:
  std::string text_;
  std::shared_ptr<bool> is_ready_;
  rt::Event forever_;
};

class EndsAfter : public PodProcess {
 public:
  EndsAfter(rt::Runtime& runtime, base::Duration span, std::string failure)
      : runtime_(runtime), span_(span), failure_(std::move(failure)) {}

  Task<void> run() override {
    co_await runtime_.sleep(span_);
    if (!failure_.empty()) throw base::Error(failure_);
  }
  http::Handler* listener(int) override { return nullptr; }
  bool ready() const override { return true; }

 private:
  rt::Runtime& runtime_;
  base::Duration span_;
  std::string failure_;
};

}  // namespace

Behaviour echo(std::string text, std::shared_ptr<bool> ready) {
  return [text, ready](PodContext context) {
    return std::make_unique<Echo>(std::move(context), text, ready);
  };
}

Behaviour ends_after(base::Duration span, std::string failure) {
  return [span, failure](PodContext context) {
    return std::make_unique<EndsAfter>(context.cluster.runtime(), span, failure);
  };
}

Task<std::string> ask(http::Handler* handler) {
  if (handler == nullptr) co_return "refused";
  try {
    http::Response response = co_await handler->handle(http::Request{});
    std::string text = co_await http::read_all(*response.body);
    co_return text;
  } catch (const base::Error&) {
    co_return "refused";
  }
}

}  // namespace jibe::twin
