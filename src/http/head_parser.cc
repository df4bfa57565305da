#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "http/codec.h"

namespace jibe::http {

void InputBuffer::append(std::string_view bytes) {
  if (start_ == bytes_.size()) {
    bytes_.clear();
    start_ = 0;
  }
  bytes_ += bytes;
}

void InputBuffer::consume(size_t count) {
  start_ += count;
  // Moves the rest only when it is the smaller half.
  if (start_ * 2 >= bytes_.size()) {
    bytes_.erase(0, start_);
    start_ = 0;
  }
}

std::string InputBuffer::take(size_t limit) {
  std::string piece(view().substr(0, limit));
  consume(piece.size());
  return piece;
}

namespace {

[[noreturn]] void refuse(std::string_view why) {
  throw ProtocolError(400, fmt::format("the HTTP message is malformed: {}", why));
}

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}

bool is_token(std::string_view text) {
  static constexpr auto kTable = token_table();
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return kTable[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

bool is_target(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f;
  });
}

// The digit after "HTTP/1.".
int minor_version(std::string_view version) {
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || version[6] != '.')
    refuse("the first line does not end with a version like HTTP/1.1");
  if (version[5] != '1' || version[7] < '0' || version[7] > '9')
    throw ProtocolError(505,
                        fmt::format("{} is not supported, only HTTP/1.0 and HTTP/1.1", version));
  return std::min(version[7] - '0', 1);
}

// Origin form, whatever the client wrote (RFC 9112 §3.2).
std::string origin_form(std::string_view method, std::string_view target) {
  if (!is_target(target) || target.empty()) refuse("the request's target is not one word");
  if (method == "CONNECT") throw ProtocolError(501, "CONNECT is not supported");
  if (target == "*" && method == "OPTIONS") return "*";
  if (target.front() == '/') return std::string(target);
  auto [scheme, rest, found] = base::cut(target, "://");
  if (!found ||
      !(base::equal_ignoring_case(scheme, "http") || base::equal_ignoring_case(scheme, "https")))
    refuse("the request's target does not begin with a slash");
  size_t path = rest.find_first_of("/?");
  if (path == std::string_view::npos) return "/";
  return (rest[path] == '?' ? "/" : "") + std::string(rest.substr(path));
}

// Nullopt where there is none.
std::optional<uint64_t> content_length(const Headers& headers) {
  std::optional<uint64_t> length;
  for (const auto& [name, value] : headers.fields()) {
    if (!base::equal_ignoring_case(name, "Content-Length")) continue;
    if (length) refuse("it has more than one Content-Length");
    bool digits =
        !value.empty() && value.size() <= 18 &&
        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) refuse("its Content-Length is not a number");
    length = std::stoull(value);
  }
  return length;
}

// True where the body is chunked.
bool is_chunked(const Headers& headers, int minor) {
  const std::string* coding = nullptr;
  for (const auto& [name, value] : headers.fields()) {
    if (!base::equal_ignoring_case(name, "Transfer-Encoding")) continue;
    if (coding != nullptr) refuse("it has more than one Transfer-Encoding");
    coding = &value;
  }
  if (coding == nullptr) return false;
  if (headers.find("Content-Length") != nullptr)
    refuse("it has both Content-Length and Transfer-Encoding");
  if (minor == 0) refuse("HTTP/1.0 knows no Transfer-Encoding");
  if (!base::equal_ignoring_case(*coding, "chunked"))
    throw ProtocolError(501, fmt::format("the transfer encoding \"{}\" is not supported", *coding));
  return true;
}

bool keeps_alive(const Headers& headers, int minor) {
  if (headers.has_token("Connection", "close")) return false;
  return minor >= 1 || headers.has_token("Connection", "keep-alive");
}

Framing request_framing(const RequestHead& head) {
  Framing framing;
  framing.keep_alive = keeps_alive(head.headers, head.minor_version);
  if (is_chunked(head.headers, head.minor_version)) {
    framing.kind = BodyKind::kChunked;
  } else if (auto length = content_length(head.headers); length && *length > 0) {
    framing.kind = BodyKind::kLength;
    framing.length = *length;
  }
  return framing;
}

