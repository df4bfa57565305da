#include "tmpl/time_object.h"

#include <cmath>

#include "base/error.h"
#include "tmpl/duration.h"

namespace jibe::tmpl {

namespace {

constexpr Type kTime{Kind::kStruct, "time.Time", nullptr, true};
constexpr Type kDuration{Kind::kInt64, "time.Duration", nullptr, true};
constexpr Type kMonth{Kind::kInt, "time.Month", nullptr, true};
constexpr Type kWeekday{Kind::kInt, "time.Weekday", nullptr, true};
constexpr std::string_view kStringLayout = "2006-01-02 15:04:05.999999999 -0700 MST";
constexpr std::string_view kRfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  for (std::string_view each : names)
    if (each == name) return true;
  return false;
}

const Moment& moment_of(const Any& any) {
  return static_cast<TimeObject&>(any.host()).moment();
}
int64_t number_of(const Any& any) {
  return static_cast<TimeNumber&>(any.host()).value();
}

}  // namespace

Any TimeObject::make(Moment moment) {
  return Any(Ref<Host>(new TimeObject(std::move(moment))));
}

const Type& TimeObject::type() const {
  return kTime;
}

const Signature* TimeObject::method(std::string_view name) const {
  static const Signature kNone("");
  static const Signature kText("string");
  static const Signature kOther("time.Time");
  static const Signature kSpan("time.Duration");
  static const Signature kDate("int, int, int");
  if (is_one_of(name, {"Unix", "UnixMilli", "UnixMicro", "UnixNano", "Year", "Month", "Day", "Hour",
                       "Minute", "Second", "Nanosecond", "Weekday", "YearDay", "UTC", "Local",
                       "String", "IsZero"}))
    return &kNone;
  if (name == "Format") return &kText;
  if (is_one_of(name, {"Before", "After", "Equal", "Compare", "Sub"})) return &kOther;
  if (is_one_of(name, {"Add", "Truncate", "Round"})) return &kSpan;
  if (name == "AddDate") return &kDate;
  return nullptr;
}

Any TimeObject::number(std::string_view method) const {
  if (method == "Unix") return Any::int64(moment_.second);
  if (method == "UnixMilli")
    return Any::int64(moment_.second * 1000 + moment_.nanosecond / 1000000);
  if (method == "UnixMicro")
    return Any::int64(moment_.second * 1000000 + moment_.nanosecond / 1000);
  if (method == "UnixNano") return Any::int64(moment_.second * 1000000000 + moment_.nanosecond);
  WallClock clock = wall_clock(moment_);
  if (method == "Year") return Any::integer(clock.year);
  if (method == "Month") return TimeNumber::month(clock.month);
  if (method == "Day") return Any::integer(clock.day);
  if (method == "Hour") return Any::integer(clock.hour);
  if (method == "Minute") return Any::integer(clock.minute);
  if (method == "Second") return Any::integer(clock.second);
  if (method == "Nanosecond") return Any::integer(moment_.nanosecond);
  if (method == "Weekday") return TimeNumber::weekday(clock.weekday);
  return Any::integer(clock.year_day);
}

Any TimeObject::compared(std::string_view method, const Moment& other) const {
  int64_t apart = nanoseconds_between(other, moment_);
  if (method == "Sub") return TimeNumber::duration(apart);
  if (method == "Before") return Any(apart < 0);
  if (method == "After") return Any(apart > 0);
  if (method == "Equal") return Any(apart == 0);
  return Any::integer(apart < 0 ? -1 : apart > 0 ? 1 : 0);
}

Any TimeObject::call(CallContext&, std::string_view method, std::span<Any> args) {
  if (method == "Format") return Any(format_moment(moment_, args[0].as_string()));
  if (method == "String") return Any(*text());
  if (method == "IsZero") return Any(moment_.second == kZeroTime && moment_.nanosecond == 0);
  if (method == "UTC" || method == "Local")
    return make({moment_.second, moment_.nanosecond, utc_zone()});
  if (method == "Add") return make(add_nanoseconds(moment_, number_of(args[0])));
  if (method == "Truncate" || method == "Round") {
    int64_t unit = number_of(args[0]);
    if (unit <= 0) return make(moment_);
    // Go counts from the zero time, and so do multiples of a unit.
    auto since =
        static_cast<__int128>(moment_.second - kZeroTime) * 1000000000 + moment_.nanosecond;
    auto rest = static_cast<int64_t>(since % unit);
    bool up = method == "Round" && rest + rest >= unit;
    return make(add_nanoseconds(moment_, up ? unit - rest : -rest));
  }
  if (method == "AddDate") {
    WallClock clock = wall_clock(moment_);
    int64_t seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second;
    return make(from_wall_clock(clock.year + args[0].as_int(), clock.month + args[1].as_int(),
                                clock.day + args[2].as_int(), seconds, moment_.nanosecond,
                                moment_.zone));
  }
  if (is_one_of(method, {"Before", "After", "Equal", "Compare", "Sub"}))
    return compared(method, moment_of(args[0]));
  return number(method);
}

std::optional<std::string> TimeObject::text() const {
  return format_moment(moment_, kStringLayout);
}

data::Value TimeObject::to_value() const {
  return data::Value(format_moment(moment_, kRfc3339Nano));
}

bool TimeObject::equals(const Host& other) const {
  const Moment& o = static_cast<const TimeObject&>(other).moment_;
  return moment_.second == o.second && moment_.nanosecond == o.nanosecond && moment_.zone == o.zone;
}

Any TimeNumber::duration(int64_t n) {
  return Any(Ref<Host>(new TimeNumber(kDuration, n)));
}
Any TimeNumber::month(int64_t n) {
  return Any(Ref<Host>(new TimeNumber(kMonth, n)));
}
Any TimeNumber::weekday(int64_t n) {
  return Any(Ref<Host>(new TimeNumber(kWeekday, n)));
}

const Signature* TimeNumber::method(std::string_view name) const {
  static const Signature kNone("");
  if (name == "String") return &kNone;
  bool measure = is_one_of(
      name, {"Hours", "Minutes", "Seconds", "Milliseconds", "Microseconds", "Nanoseconds", "Abs"});
  return measure && type_ == &kDuration ? &kNone : nullptr;
}

Any TimeNumber::call(CallContext&, std::string_view method, std::span<Any>) {
  auto d = static_cast<double>(value_);
  if (method == "String") return Any(*text());
  if (method == "Hours") return Any(d / 3600e9);
  if (method == "Minutes") return Any(d / 60e9);
  if (method == "Seconds") return Any(d / 1e9);
  if (method == "Milliseconds") return Any::int64(value_ / 1000000);
  if (method == "Microseconds") return Any::int64(value_ / 1000);
  if (method == "Abs") return duration(value_ < 0 ? -value_ : value_);
  return Any::int64(value_);
}

std::optional<std::string> TimeNumber::text() const {
  if (type_ == &kDuration) return format_duration(value_);
  if (type_ == &kMonth) return month_name(static_cast<int>(value_));
  return weekday_name(static_cast<int>(value_));
}

bool TimeNumber::equals(const Host& other) const {
  return value_ == static_cast<const TimeNumber&>(other).value_;
}

}  // namespace jibe::tmpl
