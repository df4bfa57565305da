#include "base/time_text.h"

#include <fmt/core.h>

#include "base/error.h"

namespace jibe::base {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

std::string format(Time time, int digits) {
  auto day = floor<days>(time);
  std::chrono::year_month_day date(day);
  auto rest = time - day;
  auto whole = floor<seconds>(rest).count();
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
                  unsigned(date.day()), whole / 3600, whole / 60 % 60, whole % 60);
  if (digits > 0) {
    auto nanos = fmt::format("{:09}", (rest - seconds(whole)).count());
    text += '.' + nanos.substr(0, static_cast<size_t>(digits));
  }
  return text + 'Z';
}

// Reads the parts of one timestamp from left to right.
class Reader {
 public:
  explicit Reader(std::string_view text) : whole_(text), rest_(text) {}

  [[noreturn]] void refuse() const {
    throw InvalidInput(
        fmt::format("\"{}\" is not a time; write it like 2026-01-01T00:00:00Z (RFC 3339)", whole_));
  }
  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!skip(c)) refuse();
  }
  int number(size_t digits, int low, int high) {
    if (rest_.size() < digits) refuse();
    int value = 0;
    for (char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') refuse();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    if (value < low || value > high) refuse();
    return value;
  }
  // Digits beyond the ninth are below a nanosecond and are dropped.
  Duration fraction() {
    int64_t nanos = 0;
    int64_t unit = 100'000'000;
    bool any = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      nanos += (rest_.front() - '0') * unit;
      unit /= 10;
      any = true;
      rest_.remove_prefix(1);
    }
    if (!any) refuse();
    return Duration(nanos);
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view whole_;
  std::string_view rest_;
};

}  // namespace

std::string format_rfc3339(Time time) {
  return format(time, 0);
}
std::string format_rfc3339_millis(Time time) {
  return format(time, 3);
}
std::string format_rfc3339_micros(Time time) {
  return format(time, 6);
}
std::string format_rfc3339_nanos(Time time) {
  return format(time, 9);
}

Time parse_rfc3339(std::string_view text) {
  Reader in(text);
  int year = in.number(4, 0, 9999);
  in.expect('-');
  auto month = static_cast<unsigned>(in.number(2, 1, 12));
  in.expect('-');
  auto day = static_cast<unsigned>(in.number(2, 1, 31));
  if (!in.skip('T') && !in.skip('t')) in.refuse();
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                   std::chrono::day(day)};
  // Nanoseconds since 1970 in 64 bits end in the years 1677 and 2262.
  if (!date.ok() || year < 1678 || year > 2261) in.refuse();
  Duration time = std::chrono::hours(in.number(2, 0, 23));
  in.expect(':');
  time += std::chrono::minutes(in.number(2, 0, 59));
  in.expect(':');
  time += seconds(in.number(2, 0, 60));
  if (in.skip('.')) time += in.fraction();
  Duration offset{};
  if (!in.skip('Z') && !in.skip('z')) {
    int sign = in.skip('-') ? -1 : 1;
    if (sign > 0) in.expect('+');
    offset = std::chrono::hours(in.number(2, 0, 23));
    in.expect(':');
    offset += std::chrono::minutes(in.number(2, 0, 59));
    offset *= sign;
  }
  if (!in.at_end()) in.refuse();
  return Time(std::chrono::sys_days(date)) + time - offset;
}

}  // namespace jibe::base
