#include "kube/time.h"

#include <gtest/gtest.h>

namespace jibe::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

base::Time at(int64_t since_epoch_s) {
  return base::Time(seconds(since_epoch_s));
}

TEST(Time, IsWrittenInUtc) {
  EXPECT_EQ(format_time(at(1'767'225'600)), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(at(951'782'399) + milliseconds(999)), "2000-02-28T23:59:59Z");
  EXPECT_EQ(format_micro_time(at(0) + milliseconds(1)), "1970-01-01T00:00:00.001000Z");
}

TEST(Time, IsReadWithFractionAndOffset) {
  EXPECT_EQ(parse_time("2026-01-01T00:00:00Z"), at(1'767'225'600));
  EXPECT_EQ(parse_time("2026-01-01T02:30:00.5+02:30"), at(1'767'225'600) + milliseconds(500));
  EXPECT_EQ(parse_time("2025-12-31T23:00:00-01:00"), at(1'767'225'600));
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-01-01", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
                           "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00Zx",
                           "2026-01-01T00:00:00.Z", "2026-01-01 00:00:00Z"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(Duration, IsReadAsGoDoes) {
  EXPECT_EQ(parse_duration("1h15m"), minutes(75));
  EXPECT_EQ(parse_duration("300ms"), milliseconds(300));
  EXPECT_EQ(parse_duration("-1.5s"), milliseconds(-1500));
  EXPECT_EQ(parse_duration("10m"), minutes(10));
  EXPECT_EQ(parse_duration("0"), seconds(0));
  EXPECT_EQ(parse_duration(".5m"), seconds(30));
}

TEST(Duration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "10", "m", "1d", "1h 5m", "-", "1.2.3s", "."}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace jibe::kube
