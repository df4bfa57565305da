// Cron expressions as CronJobs use them (robfig/cron v3's standard parser: five fields, names,
// steps, lists, @hourly and the like, "TZ=UTC"). Times are UTC. Pure.
#pragma once
#include <array>
#include <bitset>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace jibe::twin {

class CronSchedule {
 public:
  // Throws base::InvalidInput with a sentence that quotes the text.
  static CronSchedule parse(const std::string& text);

  // The first time after `time` (whole minutes, or whole periods of @every); nullopt where there is
  // none in five years.
  std::optional<base::Time> next(base::Time time) const;

 private:
  bool day_matches(int day, int month, int weekday) const;

  // Minute, hour, day of month, month, day of week.
  std::array<std::bitset<64>, 5> fields_;
  // Of the two day fields: written as a star, so that the other alone decides.
  bool any_day_ = false;
  bool any_weekday_ = false;
  base::Duration every_{};
};

}  // namespace jibe::twin
