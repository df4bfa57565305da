#include "kube/reflector.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "rt/sync.h"

namespace jibe::kube {
namespace {

// After so many watches in a row that failed, the state is listed anew: the remembered version may
// be one that this server will never know (etcd restored from a backup).
constexpr int kWatchFailuresBeforeRelist = 3;
// A server ends a watch by itself at timeoutSeconds; a connection that died silently does not.
constexpr base::Duration kWatchGrace = std::chrono::seconds(30);
// A watch that lived this long and then broke was a good one.
constexpr base::Duration kLongWatch = std::chrono::seconds(30);
// client-go calls an empty watch that ends sooner a "very short watch".
constexpr base::Duration kShortWatch = std::chrono::seconds(1);

bool version_is_gone(const StatusError& error) {
  return error.is_gone() || error.reason() == "Expired" || error.reason() == "Gone";
}

}  // namespace

Reflector::Reflector(Client& client, ReflectorSink& sink, ReflectorOptions options)
    : client_(client), sink_(sink), options_(std::move(options)) {}

Task<void> Reflector::run() {
  return run_until(nullptr);
}

Task<void> Reflector::run_until(std::function<bool()> enough) {
  enough_ = std::move(enough);
  while (!is_enough()) {
    bool failed = true;
    try {
      co_await round();
      failed = false;
    } catch (const base::Cancelled&) {
      throw;
    } catch (const StatusError& error) {
      bool gone = listed_ && version_is_gone(error);
      if (gone) listed_ = false;
      // The first 410 after a good time is ordinary: the history is short, list again at once.
      failed = !gone || failures_ > 0;
      note_trouble(error.what(), gone);
    } catch (const std::exception& error) {
      note_trouble(error.what(), false);
    }
    if (is_enough()) break;
    if (failed) co_await client_.runtime().sleep(next_backoff());
  }
}

bool Reflector::is_enough() const {
  return enough_ && listed_ && enough_();
}

Task<void> Reflector::round() {
  if (!listed_) co_await relist();
  if (is_enough()) co_return;
  base::Time start = client_.runtime().now();
  try {
    co_await watch();
    watch_failures_ = 0;
  } catch (const base::Cancelled&) {
    throw;
  } catch (const std::exception&) {
    bool long_lived = client_.runtime().now() - start >= kLongWatch;
    watch_failures_ = long_lived ? 0 : watch_failures_ + 1;
    if (watch_failures_ >= kWatchFailuresBeforeRelist) listed_ = false;
    throw;
  }
}

Task<void> Reflector::relist() {
  ObjectList all = co_await client_.list(options_.gvr, options_.ns, options_.selection);
  resource_version_ = all.resource_version;
  listed_ = true;
  watch_failures_ = 0;
  sink_.replace(std::move(all.items));
}

Task<void> Reflector::watch() {
  rt::Runtime& runtime = client_.runtime();
  double stretch = 1 + runtime.random().unit();
  base::Duration timeout(static_cast<int64_t>(options_.watch_timeout.count() * stretch));
  std::string what =
      fmt::format("a watch on {} in {}", options_.gvr.group_resource(), client_.options().where);
  co_await rt::within(runtime, timeout + kWatchGrace, std::move(what), stream(timeout));
}

Task<void> Reflector::stream(base::Duration timeout) {
  base::Time start = client_.runtime().now();
  WatchOptions options{options_.selection, resource_version_, timeout};
  http::Response response = co_await client_.open_watch(options_.gvr, options_.ns, options);
  trouble_.clear();
  WatchDecoder decoder;
  bool any = false;
  while (true) {
    std::string bytes = co_await response.body->read();
    if (bytes.empty()) break;
    decoder.feed(bytes);
    while (std::optional<WatchEvent> event = decoder.next()) {
      any = true;
      take(*event);
      if (is_enough()) co_return;
    }
  }
  if (decoder.in_document()) throw base::Error("a watch ended in the middle of an event");
  if (!any && client_.runtime().now() - start < kShortWatch) {
    throw base::Error("a watch ended at once without an event");
  }
  failures_ = 0;
}

void Reflector::take(const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kError) {
    throw StatusError::from_value(static_cast<int>(event.object["code"].int_or(500)), event.object);
  }
  failures_ = 0;
  const std::string& version = resource_version_of(event.object);
  if (event.type != WatchEvent::Type::kBookmark) sink_.apply(event);
  if (!version.empty()) resource_version_ = version;
}

void Reflector::note_trouble(const std::string& sentence, bool ordinary) {
  trouble_ = ordinary ? "" : sentence;
  base::Log& log = client_.runtime().log();
  if (ordinary) {
    log.debug("listing again", {{"resource", options_.gvr.group_resource()},
                                {"where", client_.options().where},
                                {"because", sentence}});
  } else {
    log.warning("cannot follow a resource", {{"resource", options_.gvr.group_resource()},
                                             {"where", client_.options().where},
                                             {"trouble", sentence}});
  }
}

base::Duration Reflector::next_backoff() {
  base::Duration delay = options_.backoff_first * (int64_t{1} << std::min(failures_, 10));
  delay = std::min(delay, options_.backoff_limit);
  ++failures_;
  double stretch = 1 + client_.runtime().random().unit();
  return base::Duration(static_cast<int64_t>(delay.count() * stretch));
}

}  // namespace jibe::kube
