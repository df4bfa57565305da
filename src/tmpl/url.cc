#include "tmpl/url.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "tmpl/format.h"

namespace jibe::tmpl {

namespace {

using base::InvalidInput;

enum class Part { kPath, kHost, kZone, kUser, kFragment };

bool should_escape(char c, Part part) {
  if (isalnum(static_cast<unsigned char>(c))) return false;
  if (std::string_view("-_.~").find(c) != std::string_view::npos) return false;
  std::string_view plain;
  switch (part) {
    case Part::kHost:
    case Part::kZone:
      plain = "!$&'()*+,;=:[]<>\"";
      break;
    case Part::kPath:
      plain = "$&+,/:;=@";
      break;
    case Part::kUser:
      plain = "$&+,;=";
      break;
    case Part::kFragment:
      plain = "$&+,/:;=?@!()*";
      break;
  }
  return plain.find(c) == std::string_view::npos;
}

std::string escape(std::string_view text, Part part) {
  std::string out;
  for (char c : text) {
    if (should_escape(c, part))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

int unhex(char c) {
  if (!isxdigit(static_cast<unsigned char>(c))) return -1;
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

std::string unescape(std::string_view text, Part part) {
  bool host = part == Part::kHost || part == Part::kZone;
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      int high = i + 2 < text.size() ? unhex(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? unhex(text[i + 2]) : -1;
      std::string escaped(text.substr(i, 3));
      char value = static_cast<char>(high * 16 + low);
      bool bad = high < 0 || low < 0;
      if (!bad && part == Part::kHost) bad = high < 8 && escaped != "%25";
      if (!bad && part == Part::kZone)
        bad = escaped != "%25" && value != ' ' && should_escape(value, Part::kHost);
      if (bad) throw InvalidInput("invalid URL escape " + quote(escaped));
      out += value;
      i += 2;
      continue;
    }
    if (host && static_cast<unsigned char>(text[i]) < 0x80 && should_escape(text[i], part))
      throw InvalidInput("invalid character " + quote(text.substr(i, 1)) + " in host name");
    out += text[i];
  }
  return out;
}

bool valid_port(std::string_view port) {
  if (port.empty()) return true;
  return port[0] == ':' && port.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::string literal_host(std::string_view host) {
  size_t close = host.rfind(']');
  if (close == std::string_view::npos) throw InvalidInput("missing ']' in host");
  std::string_view port = host.substr(close + 1);
  if (!valid_port(port)) throw InvalidInput("invalid port " + quote(port) + " after host");
  std::string_view name = host.substr(1, close - 1);
  size_t zone = name.find("%25");
  std::string address = unescape(name.substr(0, zone), Part::kHost);
  unsigned char buffer[sizeof(in6_addr)];
  if (inet_pton(AF_INET, address.c_str(), buffer) == 1) throw InvalidInput("invalid IP-literal");
  if (inet_pton(AF_INET6, address.c_str(), buffer) != 1)
    throw InvalidInput("invalid host: ParseAddr(" + quote(address) + "): unable to parse IP");
  if (zone != std::string_view::npos) address += unescape(name.substr(zone), Part::kZone);
  return "[" + address + "]" + std::string(port);
}

std::string parse_host(std::string_view scheme, std::string_view host) {
  size_t bracket = host.rfind('[');
  if (bracket != std::string_view::npos) {
    if (bracket > 0) throw InvalidInput("invalid IP-literal");
    return literal_host(host);
  }
  size_t colon = host.find(':');
  if (colon != std::string_view::npos) {
    // Other schemes may list several hosts with ports.
    if (scheme != "http" && scheme != "https") colon = host.rfind(':');
    if (!valid_port(host.substr(colon)))
      throw InvalidInput("invalid port " + quote(host.substr(colon)) + " after host");
  }
  return unescape(host, Part::kHost);
}

bool valid_user(std::string_view text) {
  for (char c : text)
    if (!isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("-._:~!$&'()*+,;=%@").find(c) == std::string_view::npos)
      return false;
  return true;
}

void parse_authority(Url& url, std::string_view authority) {
  size_t at = authority.rfind('@');
  url.host =
      parse_host(url.scheme, at == std::string_view::npos ? authority : authority.substr(at + 1));
  if (at == std::string_view::npos) return;
  std::string_view user = authority.substr(0, at);
  if (!valid_user(user)) throw InvalidInput("net/url: invalid userinfo");
  base::Cut cut = base::cut(user, ":");
  url.user.emplace();
  url.user->name = unescape(cut.before, Part::kUser);
  if (cut.found) url.user->password = unescape(cut.after, Part::kUser);
}

// Cuts "scheme:" off `rest`.
std::string take_scheme(std::string_view& rest) {
  for (size_t i = 0; i < rest.size(); ++i) {
    auto c = static_cast<unsigned char>(rest[i]);
    if (isalpha(c)) continue;
    if (c == ':') {
      if (i == 0) throw InvalidInput("missing protocol scheme");
      std::string scheme = base::lower(rest.substr(0, i));
      rest.remove_prefix(i + 1);
      return scheme;
    }
    bool later = isdigit(c) || c == '+' || c == '-' || c == '.';
    if (!later || i == 0) return "";
  }
  return "";
}

Url parse_without_fragment(std::string_view rest) {
  for (unsigned char c : rest)
    if (c < ' ' || c == 0x7F) throw InvalidInput("net/url: invalid control character in URL");
  Url url;
  if (rest == "*") {
    url.path = "*";
    return url;
  }
  url.scheme = take_scheme(rest);
  base::Cut query = base::cut(rest, "?");
  url.query = query.after;
  rest = query.before;
  if (!rest.starts_with('/')) {
    if (!url.scheme.empty()) {
      url.opaque = rest;
      return url;
    }
    if (base::contains(base::cut(rest, "/").before, ":"))
      throw InvalidInput("first path segment in URL cannot contain colon");
  }
  if ((!url.scheme.empty() || !rest.starts_with("///")) && rest.starts_with("//")) {
    rest.remove_prefix(2);
    size_t slash = std::min(rest.find('/'), rest.size());
    parse_authority(url, rest.substr(0, slash));
    rest.remove_prefix(slash);
  }
  url.path = unescape(rest, Part::kPath);
  return url;
}

}  // namespace

Url Url::parse(std::string_view text) {
  base::Cut cut = base::cut(text, "#");
  std::string_view failing = cut.before;
  try {
    Url url = parse_without_fragment(cut.before);
    failing = text;
    url.fragment = unescape(cut.after, Part::kFragment);
    return url;
  } catch (const InvalidInput& error) {
    throw InvalidInput("parse " + quote(failing) + ": " + error.what());
  }
}

std::string UserInfo::text() const {
  std::string out = escape(name, Part::kUser);
  if (password) out += ":" + escape(*password, Part::kUser);
  return out;
}

std::string Url::host_name() const {
  std::string_view name = host;
  size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && valid_port(name.substr(colon)))
    name = name.substr(0, colon);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  return std::string(name);
}

std::string Url::text() const {
  std::string out;
  if (!scheme.empty()) out += scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    bool authority = !scheme.empty() || !host.empty() || user;
    if (authority && (!host.empty() || !path.empty() || user)) out += "//";
    if (user) out += user->text() + "@";
    out += escape(host, Part::kHost);
    std::string escaped = path == "*" ? path : escape(path, Part::kPath);
    if (!escaped.empty() && escaped[0] != '/' && !host.empty()) out += '/';
    if (out.empty() && base::contains(base::cut(escaped, "/").before, ":")) out += "./";
    out += escaped;
  }
  if (!query.empty()) out += "?" + query;
  if (!fragment.empty()) out += "#" + escape(fragment, Part::kFragment);
  return out;
}

}  // namespace jibe::tmpl
