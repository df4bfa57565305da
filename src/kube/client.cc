#include "kube/client.h"

#include <fmt/core.h>

#include "base/coroutine.h"
#include "base/strings.h"
#include "data/json.h"
#include "http/url.h"
#include "kube/discovery.h"
#include "kube/retry.h"
#include "net/stream.h"
#include "rt/sync.h"

namespace jibe::kube {
namespace {

// What a failed answer's body says; text that is no Status goes into the message as it is.
StatusError error_of(int code, const std::string& body) {
  data::Value parsed;
  try {
    parsed = data::parse_json(body);
  } catch (const base::InvalidInput&) {
    std::string text(base::trim(std::string_view(body).substr(0, 512)));
    if (!text.empty()) parsed = std::move(text);
  }
  return StatusError::from_value(code, parsed);
}

data::Value parse_answer(const std::string& body, const std::string& where) {
  try {
    return data::parse_json(body);
  } catch (const base::InvalidInput& error) {
    throw base::Error(
        fmt::format("{} answered with something that is not JSON: {}", where, error.what()));
  }
}

}  // namespace

std::string resource_path(const Gvr& gvr, std::string_view ns, std::string_view name,
                          std::string_view subresource) {
  std::string path = gvr.group.empty() ? "/api/" : "/apis/" + gvr.group + "/";
  path += gvr.version;
  if (!ns.empty()) path += "/namespaces/" + http::percent_encode(ns);
  path += "/" + gvr.resource;
  if (!name.empty()) path += "/" + http::percent_encode(name);
  if (!subresource.empty()) path += "/" + std::string(subresource);
  return path;
}

Client::Client(http::Handler& transport, rt::Runtime& runtime, ClientOptions options)
    : transport_(transport),
      runtime_(runtime),
      options_(std::move(options)),
      discovery_(std::make_unique<Discovery>(*this)) {}

Client::~Client() = default;

http::Request Client::make_request(std::string method, std::string target,
                                   std::string accept) const {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.set("Accept", std::move(accept));
  request.headers.set("User-Agent", options_.user_agent);
  return request;
}

Task<http::Response> Client::exchange_once(http::Request request) {
  http::Response response = co_await transport_.handle(std::move(request));
  for (const std::string& warning : warnings_of(response.headers)) {
    runtime_.log().warning("the API server warns",
                           {{"where", options_.where}, {"warning", warning}});
  }
  co_return response;
}

Task<std::string> Client::exchange_until_answered(http::Request request) {
  for (int retries = 0;; ++retries) {
    std::optional<base::Duration> delay;
    std::string trouble;
    try {
      http::Response response = co_await exchange_once(request);
      std::string body = co_await http::read_all(*response.body);
      if (response.status < 400) co_return body;
      delay = retry_delay(request, response, retries, runtime_.random());
      if (!delay) throw error_of(response.status, body);
      trouble = fmt::format("status {}", response.status);
    } catch (const base::Cancelled&) {
      throw;
    } catch (const StatusError&) {
      throw;
    } catch (const base::InvalidInput&) {
      throw;
    } catch (const net::ConnectError&) {
      // Nobody there, or nobody to trust: whoever waits for a server does so on purpose (Reflector,
      // Controller), and a person at a terminal wants to know now.
      throw;
    } catch (const base::Error& error) {
      delay = retry_delay_after_break(request, retries, runtime_.random());
      if (!delay) throw;
      trouble = error.what();
    }
    runtime_.log().debug("sending a request again", {{"where", options_.where},
                                                     {"method", request.method},
                                                     {"target", request.target},
                                                     {"trouble", trouble}});
    co_await runtime_.sleep(*delay);
  }
}

Task<std::string> Client::exchange(http::Request request) {
  std::string what = fmt::format("{} {} in {}", request.method, request.target, options_.where);
  std::string body = co_await rt::within(runtime_, options_.deadline, std::move(what),
                                         exchange_until_answered(std::move(request)));
  co_return body;
}

Task<http::Response> Client::open_stream(http::Request request) {
  http::Response response = co_await exchange_once(std::move(request));
  if (response.status >= 400) {
    std::string body = co_await http::read_all(*response.body);
    throw error_of(response.status, body);
  }
  co_return response;
}

Task<data::Value> Client::exchange_json(http::Request request) {
  std::string body = co_await exchange(std::move(request));
  co_return parse_answer(body, options_.where);
}

Task<std::string> Client::get_raw(std::string target, std::string accept) {
  return exchange(make_request("GET", std::move(target), std::move(accept)));
}

}  // namespace jibe::kube