Framing response_framing(const ResponseHead& head, std::string_view method) {
  Framing framing;
  framing.keep_alive = keeps_alive(head.headers, head.minor_version);
  bool chunked = is_chunked(head.headers, head.minor_version);
  auto length = content_length(head.headers);
  bool bodiless = method == "HEAD" || head.status < 200 || head.status == 204 ||
                  head.status == 304 || (length && *length == 0);
  if (bodiless) return framing;
  if (chunked) {
    framing.kind = BodyKind::kChunked;
  } else if (length) {
    framing.kind = BodyKind::kLength;
    framing.length = *length;
  } else {
    framing.kind = BodyKind::kUntilClose;
    framing.keep_alive = false;
  }
  return framing;
}

void check_host(const RequestHead& head) {
  auto is_host = [](const auto& f) { return base::equal_ignoring_case(f.first, "Host"); };
  const auto& fields = head.headers.fields();
  auto count = std::count_if(fields.begin(), fields.end(), is_host);
  if (count > 1 || (count == 0 && head.minor_version >= 1))
    refuse("it needs exactly one Host header");
}

int status_code(std::string_view text) {
  bool digits = text.size() == 3 &&
                std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || text[0] == '0') refuse("the status is not a number of three digits");
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

}  // namespace

std::optional<std::string> HeadParser::complete_head(InputBuffer& input) {
  // Empty lines before a request are skipped, as RFC 9112 §2.2 asks.
  while (scanned_ == 0 && input.view().substr(0, 2) == "\r\n") input.consume(2);
  std::string_view text = input.view();
  if (text == "\r") return std::nullopt;
  size_t from = scanned_ > 3 ? scanned_ - 3 : 0;
  size_t end = text.find("\r\n\r\n", from);
  if (std::min(end, text.size()) > limits_.head_bytes)
    throw ProtocolError(
        431, fmt::format("the HTTP headers are larger than {} bytes", limits_.head_bytes));
  if (end == std::string_view::npos) {
    scanned_ = text.size();
    return std::nullopt;
  }
  scanned_ = 0;
  std::string head(text.substr(0, end + 2));
  input.consume(end + 4);
  return head;
}

Headers HeadParser::headers(std::string_view lines) const {
  Headers headers;
  size_t count = 0;
  while (!lines.empty()) {
    size_t end = lines.find("\r\n");
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    if (line.front() == ' ' || line.front() == '\t') refuse("a header is folded over two lines");
    auto [name, value, found] = base::cut(line, ":");
    if (!found || !is_token(name)) refuse("a header line has no proper name");
    value = base::trim(value);
    if (!is_field_value(value)) refuse("a header's value contains a control character");
    if (++count > limits_.header_count)
      throw ProtocolError(431, fmt::format("there are more than {} headers", limits_.header_count));
    headers.add(std::string(name), std::string(value));
  }
  return headers;
}

std::optional<RequestHead> HeadParser::request(InputBuffer& input) {
  auto text = complete_head(input);
  if (!text) return std::nullopt;
  auto [first, rest, found] = base::cut(*text, "\r\n");
  size_t one = first.find(' ');
  size_t two = first.rfind(' ');
  if (one == std::string_view::npos || one == two)
    refuse("the first line is not METHOD TARGET VERSION");
  RequestHead head;
  head.minor_version = minor_version(first.substr(two + 1));
  head.method = first.substr(0, one);
  if (!is_token(head.method)) refuse("the method is not one word");
  head.target = origin_form(head.method, first.substr(one + 1, two - one - 1));
  head.headers = headers(rest);
  check_host(head);
  head.framing = request_framing(head);
  return head;
}

std::optional<ResponseHead> HeadParser::response(InputBuffer& input, std::string_view method) {
  auto text = complete_head(input);
  if (!text) return std::nullopt;
  auto [first, rest, found] = base::cut(*text, "\r\n");
  // The phrase, and even the space before it, may be missing.
  auto [version, status, spaced] = base::cut(first, " ");
  ResponseHead head;
  head.minor_version = minor_version(version);
  head.status = status_code(status.substr(0, status.find(' ')));
  head.headers = headers(rest);
  head.framing = response_framing(head, method);
  return head;
}

}  // namespace jibe::http
