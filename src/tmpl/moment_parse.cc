// time.ParseInLocation.
#include <chrono>

#include "base/error.h"
#include "base/strings.h"
#include "tmpl/duration.h"
#include "tmpl/moment.h"
#include "tmpl/number.h"

namespace jibe::tmpl {

namespace {

// The text does not fit the element.
struct Mismatch {};
// It fits, but the number is none that a clock or calendar has.
struct OutOfRange {
  const char* what;
};

bool digit(std::string_view text, size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

class MomentParser {
 public:
  MomentParser(std::string_view layout, std::string_view text, const ZonePtr& zone)
      : layout_(layout), text_(text), value_(text), default_zone_(zone) {}

  Moment run() {
    for (std::string_view rest = layout_;;) {
      Chunk chunk = next_chunk(rest);
      skip(chunk.prefix);
      if (chunk.element == Element::kNone) {
        if (!value_.empty()) fail(": extra text: " + time_quote(value_));
        return finish();
      }
      rest = chunk.suffix;
      following_ = rest;
      std::string_view held = value_;
      try {
        take(chunk);
      } catch (const Mismatch&) {
        cannot_parse(held, chunk.text);
      } catch (const OutOfRange& range) {
        fail(std::string(": ") + range.what + " out of range");
      }
    }
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw base::InvalidInput("parsing time " + time_quote(text_) + message);
  }

  [[noreturn]] void cannot_parse(std::string_view value, std::string_view element) const {
    throw base::InvalidInput("parsing time " + time_quote(text_) + " as " + time_quote(layout_) +
                             ": cannot parse " + time_quote(value) + " as " + time_quote(element));
  }

  // Literal text; a run of spaces in the layout stands for any run of spaces.
  void skip(std::string_view prefix) {
    std::string_view whole = prefix;
    auto cut_spaces = [](std::string_view& s) {
      while (s.starts_with(' ')) s.remove_prefix(1);
    };
    while (!prefix.empty()) {
      if (prefix[0] == ' ') {
        if (!value_.empty() && value_[0] != ' ') cannot_parse(value_, whole);
        cut_spaces(prefix);
        cut_spaces(value_);
        continue;
      }
      if (value_.empty() || value_[0] != prefix[0]) cannot_parse(value_, whole);
      prefix.remove_prefix(1);
      value_.remove_prefix(1);
    }
  }

  std::string_view cut(size_t size) {
    if (value_.size() < size) throw Mismatch();
    std::string_view out = value_.substr(0, size);
    value_.remove_prefix(size);
    return out;
  }

  int number(size_t least, size_t most) {
    size_t size = 0;
    int out = 0;
    while (size < most && digit(value_, size)) out = out * 10 + (value_[size++] - '0');
    if (size < least || size == 0) throw Mismatch();
    value_.remove_prefix(size);
    return out;
  }

  int ranged(size_t least, int low, int high, const char* what) {
    int out = number(least, 2);
    if (out < low || out > high) throw OutOfRange{what};
    return out;
  }

  template <class NameOf>
  int name(NameOf name_of, int first, int count, size_t size) {
    for (int i = first; i < first + count; ++i) {
      std::string name = name_of(i).substr(0, size);
      if (value_.size() < name.size()) continue;
      if (!base::equal_ignoring_case(value_.substr(0, name.size()), name)) continue;
      value_.remove_prefix(name.size());
      return i;
    }
    throw Mismatch();
  }

  void take(const Chunk& chunk) {
    constexpr size_t kWhole = std::string::npos;
    switch (chunk.element) {
      case Element::kYear:
        year_ = number(2, 2);
        year_ += year_ >= 69 ? 1900 : 2000;
        return;
      case Element::kLongYear:
        year_ = number(4, 4);
        return;
      case Element::kMonth:
        month_ = name(month_name, 1, 12, 3);
        return;
      case Element::kLongMonth:
        month_ = name(month_name, 1, 12, kWhole);
        return;
      case Element::kNumericMonth:
      case Element::kZeroMonth:
        month_ = ranged(chunk.text.size(), 1, 12, "month");
        return;
      case Element::kWeekday:
        name(weekday_name, 0, 7, 3);
        return;
      case Element::kLongWeekday:
        name(weekday_name, 0, 7, kWhole);
        return;
      default:
        return take_day(chunk);
    }
  }

  void take_day(const Chunk& chunk) {
    switch (chunk.element) {
      case Element::kUnderDay:
        if (value_.starts_with(' ')) value_.remove_prefix(1);
        day_ = number(1, 2);
        return;
      case Element::kDay:
      case Element::kZeroDay:
        day_ = number(chunk.text.size(), 2);
        return;
      case Element::kUnderYearDay:
        for (int i = 0; i < 2 && value_.starts_with(' '); ++i) value_.remove_prefix(1);
        year_day_ = number(1, 3);
        return;
      case Element::kZeroYearDay:
        year_day_ = number(3, 3);
        return;
      default:
        return take_time(chunk);
    }
  }

  void take_time(const Chunk& chunk) {
    switch (chunk.element) {
      case Element::kHour:
        hour_ = ranged(1, 0, 23, "hour");
        return;
      case Element::kHour12:
      case Element::kZeroHour12:
        hour_ = ranged(chunk.text.size(), 0, 12, "hour");
        return;
      case Element::kMinute:
      case Element::kZeroMinute:
        minute_ = ranged(chunk.text.size(), 0, 59, "minute");
        return;
      case Element::kSecond:
      case Element::kZeroSecond:
        second_ = ranged(chunk.text.size(), 0, 59, "second");
        return take_unannounced_fraction();
      case Element::kUpperPm:
        return take_half(cut(2), "AM", "PM");
      case Element::kLowerPm:
        return take_half(cut(2), "am", "pm");
      case Element::kOffset:
        return take_offset(offset_form(chunk.text));
      case Element::kZoneName:
        return take_zone_name();
      case Element::kFractionZero:
        return take_fraction(chunk.text.size());
      default:
        if (fraction_ahead()) take_fraction(fraction_size());
    }
  }

  void take_half(std::string_view text, std::string_view am, std::string_view pm) {
    if (text != am && text != pm) throw Mismatch();
    (text == am ? am_ : pm_) = true;
  }

  bool fraction_ahead() const {
    return value_.size() >= 2 && (value_[0] == '.' || value_[0] == ',') && digit(value_, 1);
  }

  size_t fraction_size() const {
    size_t size = 1;
    while (digit(value_, size)) ++size;
    return size;
  }

  // Seconds may have a fraction that the layout does not mention.
  void take_unannounced_fraction() {
    if (!fraction_ahead()) return;
    Element next = next_chunk(following_).element;
    if (next == Element::kFractionZero || next == Element::kFractionNine) return;
    take_fraction(fraction_size());
  }

  void take_fraction(size_t size) {
    std::string_view text = cut(size);
    if (text[0] != '.' && text[0] != ',') throw Mismatch();
    nanosecond_ = 0;
    for (size_t i = 1; i < 10; ++i) {
      if (i < text.size() && !digit(text, i)) throw Mismatch();
      nanosecond_ = nanosecond_ * 10 + (i < text.size() ? text[i] - '0' : 0);
    }
  }

  void take_offset(const OffsetForm& form) {
    if (form.z_for_utc && value_.starts_with('Z')) {
      value_.remove_prefix(1);
      zone_ = utc_zone();
      return;
    }
    std::string_view sign = cut(1);
    auto field = [&](bool present) {
      if (!present) return 0;
      if (form.colons && cut(1) != ":") throw Mismatch();
      return number(2, 2);
    };
    int hours = number(2, 2);
    int minutes = field(form.minutes);
    int seconds = field(form.seconds);
    if (hours > 24) throw OutOfRange{"time zone offset hour"};
    if (minutes > 60) throw OutOfRange{"time zone offset minute"};
    if (seconds > 60) throw OutOfRange{"time zone offset second"};
    if (sign != "+" && sign != "-") throw Mismatch();
    int offset = (hours * 60 + minutes) * 60 + seconds;
    offset_ = sign == "-" ? -offset : offset;
  }

  static size_t signed_offset_size(std::string_view text) {
    if (!text.starts_with('-') && !text.starts_with('+')) return 0;
    size_t size = 1;
    int hours = 0;
    while (digit(text, size) && size < 6) hours = hours * 10 + (text[size++] - '0');
    return size == 1 || hours > 23 ? 0 : size;
  }

  size_t zone_name_size() const {
    if (value_.size() < 3) return 0;
    if (value_.starts_with("ChST") || value_.starts_with("MeST")) return 4;
    if (value_.starts_with("GMT")) return 3 + signed_offset_size(value_.substr(3));
    if (value_[0] == '+' || value_[0] == '-') return signed_offset_size(value_);
    size_t upper = 0;
    while (upper < 6 && upper < value_.size() && value_[upper] >= 'A' && value_[upper] <= 'Z')
      ++upper;
    if (upper == 5) return value_[4] == 'T' ? 5 : 0;
    if (upper == 4) return value_[3] == 'T' || value_.starts_with("WITA") ? 4 : 0;
    return upper == 3 ? 3 : 0;
  }

  void take_zone_name() {
    if (value_.starts_with("UTC")) {
      value_.remove_prefix(3);
      zone_ = utc_zone();
      return;
    }
    size_t size = zone_name_size();
    if (size == 0) throw Mismatch();
    zone_name_ = cut(size);
  }

  void resolve_year_day() {
    using namespace std::chrono;
    if (year_day_ < 1 || year_day_ > (year(year_).is_leap() ? 366 : 365))
      fail(": day-of-year out of range");
    year_month_day ymd{sys_days(year(year_) / 1 / 1) + days(year_day_ - 1)};
    auto month = static_cast<int>(static_cast<unsigned>(ymd.month()));
    auto day = static_cast<int>(static_cast<unsigned>(ymd.day()));
    if (month_ >= 0 && month_ != month) fail(": day-of-year does not match month");
    if (day_ >= 0 && day_ != day) fail(": day-of-year does not match day");
    month_ = month;
    day_ = day;
  }

  Moment finish() {
    using namespace std::chrono;
    if (pm_ && hour_ < 12) hour_ += 12;
    if (!pm_ && am_ && hour_ == 12) hour_ = 0;
    if (year_day_ >= 0) resolve_year_day();
    if (month_ < 0) month_ = 1;
    if (day_ < 0) day_ = 1;
    year_month_day ymd = year(year_) / month_ / day_;
    if (!ymd.ok()) fail(": day out of range");
    int seconds = (hour_ * 60 + minute_) * 60 + second_;
    auto in = [&](const ZonePtr& zone) {
      return from_wall_clock(year_, month_, day_, seconds, nanosecond_, zone);
    };
    if (zone_) return in(zone_);
    if (offset_) return with_offset(in(utc_zone()), *offset_);
    if (!zone_name_.empty()) return with_zone_name(in(utc_zone()));
    return in(default_zone_);
  }

  Moment with_offset(Moment moment, int offset) const {
    moment.second -= offset;
    ZoneMoment local = default_zone_->at(moment.second);
    bool is_local =
        local.offset == offset && (zone_name_.empty() || local.abbreviation == zone_name_);
    moment.zone = is_local ? default_zone_ : fixed_zone(zone_name_, offset);
    return moment;
  }

  // An abbreviation alone says nothing of the offset, unless it is the local one or GMT+n.
  Moment with_zone_name(Moment moment) const {
    ZoneMoment local = default_zone_->at(moment.second);
    if (local.abbreviation == zone_name_) {
      moment.second -= local.offset;
      moment.zone = default_zone_;
      return moment;
    }
    int offset = 0;
    if (zone_name_.size() > 3 && zone_name_.starts_with("GMT"))
      offset = static_cast<int>(parse_int(zone_name_.substr(3), 10).value) * 3600;
    moment.zone = fixed_zone(zone_name_, offset);
    return moment;
  }

  std::string_view layout_;
  std::string_view text_;
  std::string_view value_;
  std::string_view following_;
  const ZonePtr& default_zone_;
  int year_ = 0;
  int month_ = -1;
  int day_ = -1;
  int year_day_ = -1;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  int nanosecond_ = 0;
  bool am_ = false;
  bool pm_ = false;
  ZonePtr zone_;
  std::optional<int> offset_;
  std::string zone_name_;
};

}  // namespace

Moment parse_moment(std::string_view layout, std::string_view text, const ZonePtr& zone) {
  return MomentParser(layout, text, zone).run();
}

}  // namespace jibe::tmpl
