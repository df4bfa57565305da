// Whole documents by URL: redirects are followed, credentials stay with the server that they are
// for, and sizes and times are bounded.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "http/message.h"
#include "net/tls.h"
#include "rt/runtime.h"

namespace jibe::http {

// A client for one origin ("https://charts.example.com"), of which only that is asked.
using ClientFactory = std::function<std::unique_ptr<Handler>(const std::string& origin)>;
// Over TCP and TLS; `tls` without a server name, which is the host's.
ClientFactory network_clients(rt::Runtime& runtime, net::TlsClientOptions tls = {});

struct FetchRequest {
  std::string url;
  std::string method = "GET";
  Headers headers;
  std::string body;
  // The Authorization header. It goes to the origin of `url` and to no other, wherever a redirect
  // leads; Go's client, and so Helm, would also send it to other ports and subdomains.
  std::string authorization;
  // It goes wherever a redirect leads (helm's --pass-credentials).
  bool pass_credentials = false;
  // Of a body with status 200; of any other at most 64 KiB are kept.
  size_t max_bytes = size_t{128} << 20;
  // Until the whole body is there.
  base::Duration deadline = std::chrono::minutes(5);
};

struct Fetched {
  int status = 0;
  Headers headers;
  std::string body;
  // Where the answer came from in the end.
  std::string url;
};

// Keeps one client per origin. Not for more than one task at a time.
class Fetcher {
 public:
  Fetcher(rt::Runtime& runtime, ClientFactory clients);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // Gives every status that is no redirect. Bodies come as they are: a content coding that the
  // server applied although nobody asked for one stays. Throws base::Error, its subclasses
  // net::ConnectError and base::DeadlineExceeded among them, where no answer comes, for more than
  // ten redirects, for one from https to http, and for bodies above the limit.
  Task<Fetched> fetch(FetchRequest request);

 private:
  Task<Fetched> follow(FetchRequest request);
  Task<Fetched> exchange(const FetchRequest& request, const std::string& url);
  Handler& client(const std::string& origin);

  rt::Runtime& runtime_;
  ClientFactory clients_;
  std::map<std::string, std::unique_ptr<Handler>> by_origin_;
};

// "Basic …".
std::string basic_authorization(std::string_view username, std::string_view password);

}  // namespace jibe::http
