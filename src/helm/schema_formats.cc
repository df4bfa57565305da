// The formats that JSON Schema drafts before 2019 insist on.
#include <arpa/inet.h>
#include <re2/re2.h>

#include <charconv>

#include "base/strings.h"
#include "helm/json_schema.h"
#include "tmpl/regex.h"

namespace jibe::helm {
namespace {

using Mistake = std::optional<std::string>;

Mistake check_ipv4(const std::string& text) {
  std::vector<std::string_view> groups = base::split(text, '.');
  if (groups.size() != 4) return "expected four decimals";
  for (std::string_view group : groups) {
    if (group.size() > 1 && group[0] == '0') return "leading zeros";
    int number = 0;
    auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), number);
    if (error != std::errc() || end != group.data() + group.size()) {
      return fmt::format("strconv.Atoi: parsing \"{}\": invalid syntax", group);
    }
    if (number < 0 || number > 255) return "decimal must be between 0 and 255";
  }
  return std::nullopt;
}

Mistake check_ipv6(const std::string& text) {
  if (text.find(':') == std::string::npos) return "missing colon";
  if (text.find('%') != std::string::npos) return "zone id is not a part of ipv6 address";
  in6_addr address;
  if (inet_pton(AF_INET6, text.c_str(), &address) == 1) return std::nullopt;
  return fmt::format("ParseAddr(\"{}\"): unable to parse IP", text);
}

Mistake check_label(std::string_view label) {
  if (label.empty() || label.size() > 63) return "label must be 1 to 63 characters long";
  if (label.starts_with('-')) return "label starts with hyphen";
  if (label.ends_with('-')) return "label ends with hyphen";
  for (char c : label) {
    bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!fits) return fmt::format("invalid character '{}'", c);
  }
  return std::nullopt;
}

Mistake check_hostname(const std::string& text) {
  std::string_view name = text;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > 253) return "more than 253 characters long";
  for (std::string_view label : base::split(name, '.')) {
    if (Mistake why = check_label(label)) return why;
  }
  return std::nullopt;
}

Mistake check_email(const std::string& text) {
  static const re2::RE2 kLocal(R"([a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]*|".*")");
  if (text.size() > 254) return "more than 255 characters long";
  size_t at = text.rfind('@');
  if (at == std::string::npos) return "missing @";
  std::string local = text.substr(0, at);
  if (local.size() > 64) return "local part more than 64 characters long";
  if (local.starts_with('.')) return "starts with dot";
  if (local.ends_with('.')) return "ends with dot";
  if (local.find("..") != std::string::npos) return "consecutive dots";
  if (!re2::RE2::FullMatch(local, kLocal)) return "invalid character";
  if (Mistake why = check_hostname(text.substr(at + 1))) return "invalid domain: " + *why;
  return std::nullopt;
}

// A regular expression and what to say where it does not match.
Mistake check_form(const std::string& text, const re2::RE2& form, std::string_view why) {
  if (re2::RE2::FullMatch(text, form)) return std::nullopt;
  return std::string(why);
}

Mistake check_date(const std::string& text) {
  static const re2::RE2 kForm(R"((\d{4})-(\d\d)-(\d\d))");
  int year = 0;
  int month = 0;
  int day = 0;
  if (!re2::RE2::FullMatch(text, kForm, &year, &month, &day)) {
    return fmt::format("parsing time \"{}\" as \"2006-01-02\": cannot parse \"{}\" as \"2006\"",
                       text, text);
  }
  constexpr int kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) {
    return fmt::format("parsing time \"{}\": month out of range", text);
  }
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  int days = month == 2 && !leap ? 28 : kDays[month - 1];
  if (day < 1 || day > days) return fmt::format("parsing time \"{}\": day out of range", text);
  return std::nullopt;
}

Mistake check_time(const std::string& text) {
  static const re2::RE2 kForm(
      R"(([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([zZ]|[+-]([01]\d|2[0-3]):[0-5]\d))");
  return check_form(text, kForm, "hour/min/sec out of range");
}

Mistake check_date_time(const std::string& text) {
  if (text.size() < 20) return "less than 20 characters long";
  if (text[10] != 't' && text[10] != 'T') return "11th character must be t or T";
  if (Mistake why = check_date(text.substr(0, 10))) return "invalid date element: " + *why;
  if (Mistake why = check_time(text.substr(11))) return "invalid time element: " + *why;
  return std::nullopt;
}

}  // namespace

Mistake check_format(std::string_view format, const std::string& text) {
  static const re2::RE2 kUuid("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  static const re2::RE2 kUri(R"([a-zA-Z][a-zA-Z0-9+.\-]*:[^\s<>"\\^`{|}]*)");
  static const re2::RE2 kPointer("(/([^~]|~[01])*)?");
  if (format == "ipv4") return check_ipv4(text);
  if (format == "ipv6") return check_ipv6(text);
  if (format == "hostname") return check_hostname(text);
  if (format == "email") return check_email(text);
  if (format == "date") return check_date(text);
  if (format == "time") return check_time(text);
  if (format == "date-time") return check_date_time(text);
  if (format == "uuid") return check_form(text, kUuid, "must have 5 elements");
  if (format == "uri" || format == "iri") return check_form(text, kUri, "relative url");
  if (format == "json-pointer") return check_form(text, kPointer, "not starting with /");
  if (format == "regex") return tmpl::regex_mistake(text);
  return std::nullopt;
}

}  // namespace jibe::helm
