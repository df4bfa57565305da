#include "kube/label_syntax.h"

#include <algorithm>

#include "base/strings.h"

namespace jibe::kube {

namespace {

constexpr size_t kMaxName = 63;
constexpr size_t kMaxPrefix = 253;

constexpr std::string_view kKeyRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kValueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
    "or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view kSubdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

// Unlike base::is_dns_subdomain, labels of the prefix may be longer than 63 characters.
bool is_prefix(std::string_view text) {
  for (std::string_view label : base::split(text, '.')) {
    auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (label.empty() || !allowed(label.front()) || !allowed(label.back())) return false;
    for (char c : label)
      if (!allowed(c) && c != '-') return false;
  }
  return true;
}

std::string too_long(size_t limit) {
  return "must be no more than " + std::to_string(limit) + " bytes";
}

}  // namespace

std::vector<std::string> label_key_errors(std::string_view key) {
  std::vector<std::string> out;
  std::vector<std::string_view> parts = base::split(key, '/');
  if (parts.size() > 2) {
    out.push_back("a valid label key " + std::string(kKeyRule) +
                  " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    return out;
  }
  if (parts.size() == 2) {
    std::string_view prefix = parts[0];
    if (prefix.empty()) {
      out.push_back("prefix part must be non-empty");
    } else {
      if (prefix.size() > kMaxPrefix) out.push_back("prefix part " + too_long(kMaxPrefix));
      if (!is_prefix(prefix)) out.push_back("prefix part " + std::string(kSubdomainRule));
    }
  }
  std::string_view name = parts.back();
  if (name.empty())
    out.push_back("name part must be non-empty");
  else if (name.size() > kMaxName)
    out.push_back("name part " + too_long(kMaxName));
  if (!is_name(name)) out.push_back("name part " + std::string(kKeyRule));
  return out;
}

std::vector<std::string> label_value_errors(std::string_view value) {
  std::vector<std::string> out;
  if (value.size() > kMaxName) out.push_back(too_long(kMaxName));
  if (!value.empty() && !is_name(value)) out.emplace_back(kValueRule);
  return out;
}

}  // namespace jibe::kube
