#include "twin/schema/formats.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include "base/error.h"
#include "base/strings.h"
#include "kube/time.h"

namespace jibe::twin {
namespace {

bool matches(const std::string& text, const char* pattern) {
  return re2::RE2::FullMatch(text, pattern);
}

bool is_base64(const std::string& text) {
  try {
    base::base64_decode(text);
    return true;
  } catch (const base::InvalidInput&) {
    return false;
  }
}

bool is_address(int family, const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(family, text.c_str(), bytes) == 1;
}

bool is_cidr(const std::string& text) {
  const base::Cut cut = base::cut(text, "/");
  const std::string address(cut.before);
  const std::string bits(cut.after);
  if (!cut.found || !matches(bits, "[0-9]{1,3}")) return false;
  if (is_address(AF_INET, address)) return std::stoi(bits) <= 32;
  return is_address(AF_INET6, address) && std::stoi(bits) <= 128;
}

constexpr const char* kHex8 = "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?";

}  // namespace

bool has_format(std::string_view format, const std::string& text) {
  if (format == "date-time" || format == "datetime") return kube::parse_time(text).has_value();
  if (format == "date") return kube::parse_time(text + "T00:00:00Z").has_value();
  if (format == "duration") {
    return kube::parse_duration(text).has_value() ||
           matches(text,
                   "[0-9]+ ?(ns|us|µs|ms|s|sec|secs|m|min|mins|minute|minutes|h|hr|hour|hours|"
                   "d|day|days|w|wk|week|weeks)");
  }
  if (format == "byte") return is_base64(text);
  if (format == "ipv4") return is_address(AF_INET, text);
  if (format == "ipv6") return is_address(AF_INET6, text);
  if (format == "cidr") return is_cidr(text);
  if (format == "email") return matches(text, "[^@\\s<>]+@[^@\\s<>]+");
  if (format == "hostname") {
    return matches(text,
                   "[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
                   "(\\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\\.?");
  }
  if (format == "mac") return matches(text, "([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}");
  if (format == "uri") return matches(text, "(?:[a-zA-Z][-+.a-zA-Z0-9]*:|/).*");
  if (format == "uuid") {
    return matches(text, (std::string(kHex8) + "[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}").c_str());
  }
  if (format == "uuid3") {
    return matches(text,
                   "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?3[0-9a-fA-F]{3}-?[0-9a-fA-F]{4}-?"
                   "[0-9a-fA-F]{12}");
  }
  if (format == "uuid4" || format == "uuid5") {
    const std::string digit(1, format.back());
    return matches(text, ("[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?" + digit +
                          "[0-9a-fA-F]{3}-?[89abAB][0-9a-fA-F]{3}-?[0-9a-fA-F]{12}")
                             .c_str());
  }
  return true;
}

}  // namespace jibe::twin
