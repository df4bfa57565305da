#include "tmpl/moment.h"

#include <fmt/core.h>

#include <chrono>
#include <limits>

namespace jibe::tmpl {

namespace {

constexpr int64_t kDay = 86400;
constexpr int64_t kBillion = 1000000000;

int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  using namespace std::chrono;
  sys_days days =
      std::chrono::year(static_cast<int>(year)) / std::chrono::month(month) / std::chrono::day(day);
  return days.time_since_epoch().count();
}

const char* const kMonths[] = {"January",   "February", "March",    "April",
                               "May",       "June",     "July",     "August",
                               "September", "October",  "November", "December"};
const char* const kWeekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                 "Thursday", "Friday", "Saturday"};

struct Spelling {
  std::string_view text;
  Element element;
  // "Jan" is no month in "Januar".
  bool no_lower_case_behind = false;
};

// Longer spellings before those that begin like them.
constexpr Spelling kSpellings[] = {
    {"January", Element::kLongMonth},
    {"Jan", Element::kMonth, true},
    {"Monday", Element::kLongWeekday},
    {"Mon", Element::kWeekday, true},
    {"MST", Element::kZoneName},
    {"002", Element::kZeroYearDay},
    {"01", Element::kZeroMonth},
    {"02", Element::kZeroDay},
    {"03", Element::kZeroHour12},
    {"04", Element::kZeroMinute},
    {"05", Element::kZeroSecond},
    {"06", Element::kYear},
    {"15", Element::kHour},
    {"1", Element::kNumericMonth},
    {"2006", Element::kLongYear},
    {"2", Element::kDay},
    {"_2", Element::kUnderDay},
    {"__2", Element::kUnderYearDay},
    {"3", Element::kHour12},
    {"4", Element::kMinute},
    {"5", Element::kSecond},
    {"PM", Element::kUpperPm},
    {"pm", Element::kLowerPm},
    {"-070000", Element::kOffset},
    {"-07:00:00", Element::kOffset},
    {"-0700", Element::kOffset},
    {"-07:00", Element::kOffset},
    {"-07", Element::kOffset},
    {"Z070000", Element::kOffset},
    {"Z07:00:00", Element::kOffset},
    {"Z0700", Element::kOffset},
    {"Z07:00", Element::kOffset},
    {"Z07", Element::kOffset},
};

bool digit_at(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// The size of ".000" or ",999" at the start; 0 where there is none.
size_t fraction_size(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',')) return 0;
  char digit = text[1];
  if (digit != '0' && digit != '9') return 0;
  size_t size = 1;
  while (size < text.size() && text[size] == digit) ++size;
  return digit_at(text, size) ? 0 : size;
}

const Spelling* spelling_at(std::string_view text) {
  for (const Spelling& s : kSpellings) {
    if (!text.starts_with(s.text)) continue;
    bool lower =
        text.size() > s.text.size() && text[s.text.size()] >= 'a' && text[s.text.size()] <= 'z';
    if (!s.no_lower_case_behind || !lower) return &s;
  }
  return nullptr;
}

}  // namespace

std::string month_name(int month) {
  if (month >= 1 && month <= 12) return kMonths[month - 1];
  return fmt::format("%!Month({})", month);
}

std::string weekday_name(int weekday) {
  if (weekday >= 0 && weekday <= 6) return kWeekdays[weekday];
  return fmt::format("%!Weekday({})", weekday);
}

Chunk next_chunk(std::string_view layout) {
  for (size_t i = 0; i < layout.size(); ++i) {
    std::string_view here = layout.substr(i);
    auto found = [&](Element element, size_t size) {
      return Chunk{layout.substr(0, i), element, here.substr(0, size), here.substr(size)};
    };
    // "_2006" is an underscore and a year.
    if (here.starts_with("_2006")) {
      ++i;
      here.remove_prefix(1);
      return found(Element::kLongYear, 4);
    }
    if (size_t size = fraction_size(here))
      return found(here[1] == '0' ? Element::kFractionZero : Element::kFractionNine, size);
    if (const Spelling* s = spelling_at(here)) return found(s->element, s->text.size());
  }
  return {layout, Element::kNone, {}, {}};
}

OffsetForm offset_form(std::string_view text) {
  size_t colon = text.find(':');
  bool colons = colon != std::string_view::npos;
  return {text[0] == 'Z', colons, text.size() > 3, text.size() > 6};
}

WallClock wall_clock(const Moment& moment) {
  using namespace std::chrono;
  ZoneMoment zone = moment.zone->at(moment.second);
  int64_t local = moment.second + zone.offset;
  int64_t day_number = floor_divide(local, kDay);
  auto rest = static_cast<int>(local - day_number * kDay);
  year_month_day ymd{sys_days(days(static_cast<int>(day_number)))};
  WallClock out;
  out.year = static_cast<int>(ymd.year());
  out.month = static_cast<int>(static_cast<unsigned>(ymd.month()));
  out.day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  out.weekday = static_cast<int>(((day_number + 4) % 7 + 7) % 7);
  out.year_day = static_cast<int>(day_number - days_from_civil(out.year, 1, 1)) + 1;
  out.hour = rest / 3600;
  out.minute = rest % 3600 / 60;
  out.second = rest % 60;
  out.zone = std::move(zone);
  return out;
}

Moment from_wall_clock(int64_t year, int64_t month, int64_t day, int64_t second_of_day,
                       int nanosecond, const ZonePtr& zone) {
  int64_t months = month - 1;
  year += floor_divide(months, 12);
  auto month_number = static_cast<unsigned>(months - floor_divide(months, 12) * 12 + 1);
  int64_t days = days_from_civil(year, month_number, 1) + day - 1;
  int64_t second = days * kDay + second_of_day;
  Moment out{second, nanosecond, zone};
  // The offset that holds at the wanted wall time: guess, then correct once, as Go does.
  int offset = zone->at(second).offset;
  if (offset != 0) out.second = second - zone->at(second - offset).offset;
  return out;
}

Moment add_nanoseconds(const Moment& moment, int64_t nanoseconds) {
  Moment out = moment;
  int64_t whole = floor_divide(nanoseconds, kBillion);
  int64_t fraction = nanoseconds - whole * kBillion + moment.nanosecond;
  out.second += whole + fraction / kBillion;
  out.nanosecond = static_cast<int>(fraction % kBillion);
  return out;
}

int64_t nanoseconds_between(const Moment& a, const Moment& b) {
  int64_t seconds = b.second - a.second;
  int64_t out = 0;
  if (__builtin_mul_overflow(seconds, kBillion, &out) ||
      __builtin_add_overflow(out, int64_t{b.nanosecond} - a.nanosecond, &out))
    return seconds < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  return out;
}

}  // namespace jibe::tmpl
