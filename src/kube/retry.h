// When a request is sent again, and after how long. Pure.
//
// client-go v0.36 rest/with_retry.go: an answer with Retry-After (429 or 5xx) is a promise that the
// request was not carried out, so every verb is repeated; a connection that broke says nothing, so
// only reads are; a connection that never came about is not tried again. jibe adds 502, 503 and 504
// without Retry-After for reads: load balancers give them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/message.h"

namespace jibe::kube {

inline constexpr int kMaxRetries = 10;

bool is_read(std::string_view method);
// nullopt: the answer stands. `retries` counts the repetitions so far.
std::optional<base::Duration> retry_delay(const http::Request& request,
                                          const http::Response& response, int retries,
                                          base::Random& random);
// The same where no answer came.
std::optional<base::Duration> retry_delay_after_break(const http::Request& request, int retries,
                                                      base::Random& random);
// The texts of all Warning headers with code 299 (RFC 7234 5.5), unquoted.
std::vector<std::string> warnings_of(const http::Headers& headers);

}  // namespace jibe::kube
