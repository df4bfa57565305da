#include "twin/controllers/cron_plan.h"

#include <fmt/core.h>

#include <charconv>
#include <map>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::twin {

namespace {

struct Range {
  int first;
  int last;
  // Names count from `first`.
  std::vector<std::string_view> names;
};

const std::array<Range, 5>& ranges() {
  static const std::array<Range, 5> all{
      Range{0, 59, {}}, Range{0, 23, {}}, Range{1, 31, {}},
      Range{1,
            12,
            {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
      Range{0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}};
  return all;
}

[[noreturn]] void refuse(const std::string& text, std::string_view why) {
  throw base::InvalidInput(fmt::format("The schedule \"{}\" is not understood: {}.", text, why));
}

int parse_number(std::string_view part, const Range& range, const std::string& text) {
  const std::string lower = base::lower(part);
  for (size_t i = 0; i < range.names.size(); ++i)
    if (lower == range.names[i]) return range.first + static_cast<int>(i);
  int number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error != std::errc() || end != part.data() + part.size())
    refuse(text, fmt::format("\"{}\" is no number", part));
  // Sunday by its other number.
  return range.last == 6 && number == 7 ? 0 : number;
}

std::bitset<64> parse_field(std::string_view field, const Range& range, const std::string& text) {
  std::bitset<64> bits;
  for (const std::string_view item : base::split(field, ',')) {
    const base::Cut step_cut = base::cut(item, "/");
    int step = 1;
    if (step_cut.found) step = parse_number(step_cut.after, Range{0, 0, {}}, text);
    int first = range.first;
    int last = range.last;
    if (step_cut.before != "*" && step_cut.before != "?") {
      const base::Cut span = base::cut(step_cut.before, "-");
      first = parse_number(span.before, range, text);
      last = span.found ? parse_number(span.after, range, text) : first;
      if (!span.found && step_cut.found) last = range.last;
    }
    if (step <= 0 || first < range.first || last > range.last || first > last)
      refuse(text, fmt::format("\"{}\" is outside of {}-{}", item, range.first, range.last));
    for (int i = first; i <= last; i += step) bits.set(static_cast<size_t>(i));
  }
  return bits;
}

std::string expand(const std::string& text) {
  static const std::map<std::string, std::string> known{
      {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
      {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
      {"@hourly", "0 * * * *"}};
  const auto it = known.find(text);
  return it == known.end() ? text : it->second;
}

// "1h30m" as Go's time.ParseDuration reads it; hours, minutes and seconds alone.
base::Duration parse_span(std::string_view span, const std::string& text) {
  base::Duration sum{};
  while (!span.empty()) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(span.data(), span.data() + span.size(), number);
    if (error != std::errc() || end == span.data() + span.size()) refuse(text, "no duration");
    if (*end == 'h') sum += std::chrono::hours(number);
    if (*end == 'm') sum += std::chrono::minutes(number);
    if (*end == 's') sum += std::chrono::seconds(number);
    span.remove_prefix(static_cast<size_t>(end - span.data()) + 1);
  }
  if (sum < std::chrono::seconds(1)) refuse(text, "the period is under a second");
  return sum;
}

}  // namespace

CronSchedule CronSchedule::parse(const std::string& text) {
  CronSchedule schedule;
  std::string_view rest = base::trim(text);
  if (rest.starts_with("TZ=UTC ")) rest = base::trim(rest.substr(7));
  if (rest.starts_with("CRON_TZ=UTC ")) rest = base::trim(rest.substr(12));
  if (rest.starts_with("@every ")) {
    schedule.every_ = parse_span(base::trim(rest.substr(7)), text);
    return schedule;
  }
  const std::string expanded = expand(std::string(rest));
  std::vector<std::string_view> parts = base::split(expanded, ' ');
  std::erase(parts, "");
  if (parts.size() != 5)
    refuse(text, fmt::format("five fields are expected and {} found", parts.size()));
  for (size_t i = 0; i < 5; ++i) schedule.fields_[i] = parse_field(parts[i], ranges()[i], text);
  schedule.any_day_ = parts[2].starts_with('*') || parts[2] == "?";
  schedule.any_weekday_ = parts[4].starts_with('*') || parts[4] == "?";
  return schedule;
}

bool CronSchedule::day_matches(int day, int month, int weekday) const {
  if (!fields_[3].test(static_cast<size_t>(month))) return false;
  const bool by_day = fields_[2].test(static_cast<size_t>(day));
  const bool by_weekday = fields_[4].test(static_cast<size_t>(weekday));
  // Two restrictions of the day mean either, as in every cron.
  return any_day_ || any_weekday_ ? by_day && by_weekday : by_day || by_weekday;
}

std::optional<base::Time> CronSchedule::next(base::Time time) const {
  using std::chrono::days;
  using std::chrono::minutes;
  if (every_ > base::Duration::zero()) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time + every_);
    return base::Time(whole.time_since_epoch());
  }
  auto minute = std::chrono::floor<minutes>(time) + minutes(1);
  const auto limit = minute + days(5 * 366);
  while (minute < limit) {
    const auto day = std::chrono::floor<days>(minute);
    const std::chrono::year_month_day date{day};
    const std::chrono::weekday weekday{day};
    if (!day_matches(static_cast<int>(static_cast<unsigned>(date.day())),
                     static_cast<int>(static_cast<unsigned>(date.month())),
                     static_cast<int>(weekday.c_encoding()))) {
      minute = day + days(1);
      continue;
    }
    const auto of_day = (minute - day).count();
    if (!fields_[1].test(static_cast<size_t>(of_day / 60))) {
      minute = day + std::chrono::hours(of_day / 60 + 1);
      continue;
    }
    if (fields_[0].test(static_cast<size_t>(of_day % 60)))
      return base::Time(minute.time_since_epoch());
    minute += minutes(1);
  }
  return std::nullopt;
}

}  // namespace jibe::twin
