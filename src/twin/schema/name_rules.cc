#include "twin/schema/name_rules.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace jibe::twin {
namespace {

constexpr const char* kLabel = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr const char* kSubdomain =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr const char* kLabel1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
constexpr const char* kConfigKey = "[-._a-zA-Z0-9]+";

bool matches(std::string_view text, const char* pattern) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

std::string too_long(size_t length) {
  return fmt::format("must be no more than {} characters", length);
}

Sentences check(std::string_view text, size_t length, const char* pattern, std::string_view rule,
                std::string_view examples) {
  Sentences out;
  if (text.size() > length) out.push_back(too_long(length));
  if (!matches(text, pattern)) {
    out.push_back(
        fmt::format("{} (e.g. {}, regex used for validation is '{}')", rule, examples, pattern));
  }
  return out;
}

}  // namespace

Sentences dns_subdomain_errors(std::string_view text) {
  return check(text, 253, kSubdomain,
               "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
               "'-' or '.', and must start and end with an alphanumeric character",
               "'example.com'");
}

Sentences dns_label_errors(std::string_view text) {
  // A subdomain in place of a label is the usual mistake, and gets a sentence of its own.
  if (!matches(text, kLabel) && matches(text, kSubdomain)) {
    Sentences out;
    if (text.size() > 63) out.push_back(too_long(63));
    out.emplace_back("must not contain dots");
    return out;
  }
  return check(text, 63, kLabel,
               "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
               "'-', and must start and end with an alphanumeric character",
               "'my-name',  or '123-abc'");
}

Sentences dns_1035_label_errors(std::string_view text) {
  return check(text, 63, kLabel1035,
               "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
               "with an alphabetic character, and end with an alphanumeric character",
               "'my-name',  or 'abc-123'");
}

Sentences path_segment_errors(std::string_view text) {
  if (text == "." || text == "..") return {fmt::format("may not be '{}'", text)};
  Sentences out;
  for (const char* bad : {"/", "%"}) {
    if (text.find(bad) != std::string_view::npos)
      out.push_back(fmt::format("may not contain '{}'", bad));
  }
  return out;
}

Sentences port_number_errors(int64_t port) {
  if (port >= 1 && port <= 65535) return {};
  return {"must be between 1 and 65535, inclusive"};
}

Sentences port_name_errors(std::string_view text) {
  Sentences out;
  if (text.size() > 15) out.push_back(too_long(15));
  if (!matches(text, "[-a-z0-9]+")) {
    out.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!matches(text, ".*[a-z].*")) out.emplace_back("must contain at least one letter (a-z)");
  if (text.find("--") != std::string_view::npos) {
    out.emplace_back("must not contain consecutive hyphens");
  }
  if (text.starts_with('-') || text.ends_with('-')) {
    out.emplace_back("must not begin or end with a hyphen");
  }
  return out;
}

Sentences config_key_errors(std::string_view text) {
  Sentences out =
      check(text, 253, kConfigKey,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
            "'key.name',  or 'KEY_NAME',  or 'key-name'");
  if (text == "." || text == "..") {
    out.push_back(fmt::format("must not be '{}'", text));
  } else if (text.starts_with("..")) {
    out.emplace_back("must not start with '..'");
  }
  return out;
}

Sentences port_errors(const data::Value& port) {
  return port.is_int() ? port_number_errors(port.as_int()) : port_name_errors(port.text());
}

}  // namespace jibe::twin
