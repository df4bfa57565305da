#include "base/time_text.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::base {
namespace {

TEST(TimeText, WritesWhatKubernetesWrites) {
  Time time(Duration(1'767'225'600'123'456'789));
  EXPECT_EQ(format_rfc3339(time), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339_millis(time), "2026-01-01T00:00:00.123Z");
  EXPECT_EQ(format_rfc3339_micros(time), "2026-01-01T00:00:00.123456Z");
  EXPECT_EQ(format_rfc3339_nanos(time), "2026-01-01T00:00:00.123456789Z");
  EXPECT_EQ(format_rfc3339_nanos(Time(Duration(-1))), "1969-12-31T23:59:59.999999999Z");
}

TEST(TimeText, ReadsFractionsAndOffsets) {
  Time time(Duration(1'767'225'600'120'000'000));
  EXPECT_EQ(parse_rfc3339("2026-01-01T00:00:00.12Z"), time);
  EXPECT_EQ(parse_rfc3339("2026-01-01T02:00:00.12+02:00"), time);
  EXPECT_EQ(parse_rfc3339("2025-12-31T18:30:00.12-05:30"), time);
  EXPECT_EQ(parse_rfc3339("2024-02-29T00:00:00Z") - parse_rfc3339("2024-02-28T00:00:00Z"),
            std::chrono::hours(24));
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z",
                           "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-1-01T00:00:00Z",
                           "2026-01-01T25:00:00Z", "2026-01-01T00:00:00 02:00"})
    EXPECT_THROW(parse_rfc3339(text), InvalidInput) << text;
}

}  // namespace
}  // namespace jibe::base
