// TCP, on the real runtime.
#pragma once
#include <memory>
#include <string>

#include "net/stream.h"
#include "rt/runtime.h"

namespace jibe::net {

// Port 0 takes a free one. Throws base::Error("cannot listen on 127.0.0.1:6443: …").
std::unique_ptr<Listener> listen_tcp(rt::Runtime& runtime, std::string host, int port);

// A host with several addresses is tried in their order; a try ends after `timeout`.
std::unique_ptr<Dialer> tcp_dialer(rt::Runtime& runtime, std::string host, int port,
                                   base::Duration timeout = std::chrono::seconds(10));

// "host:port", with brackets around an IPv6 address.
std::string join_host_port(std::string_view host, int port);

}  // namespace jibe::net
