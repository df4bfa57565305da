// POSIX TZ rules, with RFC 8536's hours beyond a day.
#include <chrono>

#include "tmpl/zone.h"

namespace jibe::tmpl {

namespace {

constexpr int64_t kDay = 86400;
constexpr int kDefaultHour = 2 * 3600;

// When summer time begins or ends in a year.
struct Date {
  enum class Kind { kMonthWeek, kJulian, kDayOfYear } kind = Kind::kMonthWeek;
  int month = 0;
  int week = 0;
  int day = 0;
  int time = kDefaultHour;
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}
  bool ok() const { return ok_; }
  bool done() const { return rest_.empty(); }

  bool accept(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!accept(c)) ok_ = false;
  }

  std::string name() {
    bool angle = accept('<');
    size_t size = 0;
    while (size < rest_.size() &&
           (angle ? rest_[size] != '>' : isalpha(static_cast<unsigned char>(rest_[size])) != 0))
      ++size;
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (angle) expect('>');
    if (out.size() < 3) ok_ = false;
    return out;
  }

  int number() {
    size_t size = 0;
    int value = 0;
    while (size < rest_.size() && size < 4 && isdigit(static_cast<unsigned char>(rest_[size])))
      value = value * 10 + (rest_[size++] - '0');
    if (size == 0) ok_ = false;
    rest_.remove_prefix(size);
    return value;
  }

  // [+-]hh[:mm[:ss]] in seconds.
  int time() {
    bool negative = accept('-');
    if (!negative) accept('+');
    int seconds = number() * 3600;
    if (accept(':')) seconds += number() * 60;
    if (accept(':')) seconds += number();
    return negative ? -seconds : seconds;
  }

  Date date() {
    Date out;
    if (accept('M')) {
      out.month = number();
      expect('.');
      out.week = number();
      expect('.');
      out.day = number();
      if (out.month < 1 || out.month > 12 || out.week < 1 || out.week > 5 || out.day > 6)
        ok_ = false;
    } else if (accept('J')) {
      out.kind = Date::Kind::kJulian;
      out.day = number();
    } else {
      out.kind = Date::Kind::kDayOfYear;
      out.day = number();
    }
    if (accept('/')) out.time = time();
    return out;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Seconds since 1970 at which the date comes in this year, by a clock that shows UTC.
int64_t second_of(const Date& date, int year) {
  using namespace std::chrono;
  auto first = [&](unsigned m) {
    return sys_days(std::chrono::year(year) / month(m) / day(1)).time_since_epoch().count();
  };
  bool leap = std::chrono::year(year).is_leap();
  int64_t days = first(1);
  if (date.kind == Date::Kind::kDayOfYear) {
    days += date.day;
  } else if (date.kind == Date::Kind::kJulian) {
    days += date.day - 1 + (leap && date.day >= 60 ? 1 : 0);
  } else {
    auto month_number = static_cast<unsigned>(date.month);
    days = first(month_number);
    auto weekday = static_cast<int>((days % 7 + 7 + 4) % 7);
    days += (date.day - weekday + 7) % 7 + 7 * (date.week - 1);
    int64_t next = date.month == 12
                       ? sys_days(std::chrono::year(year + 1) / 1 / 1).time_since_epoch().count()
                       : first(month_number + 1);
    if (days >= next) days -= 7;
  }
  return days * kDay + date.time;
}

int year_of(int64_t second) {
  using namespace std::chrono;
  int64_t days = second / kDay - (second % kDay < 0 ? 1 : 0);
  year_month_day ymd{sys_days(std::chrono::days(static_cast<int>(days)))};
  return static_cast<int>(ymd.year());
}

}  // namespace

std::optional<ZoneMoment> apply_zone_rule(const std::string& rule, int64_t second) {
  RuleReader in(rule);
  ZoneMoment standard;
  standard.abbreviation = in.name();
  standard.offset = -in.time();
  if (!in.ok()) return std::nullopt;
  if (in.done()) return standard;
  ZoneMoment summer;
  summer.abbreviation = in.name();
  summer.offset = standard.offset + 3600;
  if (!in.accept(',')) {
    summer.offset = -in.time();
    in.expect(',');
  }
  Date begin = in.date();
  in.expect(',');
  Date end = in.date();
  if (!in.ok() || !in.done()) return std::nullopt;
  int year = year_of(second + standard.offset);
  int64_t begins = second_of(begin, year) - standard.offset;
  int64_t ends = second_of(end, year) - summer.offset;
  // In the south, summer time lasts over the new year.
  bool in_summer =
      begins < ends ? second >= begins && second < ends : second >= begins || second < ends;
  return in_summer ? summer : standard;
}

}  // namespace jibe::tmpl
