// now, date, dateModify, ago, duration … The local zone is UTC.
#include "tmpl/duration.h"
#include "tmpl/number.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/time_object.h"

namespace jibe::tmpl {

namespace {

Moment now(CallContext& context) {
  constexpr int64_t kBillion = 1000000000;
  int64_t since = context.clock().now().time_since_epoch().count();
  int64_t fraction = (since % kBillion + kBillion) % kBillion;
  return {(since - fraction) / kBillion, static_cast<int>(fraction), utc_zone()};
}

const Moment* as_time(const Any& any) {
  if (!any.is_host()) return nullptr;
  auto time = dynamic_cast<const TimeObject*>(&any.host());
  return time ? &time->moment() : nullptr;
}

// A time, or seconds since 1970; anything else is now.
Moment moment_or_now(CallContext& context, const Any& any) {
  if (const Moment* time = as_time(any)) return *time;
  if (any.kind() == Kind::kInt || any.kind() == Kind::kInt64) return {any.as_int(), 0, utc_zone()};
  return now(context);
}

Any date_in_zone(CallContext& context, const std::string& layout, const Any& date,
                 const std::string& zone_name) {
  Moment moment = moment_or_now(context, date);
  ZonePtr zone = load_zone(zone_name);
  moment.zone = zone ? zone : utc_zone();
  return Any(format_moment(moment, layout));
}

Any modified(Args a, bool must) {
  const Moment& moment = *as_time(a[1]);
  try {
    return TimeObject::make(add_nanoseconds(moment, parse_duration(a[0].as_string())));
  } catch (const InvalidInput&) {
    if (must) throw;
    return a[1];
  }
}

Any parsed(Args a, bool must) {
  try {
    return TimeObject::make(parse_moment(a[0].as_string(), a[1].as_string(), utc_zone()));
  } catch (const InvalidInput&) {
    if (must) throw;
    return TimeObject::make(Moment());
  }
}

Any ago(CallContext& context, Args a) {
  constexpr int64_t kSecond = 1000000000;
  Moment then = moment_or_now(context, a[0]);
  return Any(format_duration(round_duration(nanoseconds_between(then, now(context)), kSecond)));
}

Any duration(CallContext&, Args a) {
  int64_t seconds = 0;
  if (a[0].is_string()) seconds = parse_int(a[0].as_string(), 10).value;
  if (a[0].kind() == Kind::kInt64) seconds = a[0].as_int();
  auto nanoseconds = static_cast<uint64_t>(seconds) * 1000000000U;
  return Any(format_duration(static_cast<int64_t>(nanoseconds)));
}

int64_t span_of(CallContext& context, const Any& any) {
  if (any.kind() == Kind::kInt64) return any.as_int();
  if (const Moment* time = as_time(any)) return nanoseconds_between(*time, now(context));
  if (!any.is_string()) return 0;
  try {
    return parse_duration(any.as_string());
  } catch (const InvalidInput&) {
    return 0;
  }
}

Any duration_round(CallContext& context, Args a) {
  struct Unit {
    uint64_t seconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{31536000, "y"}, {2592000, "mo"}, {86400, "d"},
                             {3600, "h"},     {60, "m"},       {1, "s"}};
  int64_t span = span_of(context, a[0]);
  auto size = static_cast<uint64_t>(span);
  if (span < 0) size = 0 - size;
  for (const Unit& unit : kUnits) {
    uint64_t nanoseconds = unit.seconds * 1000000000;
    if (size > nanoseconds) return Any(std::to_string(size / nanoseconds) + unit.name);
  }
  return Any("0s");
}

void add_formats(FunctionTable& table) {
  table.add("date", "string, any", [](CallContext& c, Args a) {
    return date_in_zone(c, a[0].as_string(), a[1], "Local");
  });
  table.add("htmlDate", "any",
            [](CallContext& c, Args a) { return date_in_zone(c, "2006-01-02", a[0], "Local"); });
  table.add("htmlDateInZone", "any, string", [](CallContext& c, Args a) {
    return date_in_zone(c, "2006-01-02", a[0], a[1].as_string());
  });
  for (const char* name : {"dateInZone", "date_in_zone"})
    table.add(name, "string, any, string", [](CallContext& c, Args a) {
      return date_in_zone(c, a[0].as_string(), a[1], a[2].as_string());
    });
}

}  // namespace

void add_dates(FunctionTable& table) {
  add_formats(table);
  table.add("now", "", [](CallContext& c, Args) { return TimeObject::make(now(c)); });
  for (const char* name : {"dateModify", "date_modify"})
    table.add(name, "string, time.Time", [](CallContext&, Args a) { return modified(a, false); });
  for (const char* name : {"mustDateModify", "must_date_modify"})
    table.add(name, "string, time.Time", [](CallContext&, Args a) { return modified(a, true); });
  table.add("toDate", "string, string", [](CallContext&, Args a) { return parsed(a, false); });
  table.add("mustToDate", "string, string", [](CallContext&, Args a) { return parsed(a, true); });
  table.add("unixEpoch", "time.Time",
            [](CallContext&, Args a) { return Any(std::to_string(as_time(a[0])->second)); });
  table.add("ago", "any", ago);
  table.add("duration", "any", duration);
  table.add("durationRound", "any", duration_round);
}

}  // namespace jibe::tmpl
