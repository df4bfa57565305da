// Sprig's numbers; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {R"({{ atoi "42" }})", "42"},
    {R"({{ atoi "x" }})", "0"},
    {R"({{ atoi "99999999999999999999" }})", "9223372036854775807"},
    {R"({{ int "0x1F" }})", "31"},
    {R"({{ int "010" }})", "8"},
    {R"({{ int64 "3.0" }})", "3"},
    {"{{ int 3.9 }}", "3"},
    {"{{ int true }}", "1"},
    {"{{ int .n }}", "0"},
    {R"({{ float64 "1.5" }})", "1.5"},
    {R"({{ float64 "x" }})", "0"},
    {R"({{ int "3.5" }})", "0"},
    {"{{ int .l }}", "0"},
    {R"({{ int "1_000" }})", "1000"},
    {"{{ int64 .big }}", "1000000"},
    {R"({{ toDecimal "0777" }})", "511"},
    {"{{ toDecimal 777 }}", "511"},
    {R"({{ toDecimal "9" }})", "0"},
    {"{{ add 1 2 3 }}", "6"},
    {"{{ add }}", "0"},
    {"{{ add1 5 }}", "6"},
    {"{{ sub 5 3 }}", "2"},
    {"{{ mul 2 3 4 }}", "24"},
    {"{{ div 7 2 }}", "3"},
    {"{{ mod 7 3 }}", "1"},
    {"{{ mod -7 3 }}", "-1"},
    {"{{ div -7 2 }}", "-3"},
    {R"({{ add "1" 2.7 true }})", "4"},
    {"{{ add1f 1.1 }}", "2.1"},
    {"{{ addf 0.1 0.2 }}", "0.3"},
    {"{{ subf 1 0.9 }}", "0.1"},
    {"{{ mulf 1.1 1.1 }}", "1.21"},
    {"{{ divf 10 3 }}", "3.3333333333333335"},
    {"{{ divf 2 3 }}", "0.6666666666666667"},
    {"{{ divf -2 3 }}", "-0.6666666666666667"},
    {"{{ addf }}", "0"},
    {R"({{ addf 1 2 "3.5" }})", "6.5"},
    {"{{ mulf 1e20 1e10 }}", "1e+30"},
    {"{{ divf 1 1e10 }}", "1e-10"},
    {"{{ subf 5 1 1 }}", "3"},
    {"{{ addf 1e-20 1 }}", "1"},
    {"{{ max 1 3 2 }}", "3"},
    {"{{ min 3 1 2 }}", "1"},
    {"{{ biggest 1 2 }}", "2"},
    {"{{ maxf 1.5 2.5 }}", "2.5"},
    {R"({{ minf 1.5 "0.5" }})", "0.5"},
    {"{{ ceil 1.2 }}", "2"},
    {"{{ floor -1.2 }}", "-2"},
    {"{{ round 123.555555 3 }}", "123.556"},
    {"{{ round 123.5555 3 0.6 }}", "123.555"},
    {"{{ round 2.5 0 }}", "3"},
    {"{{ round -1.55 1 }}", "-1.6"},
    {R"({{ ceil "x" }})", "0"},
    {"{{ until 5 }}", "[0 1 2 3 4]"},
    {"{{ until -3 }}", "[0 -1 -2]"},
    {"{{ untilStep 3 10 2 }}", "[3 5 7 9]"},
    {"{{ untilStep 10 3 -2 }}", "[10 8 6 4]"},
    {"{{ untilStep 3 10 -2 }}", "[]"},
    {"{{ until 0 }}", "[]"},
    {"{{ untilStep 0 3 0 }}", "[]"},
    {"{{ seq 5 }}", "1 2 3 4 5"},
    {"{{ seq -3 }}", "1 0 -1 -2 -3"},
    {"{{ seq 2 5 }}", "2 3 4 5"},
    {"{{ seq 5 2 }}", "5 4 3 2"},
    {"{{ seq 1 2 10 }}", "1 3 5 7 9"},
    {"{{ seq 10 -2 1 }}", "10 8 6 4 2"},
    {"{{ seq 10 2 1 }}", ""},
    {"{{ seq }}", ""},
    {"{{ seq 1 2 3 4 }}", ""},
    {"{{ seq 0 2 10 }}", "0 2 4 6 8 10"},
    {"{{ seq 1 -2 10 }}", ""},
};

TEST(SprigNumbers, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {"{{ div 1 0 }}", R"(1:3: executing "t" at <div 1 0>: error calling div: runtime )"
                      "error: integer divide by zero"},
    {"{{ mod 1 0 }}", R"(1:3: executing "t" at <mod 1 0>: error calling mod: runtime )"
                      "error: integer divide by zero"},
    {"{{ divf 1 0 }}", R"(1:3: executing "t" at <divf 1 0>: error calling divf: decimal )"
                       "division by 0"},
    {R"({{ int .i | trunc "abc" }})",
     R"(1:18: executing "t" at <"abc">: expected integer; found "abc")"},
};

TEST(SprigNumbers, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
