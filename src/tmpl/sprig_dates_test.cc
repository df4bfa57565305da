// Sprig's dates; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {R"({{ $t := toDate "2006-01-02 15:04:05" "2023-08-15 14:07:09" )"
     R"(}}{{ $t }}|{{ date "January Jan 1 01 Monday Mon 2 _2 02 002 )"
     "__2 15 3 03 4 04 5 05 2006 06 PM pm MST Z0700 Z07:00 Z07 -0700 "
     "-07:00 -07 -070000 -07:00:00 Z070000 Z07:00:00 .000 .999 ,000 "
     R"(_2006 Januar Mo 2006-01-02T15:04:05.000000Z" $t }})",
     "2023-08-15 14:07:09 +0000 UTC|August Aug 8 08 Tuesday Tue 15 "
     "15 15 227 227 14 2 02 7 07 9 09 2023 23 PM pm UTC Z Z Z +0000 "
     "+00:00 +00 +000000 +00:00:00 Z Z .000  ,000 _2023 Januar Mo "
     "2023-08-15T14:07:09.000000Z"},
    {"{{ htmlDate 0 }}", "1970-01-01"},
    {R"({{ mustDateModify "1h1.5m3s5ms6us7ns8µs" (toDate "2006" "2020") )"
     "}}",
     "2020-01-01 01:01:33.005014007 +0000 UTC"},
    {R"({{ toDate "2006-01-02" "bad" }})", "0001-01-01 00:00:00 +0000 UTC"},
    {R"({{ mustToDate "2006-01-02T15:04:05Z07:00" "2020-02-03T04:05:06+02:00" )"
     "}}",
     "2020-02-03 04:05:06 +0200 +0200"},
    {R"({{ mustToDate "2006-01-02T15:04:05Z07:00" "2020-02-03T04:05:06.789Z" )"
     "}}",
     "2020-02-03 04:05:06.789 +0000 UTC"},
    {R"({{ mustToDate "Mon Jan _2 15:04:05 MST 2006" "Mon Feb  3 04:05:06 )"
     R"(CET 2020" }})",
     "2020-02-03 04:05:06 +0000 CET"},
    {R"({{ mustToDate "3:04PM" "11:30AM" }})", "0000-01-01 11:30:00 +0000 UTC"},
    {R"({{ mustToDate "06-002" "20-366" }})", "2020-12-31 00:00:00 +0000 UTC"},
    {R"({{ mustToDate "2006 .000" "2020 .123" }})", "2020-01-01 00:00:00.123 +0000 UTC"},
    {R"({{ mustToDate "Jan 2 2006" "feb 03 2020" }})", "2020-02-03 00:00:00 +0000 UTC"},
    {R"({{ mustToDate "2006 MST" "2020 GMT+3" }})", "2020-01-01 03:00:00 +0300 GMT+3"},
    {R"({{ mustToDate "2006 -0700" "2020 +0000" }})", "2020-01-01 00:00:00 +0000 UTC"},
    {R"({{ duration "95" }})", "1m35s"},
    {"{{ duration (int64 3661) }}", "1h1m1s"},
    {"{{ duration 95 }}", "0s"},
    {R"({{ duration "x" }})", "0s"},
    {R"({{ durationRound "2h10m5s" }})", "2h"},
    {"{{ durationRound (int64 90000000000) }}", "1m"},
    {R"({{ durationRound "800h" }})", "1mo"},
    {R"({{ durationRound "0s" }})", "0s"},
    {R"({{ durationRound "-25h" }})", "1d"},
    {"{{ durationRound 5 }}", "0s"},
    {R"({{ duration "0" }})", "0s"},
    {R"({{ date "2006" "x" | len }})", "4"},
    {R"({{ (toDate "2006-01-02" "2024-02-29").Year | add 1 }})", "2025"},
};

TEST(SprigDates, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {R"({{ mustDateModify "x" (toDate "2006" "2020") }})",
     R"(1:3: executing "t" at <mustDateModify "x" (toDate "2006" "2020")>: )"
     R"(error calling mustDateModify: time: invalid duration "x")"},
    {R"({{ mustDateModify "5" (toDate "2006" "2020") }})",
     R"(1:3: executing "t" at <mustDateModify "5" (toDate "2006" "2020")>: )"
     "error calling mustDateModify: time: missing unit in duration "
     R"("5")"},
    {R"({{ mustDateModify "5q" (toDate "2006" "2020") }})",
     R"(1:3: executing "t" at <mustDateModify "5q" (toDate "2006" "2020")>: )"
     R"(error calling mustDateModify: time: unknown unit "q" in duration )"
     R"("5q")"},
    {R"({{ mustDateModify "" (toDate "2006" "2020") }})",
     R"(1:3: executing "t" at <mustDateModify "" (toDate "2006" "2020")>: )"
     R"(error calling mustDateModify: time: invalid duration "")"},
    {R"({{ dateModify "1h" "x" }})",
     R"(1:19: executing "t" at <"x">: can't handle "x" for arg of type )"
     "time.Time"},
    {R"({{ mustToDate "2006-01-02" "bad" }})",
     R"(1:3: executing "t" at <mustToDate "2006-01-02" "bad">: error )"
     R"(calling mustToDate: parsing time "bad" as "2006-01-02": cannot )"
     R"(parse "bad" as "2006")"},
    {R"({{ mustToDate "2006-01-02" "2020-13-01" }})",
     R"(1:3: executing "t" at <mustToDate "2006-01-02" "2020-13-01">: )"
     R"(error calling mustToDate: parsing time "2020-13-01": month out )"
     "of range"},
    {R"({{ mustToDate "2006-01-02" "2020-02-30" }})",
     R"(1:3: executing "t" at <mustToDate "2006-01-02" "2020-02-30">: )"
     R"(error calling mustToDate: parsing time "2020-02-30": day out )"
     "of range"},
    {R"({{ mustToDate "2006-01-02" "2020-02-03x" }})",
     R"(1:3: executing "t" at <mustToDate "2006-01-02" "2020-02-03x">: )"
     R"(error calling mustToDate: parsing time "2020-02-03x": extra )"
     R"(text: "x")"},
    {R"({{ mustToDate "15:04" "25:00" }})",
     R"(1:3: executing "t" at <mustToDate "15:04" "25:00">: error calling )"
     R"(mustToDate: parsing time "25:00": hour out of range)"},
    {R"({{ mustToDate "2006-01-02" "2020/01/02" }})",
     R"(1:3: executing "t" at <mustToDate "2006-01-02" "2020/01/02">: )"
     R"(error calling mustToDate: parsing time "2020/01/02" as "2006-01-02": )"
     R"(cannot parse "/01/02" as "-")"},
    {R"({{ mustToDate "15:04:05" "1:2:3" }})",
     R"(1:3: executing "t" at <mustToDate "15:04:05" "1:2:3">: error )"
     R"(calling mustToDate: parsing time "1:2:3" as "15:04:05": cannot )"
     R"(parse "2:3" as "04")"},
    {R"({{ (toDate "2006-01-02" "2024-02-29").Nope }})",
     R"(1:24: executing "t" at <"2024-02-29">: can't evaluate field )"
     "Nope in type time.Time"},
    {R"({{ (toDate "2006-01-02" "2024-02-29").Format }})",
     R"(1:24: executing "t" at <"2024-02-29">: wrong number of args )"
     "for Format: want 1 got 0"},
    {"{{ unixEpoch 3 }}",
     R"(1:13: executing "t" at <3>: can't handle 3 for arg of type time.Time)"},
};

TEST(SprigDates, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
