// Comparison, logic, index, len, slice, escaping; expectations are Go 1.26's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatGoGives[] = {
    {"{{ and .t .s }}", "abc"},
    {"{{ and .fa .s.x.y }}", "false"},
    {"{{ or .e .s }}", "abc"},
    {"{{ or .e .n }}", "<no value>"},
    {"{{ not .t }}", "false"},
    {"{{ eq .i 3.0 }}", "true"},
    {R"({{ eq .s "abc" "d" }})", "true"},
    {R"({{ eq .s "d" "abc" }})", "true"},
    {R"({{ ne .s "d" }})", "true"},
    {"{{ eq .n nil }}", "true"},
    {"{{ eq .missing nil }}", "true"},
    {"{{ eq .n .missing }}", "true"},
    {"{{ eq .s nil }}", "false"},
    {"{{ eq .el .n }}", "false"},
    {"{{ lt 1 2 }}", "true"},
    {"{{ le 2 2 }}", "true"},
    {"{{ gt 3 2 }}", "true"},
    {"{{ ge 2 3 }}", "false"},
    {R"({{ lt "a" "b" }})", "true"},
    {"{{ lt 1.5 2.5 }}", "true"},
    {"{{ index .l 1 }}", "a"},
    {R"({{ index .m "b" "c" }})", "d"},
    {R"({{ index .m "nope" }})", "<no value>"},
    {"{{ index .s 1 }}", "98"},
    {"{{ len .l }}", "5"},
    {"{{ len .s }}", "3"},
    {"{{ len .m }}", "3"},
    {"{{ len .u }}", "13"},
    {R"({{ html "<a href='x'>&\"" }})", "&lt;a href=&#39;x&#39;&gt;&amp;&#34;"},
    {R"({{ urlquery "a b&c/é" }})", "a+b%26c%2F%C3%A9"},
    {"{{ eq (index .l 3) nil }}", "true"},
    {"{{ ge .i 2.0 }}", "true"},
    {"{{ gt .big 3.0 }}", "true"},
};

TEST(Builtins, give_what_go_gives) {
  expect_outputs(kGiveWhatGoGives);
}

constexpr Case kFailAsGoFails[] = {
    {"{{ and }}", R"(1:3: executing "t" at <and>: wrong number of args for and: want )"
                  "at least 1 got 0"},
    {"{{ eq .i 3 }}", R"(1:3: executing "t" at <eq .i 3>: error calling eq: incompatible )"
                      "types for comparison: float64 and int"},
    {"{{ eq .s 1 }}", R"(1:3: executing "t" at <eq .s 1>: error calling eq: incompatible )"
                      "types for comparison: string and int"},
    {"{{ eq .l .l }}", R"(1:3: executing "t" at <eq .l .l>: error calling eq: non-comparable )"
                       "type [%!s(float64=1) a %!s(float64=2.5) <nil> %!s(bool=true)]: "
                       "[]interface {}"},
    {"{{ eq .m .l }}", R"(1:3: executing "t" at <eq .m .l>: error calling eq: non-comparable )"
                       "types map[a:%!s(float64=1) b:map[c:d n:<nil>] z:[%!s(float64=1) "
                       "%!s(float64=2)]]: map[string]interface {}, []interface {}: [1 "
                       "a 2.5 <nil> true]"},
    {"{{ eq .m .m }}", R"(1:3: executing "t" at <eq .m .m>: error calling eq: non-comparable )"
                       "type map[a:%!s(float64=1) b:map[c:d n:<nil>] z:[%!s(float64=1) "
                       "%!s(float64=2)]]: map[string]interface {}"},
    {"{{ eq }}", R"(1:3: executing "t" at <eq>: wrong number of args for eq: want )"
                 "at least 1 got 0"},
    {"{{ eq .s }}", R"(1:3: executing "t" at <eq .s>: error calling eq: missing argument )"
                    "for comparison"},
    {"{{ eq 1 1.0 }}", R"(1:3: executing "t" at <eq 1 1.0>: error calling eq: incompatible )"
                       "types for comparison: int and float64"},
    {"{{ lt .i 2 }}", R"(1:3: executing "t" at <lt .i 2>: error calling lt: incompatible )"
                      "types for comparison: float64 and int"},
    {"{{ lt .t .fa }}", R"(1:3: executing "t" at <lt .t .fa>: error calling lt: invalid )"
                        "type for comparison"},
    {"{{ lt .n 1 }}", R"(1:3: executing "t" at <lt .n 1>: error calling lt: invalid type )"
                      "for comparison"},
    {"{{ index .l 9 }}", R"(1:3: executing "t" at <index .l 9>: error calling index: index )"
                         "out of range: 9"},
    {"{{ index .l 5 }}", R"(1:3: executing "t" at <index .l 5>: error calling index: reflect: )"
                         "slice index out of range"},
    {R"({{ index .l "a" }})",
     R"(1:3: executing "t" at <index .l "a">: error calling index: cannot )"
     "index slice/array with type string"},
    {"{{ index .l -1 }}", R"(1:3: executing "t" at <index .l -1>: error calling index: index )"
                          "out of range: -1"},
    {"{{ index .l .i }}", R"(1:3: executing "t" at <index .l .i>: error calling index: cannot )"
                          "index slice/array with type float64"},
    {"{{ index .m 1 }}", R"(1:3: executing "t" at <index .m 1>: error calling index: value )"
                         "has type int; should be string"},
    {"{{ index .n 1 }}", R"(1:3: executing "t" at <index .n 1>: error calling index: index )"
                         "of untyped nil"},
    {R"({{ index .m "nope" "x" }})",
     R"(1:3: executing "t" at <index .m "nope" "x">: error calling index: )"
     "index of nil pointer"},
    {"{{ index 3 1 }}", R"(1:3: executing "t" at <index 3 1>: error calling index: can't )"
                        "index item of type int"},
    {"{{ len .n }}", R"(1:3: executing "t" at <len .n>: error calling len: len of nil )"
                     "pointer"},
    {"{{ len 3 }}", R"(1:3: executing "t" at <len 3>: error calling len: len of type )"
                    "int"},
    {R"({{ js "it's <b> \"x\" )"
     "\n"
     R"( é" }})",
     "1: unterminated quoted string"},
    {"{{ slice .s 1 }}", R"(1:3: executing "t" at <slice .s 1>: error calling slice: list )"
                         "should be type of slice or array but string"},
    {"{{ slice .s 1 2 }}", R"(1:3: executing "t" at <slice .s 1 2>: error calling slice: list )"
                           "should be type of slice or array but string"},
    {"{{ slice .s 5 }}", R"(1:3: executing "t" at <slice .s 5>: error calling slice: list )"
                         "should be type of slice or array but string"},
    {"{{ call nil }}", R"(1:3: executing "t" at <call nil>: error calling call: call of )"
                       "nil"},
};

TEST(Builtins, fail_as_go_fails) {
  expect_errors(kFailAsGoFails);
}

}  // namespace
}  // namespace jibe::tmpl
