#include "http/url.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::http {

namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw base::InvalidInput(fmt::format("\"{}\" is not a usable URL: {}", text, why));
}

int parse_port(std::string_view text, std::string_view digits) {
  int port = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || port < 1 ||
      port > 65535)
    refuse(text, "the port must be a number from 1 to 65535");
  return port;
}

// host, host:port, [v6] or [v6]:port.
void parse_authority(std::string_view text, std::string_view authority, Url& url) {
  std::string_view port;
  bool has_port = false;
  if (!authority.empty() && authority.front() == '[') {
    auto [host, rest, closed] = base::cut(authority.substr(1), "]");
    if (!closed) refuse(text, "the bracket around the IPv6 address is not closed");
    if (!rest.empty() && rest.front() != ':')
      refuse(text, "after the bracket only :port may follow");
    url.host = host;
    has_port = !rest.empty();
    port = has_port ? rest.substr(1) : "";
  } else {
    auto [host, rest, found] = base::cut(authority, ":");
    url.host = host;
    has_port = found;
    port = rest;
  }
  if (url.host.empty()) refuse(text, "it names no host");
  if (has_port) url.port = parse_port(text, port);
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// As HTML forms and Go's url.ParseQuery do: '+' is a space in a query.
std::string decode_form(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

}  // namespace

Url parse_url(std::string_view text) {
  auto [scheme, rest, found] = base::cut(text, "://");
  if (!found) refuse(text, "it should start with http:// or https://");
  Url url;
  url.scheme = base::lower(scheme);
  if (url.scheme != "http" && url.scheme != "https")
    refuse(text, "only the schemes http and https are known");
  for (char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f)
      refuse(text, "it contains a space or a control character");
  url.port = url.scheme == "https" ? 443 : 80;
  size_t end = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, end);
  if (authority.find('@') != std::string_view::npos)
    refuse(text, "credentials do not belong into a URL");
  parse_authority(text, authority, url);
  std::string_view target = end == std::string_view::npos ? "" : rest.substr(end);
  target = target.substr(0, target.find('#'));
  url.target = target;
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  return url;
}

std::string origin_of(const Url& url) {
  std::string out = url.scheme + "://";
  out += base::contains(url.host, ":") ? "[" + url.host + "]" : url.host;
  if (url.port != (url.scheme == "https" ? 443 : 80)) out += fmt::format(":{}", url.port);
  return out;
}

namespace {

// scheme ":" as RFC 3986 §3.1 spells it.
bool has_scheme(std::string_view reference) {
  size_t colon = reference.find_first_of(":/?#");
  if (colon == 0 || colon == std::string_view::npos || reference[colon] != ':') return false;
  for (char c : reference.substr(0, colon))
    if (!is_unreserved(c) && c != '+') return false;
  return true;
}

// RFC 3986 §5.2.4.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = false;
  for (std::string_view part : base::split(path.substr(1), '/')) {
    folder = part.empty() || part == "." || part == "..";
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (part != ".") {
      kept.push_back(part);
    }
  }
  std::string out;
  for (std::string_view part : kept) {
    out += '/';
    out += part;
  }
  if (out.empty() || (folder && out.back() != '/')) out += '/';
  return out;
}

}  // namespace

std::string resolve_url(std::string_view base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  if (has_scheme(reference)) return std::string(reference);
  Url url = parse_url(base);
  if (reference.starts_with("//")) return url.scheme + ":" + std::string(reference);
  std::string origin = origin_of(url);
  if (reference.empty()) return origin + url.target;
  std::string_view target = url.target;
  std::string_view folder = target.substr(0, target.find('?'));
  if (reference.front() == '?') return origin + std::string(folder) + std::string(reference);
  size_t question = std::min(reference.find('?'), reference.size());
  std::string path(reference.substr(0, question));
  if (path.front() != '/') path.insert(0, folder.substr(0, folder.rfind('/') + 1));
  return origin + without_dots(path) + std::string(reference.substr(question));
}

// What is no valid escape stays as it is.
std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      int high = hex_digit(text[i + 1]);
      int low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

Query::Query(std::string_view text) {
  if (text.empty()) return;
  for (std::string_view part : base::split(text, '&')) {
    if (part.empty()) continue;
    auto [name, value, found] = base::cut(part, "=");
    pairs_.emplace_back(decode_form(name), decode_form(value));
  }
}

void Query::add(std::string name, std::string value) {
  pairs_.emplace_back(std::move(name), std::move(value));
}

const std::string& Query::get(std::string_view name) const {
  static const std::string kNone;
  for (const auto& pair : pairs_)
    if (pair.first == name) return pair.second;
  return kNone;
}

bool Query::has(std::string_view name) const {
  return std::any_of(pairs_.begin(), pairs_.end(),
                     [&](const auto& pair) { return pair.first == name; });
}

std::string Query::str() const {
  std::string out;
  for (const auto& [name, value] : pairs_) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + '=' + percent_encode(value);
  }
  return out;
}

}  // namespace jibe::http
