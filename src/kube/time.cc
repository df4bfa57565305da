#include "kube/time.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

namespace jibe::kube {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;

std::string date_and_clock(base::Time time) {
  auto day = floor<days>(time);
  std::chrono::year_month_day date(day);
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     seconds / 3600, seconds / 60 % 60, seconds % 60);
}

// Reads from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  // Exactly `width` digits.
  bool take_number(int width, int& out) {
    if (text_.size() < static_cast<size_t>(width)) return false;
    const char* begin = text_.data();
    auto [end, error] = std::from_chars(begin, begin + width, out);
    if (error != std::errc() || end != begin + width || *begin == '-') return false;
    text_.remove_prefix(width);
    return true;
  }
  std::string_view take_digits() {
    size_t n = 0;
    while (n < text_.size() && text_[n] >= '0' && text_[n] <= '9') ++n;
    std::string_view digits = text_.substr(0, n);
    text_.remove_prefix(n);
    return digits;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(0, word.size()) != word) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  bool empty() const { return text_.empty(); }

 private:
  std::string_view text_;
};

// Nanoseconds of the digits behind a decimal point; further digits are cut off.
int64_t nanoseconds(std::string_view digits) {
  int64_t out = 0;
  for (size_t i = 0; i < 9; ++i) out = out * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  return out;
}

std::optional<std::chrono::minutes> offset(Scanner& in) {
  if (in.take('Z') || in.take('z')) return std::chrono::minutes(0);
  bool minus = in.take('-');
  if (!minus && !in.take('+')) return std::nullopt;
  int hours = 0;
  int minutes = 0;
  if (!in.take_number(2, hours) || !in.take(':') || !in.take_number(2, minutes)) {
    return std::nullopt;
  }
  std::chrono::minutes out(hours * 60 + minutes);
  return minus ? -out : out;
}

struct Unit {
  std::string_view name;
  double nanoseconds;
};
// Longer names first where one begins with another.
constexpr Unit kUnits[] = {{"ns", 1},   {"us", 1e3}, {"µs", 1e3}, {"μs", 1e3},
                           {"ms", 1e6}, {"s", 1e9},  {"m", 60e9}, {"h", 3600e9}};

}  // namespace

std::string format_time(base::Time time) {
  return date_and_clock(time) + "Z";
}

std::string format_micro_time(base::Time time) {
  auto part = time - floor<std::chrono::seconds>(time);
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(part).count();
  return date_and_clock(time) + fmt::format(".{:06}Z", micros);
}

std::optional<base::Time> parse_time(std::string_view text) {
  Scanner in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  bool ok = in.take_number(4, year) && in.take('-') && in.take_number(2, month) && in.take('-') &&
            in.take_number(2, day) && (in.take('T') || in.take('t')) && in.take_number(2, hour) &&
            in.take(':') && in.take_number(2, minute) && in.take(':') && in.take_number(2, second);
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                   std::chrono::day(day)};
  if (!ok || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  int64_t fraction = 0;
  if (in.take('.')) {
    std::string_view digits = in.take_digits();
    if (digits.empty()) return std::nullopt;
    fraction = nanoseconds(digits);
  }
  auto shift = offset(in);
  if (!shift || !in.empty()) return std::nullopt;
  base::Time midnight = sys_days(date);
  return midnight + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::nanoseconds(fraction) - *shift;
}

std::optional<base::Duration> parse_duration(std::string_view text) {
  Scanner in(text);
  bool minus = in.take('-');
  if (!minus) in.take('+');
  if (in.empty()) return std::nullopt;
  if (text.substr(text.size() - 1) == "0" && in.take('0') && in.empty()) return base::Duration(0);
  in = Scanner(text.substr(minus || text.front() == '+' ? 1 : 0));
  double total = 0;
  while (!in.empty()) {
    std::string number(in.take_digits());
    if (in.take('.')) number += "." + std::string(in.take_digits());
    if (number.empty() || number == ".") return std::nullopt;
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (in.take_word(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (unit == nullptr) return std::nullopt;
    total += std::stod("0" + number) * unit->nanoseconds;
  }
  if (total > 9.2e18) return std::nullopt;
  return base::Duration(std::llround(minus ? -total : total));
}

}  // namespace jibe::kube
