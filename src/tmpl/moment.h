// Go's time.Time: an instant with a zone, formatted and parsed by example layouts
// ("2006-01-02T15:04:05Z07:00").
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "tmpl/zone.h"

namespace jibe::tmpl {

// The zero time, 0001-01-01 00:00:00 UTC, in seconds since 1970.
inline constexpr int64_t kZeroTime = -62135596800;

struct Moment {
  int64_t second = kZeroTime;  // since 1970, UTC
  int nanosecond = 0;
  ZonePtr zone = utc_zone();
};

// The clock on the wall in the moment's zone.
struct WallClock {
  int year;
  int month;  // 1 … 12
  int day;
  int weekday;   // Sunday is 0
  int year_day;  // 1 …
  int hour;
  int minute;
  int second;
  ZoneMoment zone;
};

WallClock wall_clock(const Moment& moment);
// Fields may lie outside their ranges (month 13 is January of the next year).
Moment from_wall_clock(int64_t year, int64_t month, int64_t day, int64_t second_of_day,
                       int nanosecond, const ZonePtr& zone);
Moment add_nanoseconds(const Moment& moment, int64_t nanoseconds);
// b - a, held within int64.
int64_t nanoseconds_between(const Moment& a, const Moment& b);

std::string month_name(int month);
std::string weekday_name(int weekday);

std::string format_moment(const Moment& moment, std::string_view layout);
// Where the text names no zone, `zone`. Throws base::InvalidInput with Go's words.
Moment parse_moment(std::string_view layout, std::string_view text, const ZonePtr& zone);

// One element of a layout.
enum class Element : uint8_t {
  kNone,
  kLongMonth,
  kMonth,
  kNumericMonth,
  kZeroMonth,
  kLongWeekday,
  kWeekday,
  kDay,
  kUnderDay,
  kZeroDay,
  kUnderYearDay,
  kZeroYearDay,
  kHour,
  kHour12,
  kZeroHour12,
  kMinute,
  kZeroMinute,
  kSecond,
  kZeroSecond,
  kLongYear,
  kYear,
  kUpperPm,
  kLowerPm,
  kZoneName,
  kOffset,        // one of the numeric forms
  kFractionZero,  // .000
  kFractionNine,  // .999
};

struct Chunk {
  std::string_view prefix;  // literal text before
  Element element = Element::kNone;
  std::string_view text;    // the element as written
  std::string_view suffix;  // what is left
};
Chunk next_chunk(std::string_view layout);

// What a numeric zone element looks like, from its text: "Z07:00", "-0700", "-07" …
struct OffsetForm {
  bool z_for_utc;
  bool colons;
  bool minutes;
  bool seconds;
};
OffsetForm offset_form(std::string_view text);

}  // namespace jibe::tmpl
