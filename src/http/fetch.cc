#include "http/fetch.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "base/strings.h"
#include "http/client.h"
#include "http/url.h"
#include "rt/sync.h"

namespace jibe::http {

namespace {

// As Go's http.Client.
constexpr int kMaxRedirects = 10;
constexpr size_t kMaxErrorBytes = size_t{64} << 10;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Task<std::string> read_some(Body& body, size_t limit) {
  std::string all;
  while (all.size() < limit) {
    std::string piece = co_await body.read();
    if (piece.empty()) break;
    all += piece;
  }
  if (all.size() > limit) all.resize(limit);
  co_return all;
}

}  // namespace

ClientFactory network_clients(rt::Runtime& runtime, net::TlsClientOptions tls) {
  return [&runtime, tls](const std::string& origin) {
    ClientOptions options;
    options.accept_gzip = false;
    return make_client(runtime, origin, tls, options);
  };
}

Fetcher::Fetcher(rt::Runtime& runtime, ClientFactory clients)
    : runtime_(runtime), clients_(std::move(clients)) {}

Fetcher::~Fetcher() = default;

Task<Fetched> Fetcher::fetch(FetchRequest request) {
  std::string what = request.method + " " + request.url;
  base::Duration deadline = request.deadline;
  auto work = follow(std::move(request));
  auto fetched = co_await rt::within(runtime_, deadline, std::move(what), std::move(work));
  co_return std::move(fetched);
}

Task<Fetched> Fetcher::follow(FetchRequest request) {
  std::string url = request.url;
  std::string first_origin = origin_of(parse_url(url));
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    auto fetched = co_await exchange(request, url);
    const std::string* location = fetched.headers.find("Location");
    if (!is_redirect(fetched.status) || location == nullptr) co_return std::move(fetched);
    std::string next = resolve_url(url, *location);
    if (url.starts_with("https:") && next.starts_with("http:"))
      throw base::Error(fmt::format(
          "{} redirects to {}, which is not encrypted; jibe does not follow", url, next));
    url = std::move(next);
    if (!request.pass_credentials && origin_of(parse_url(url)) != first_origin)
      request.authorization.clear();
  }
  throw base::Error(
      fmt::format("{} was redirected more than {} times", request.url, kMaxRedirects));
}

Task<Fetched> Fetcher::exchange(const FetchRequest& request, const std::string& url) {
  Url parsed = parse_url(url);
  Request message;
  message.method = request.method;
  message.target = parsed.target;
  message.headers = request.headers;
  message.body = request.body;
  // Without it the client would unpack what a server marks as packed, .tgz files among it.
  message.headers.set("Accept-Encoding", "identity");
  message.headers.set("User-Agent", "jibe");
  if (!request.authorization.empty()) message.headers.set("Authorization", request.authorization);
  auto response = co_await client(origin_of(parsed)).handle(std::move(message));
  Fetched out;
  out.status = response.status;
  out.headers = std::move(response.headers);
  out.url = url;
  if (out.status != 200) {
    out.body = co_await read_some(*response.body, kMaxErrorBytes);
    co_return std::move(out);
  }
  std::optional<size_t> announced = response.body->size();
  if (request.method != "HEAD" && announced && *announced > request.max_bytes)
    throw base::Error(
        fmt::format("{} is larger than the {} bytes allowed here", url, request.max_bytes));
  out.body = co_await read_all(*response.body, request.max_bytes);
  co_return std::move(out);
}

Handler& Fetcher::client(const std::string& origin) {
  auto& known = by_origin_[origin];
  if (!known) known = clients_(origin);
  return *known;
}

std::string basic_authorization(std::string_view username, std::string_view password) {
  return "Basic " + base::base64_encode(fmt::format("{}:{}", username, password));
}

}  // namespace jibe::http
