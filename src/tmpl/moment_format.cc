#include <fmt/core.h>

#include <cstdlib>

#include "tmpl/moment.h"

namespace jibe::tmpl {

namespace {

std::string padded(int value, int width) {
  bool negative = value < 0;
  return (negative ? "-" : "") + fmt::format("{:0{}d}", std::abs(value), width);
}

int hour12(const WallClock& clock) {
  return clock.hour % 12 == 0 ? 12 : clock.hour % 12;
}

std::string offset_text(int offset, const OffsetForm& form) {
  if (offset == 0 && form.z_for_utc) return "Z";
  int minutes = offset / 60;
  std::string out = minutes < 0 ? "-" : "+";
  minutes = std::abs(minutes);
  out += padded(minutes / 60, 2);
  if (form.minutes) out += (form.colons ? ":" : "") + padded(minutes % 60, 2);
  if (form.seconds) out += (form.colons ? ":" : "") + padded(std::abs(offset) % 60, 2);
  return out;
}

std::string fraction_text(int nanosecond, std::string_view form, bool trim) {
  std::string digits = padded(nanosecond, 9).substr(0, form.size() - 1);
  if (digits.size() < form.size() - 1) digits.append(form.size() - 1 - digits.size(), '0');
  if (trim) {
    digits.resize(digits.find_last_not_of('0') + 1);
    if (digits.empty()) return "";
  }
  return form[0] + digits;
}

std::string zone_name(const ZoneMoment& zone) {
  if (!zone.abbreviation.empty()) return zone.abbreviation;
  return offset_text(zone.offset, {false, false, true, false});
}

std::string date_text(const WallClock& clock, Element element) {
  switch (element) {
    case Element::kLongMonth:
      return month_name(clock.month);
    case Element::kMonth:
      return month_name(clock.month).substr(0, 3);
    case Element::kNumericMonth:
      return std::to_string(clock.month);
    case Element::kZeroMonth:
      return padded(clock.month, 2);
    case Element::kLongWeekday:
      return weekday_name(clock.weekday);
    case Element::kWeekday:
      return weekday_name(clock.weekday).substr(0, 3);
    case Element::kDay:
      return std::to_string(clock.day);
    case Element::kUnderDay:
      return fmt::format("{:2d}", clock.day);
    case Element::kZeroDay:
      return padded(clock.day, 2);
    case Element::kUnderYearDay:
      return fmt::format("{:3d}", clock.year_day);
    case Element::kZeroYearDay:
      return padded(clock.year_day, 3);
    case Element::kLongYear:
      return padded(clock.year, 4);
    default:
      return padded(std::abs(clock.year) % 100, 2);
  }
}

std::string clock_text(const WallClock& clock, Element element) {
  switch (element) {
    case Element::kHour:
      return padded(clock.hour, 2);
    case Element::kHour12:
      return std::to_string(hour12(clock));
    case Element::kZeroHour12:
      return padded(hour12(clock), 2);
    case Element::kMinute:
      return std::to_string(clock.minute);
    case Element::kZeroMinute:
      return padded(clock.minute, 2);
    case Element::kSecond:
      return std::to_string(clock.second);
    case Element::kZeroSecond:
      return padded(clock.second, 2);
    case Element::kUpperPm:
      return clock.hour >= 12 ? "PM" : "AM";
    default:
      return clock.hour >= 12 ? "pm" : "am";
  }
}

}  // namespace

std::string format_moment(const Moment& moment, std::string_view layout) {
  WallClock clock = wall_clock(moment);
  std::string out;
  while (!layout.empty()) {
    Chunk chunk = next_chunk(layout);
    out += chunk.prefix;
    layout = chunk.suffix;
    switch (chunk.element) {
      case Element::kNone:
        return out;
      case Element::kZoneName:
        out += zone_name(clock.zone);
        break;
      case Element::kOffset:
        out += offset_text(clock.zone.offset, offset_form(chunk.text));
        break;
      case Element::kFractionZero:
      case Element::kFractionNine:
        out +=
            fraction_text(moment.nanosecond, chunk.text, chunk.element == Element::kFractionNine);
        break;
      case Element::kHour:
      case Element::kHour12:
      case Element::kZeroHour12:
      case Element::kMinute:
      case Element::kZeroMinute:
      case Element::kSecond:
      case Element::kZeroSecond:
      case Element::kUpperPm:
      case Element::kLowerPm:
        out += clock_text(clock, chunk.element);
        break;
      default:
        out += date_text(clock, chunk.element);
    }
  }
  return out;
}

}  // namespace jibe::tmpl
