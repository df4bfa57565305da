#include "kube/retry.h"

#include <charconv>
#include <string>
#include <vector>

#include "base/strings.h"

namespace jibe::kube {
namespace {

constexpr base::Duration kFirstDelay = std::chrono::milliseconds(100);
constexpr base::Duration kLongestDelay = std::chrono::seconds(5);

base::Duration own_delay(int retries, base::Random& random) {
  base::Duration delay = kFirstDelay * (int64_t{1} << std::min(retries, 10));
  delay = std::min(delay, kLongestDelay);
  return delay + base::Duration(static_cast<int64_t>(delay.count() * random.unit() * 0.5));
}

// Whole seconds; the form with a date is not used by Kubernetes.
std::optional<base::Duration> retry_after(const http::Headers& headers) {
  const std::string* text = headers.find("Retry-After");
  if (text == nullptr) return std::nullopt;
  int seconds = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc() || end != text->data() + text->size() || seconds < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

// The quoted string at the start of `text`, without quotes and escapes; moves `text` behind it.
std::string take_quoted(std::string_view& text) {
  std::string out;
  if (text.empty() || text.front() != '"') return out;
  size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return out;
}

void append_warnings(std::string_view text, std::vector<std::string>& out) {
  while (true) {
    text = base::trim(text);
    if (text.substr(0, 4) != "299 ") return;
    text.remove_prefix(4);
    size_t space = text.find(' ');
    if (space == std::string_view::npos) return;
    text = base::trim(text.substr(space));
    std::string warning = take_quoted(text);
    if (!warning.empty()) out.push_back(std::move(warning));
    size_t comma = text.find(',');
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_read(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

std::optional<base::Duration> retry_delay(const http::Request& request,
                                          const http::Response& response, int retries,
                                          base::Random& random) {
  bool overloaded = response.status == 429 || response.status >= 500;
  if (!overloaded || retries >= kMaxRetries) return std::nullopt;
  if (auto asked = retry_after(response.headers)) {
    return *asked + base::Duration(static_cast<int64_t>(own_delay(0, random).count()));
  }
  bool unreached = response.status >= 502 && response.status <= 504;
  if (unreached && is_read(request.method)) return own_delay(retries, random);
  return std::nullopt;
}

std::optional<base::Duration> retry_delay_after_break(const http::Request& request, int retries,
                                                      base::Random& random) {
  if (retries >= kMaxRetries || !is_read(request.method)) return std::nullopt;
  return own_delay(retries, random);
}

std::vector<std::string> warnings_of(const http::Headers& headers) {
  std::vector<std::string> out;
  for (const auto& [name, value] : headers.fields()) {
    if (base::equal_ignoring_case(name, "Warning")) append_warnings(value, out);
  }
  return out;
}

}  // namespace jibe::kube
