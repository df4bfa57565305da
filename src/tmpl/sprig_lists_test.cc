// Sprig's lists; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {R"({{ list 1 2 3 | join "+" }})", "1+2+3"},
    {"{{ mustToJson .m }}", R"({"a":1,"b":{"c":"d","n":null},"z":[1,2]})"},
    {"{{ mustToPrettyJson .l }}",
     "["
     "\n"
     "  1,"
     "\n"
     R"(  "a",)"
     "\n"
     "  2.5,"
     "\n"
     "  null,"
     "\n"
     "  true"
     "\n"
     "]"},
    {"{{ mustToRawJson .s }}", R"("abc")"},
    {R"({{ list 1 "a" nil }})", "[1 a <nil>]"},
    {"{{ list }}", "[]"},
    {"{{ tuple 1 2 }}", "[1 2]"},
    {"{{ first .l }}", "1"},
    {"{{ last .l }}", "true"},
    {"{{ rest .l }}", "[a 2.5 <nil> true]"},
    {"{{ initial .l }}", "[1 a 2.5 <nil>]"},
    {"{{ first list }}", "<no value>"},
    {"{{ rest list }}", "[]"},
    {"{{ initial list }}", "[]"},
    {"{{ last list }}", "<no value>"},
    {R"({{ append .l 5 }}{{ push .l "x" }}{{ prepend .l 0 }}{{ reverse )"
     R"(.l }}{{ uniq .ls }}{{ without .ls "a" }}{{ has "a" .ls }}{{ )"
     "has 1 .l }}{{ has 1.0 .l }}{{ has 1 nil }}{{ compact (list 0 "
     R"(1 "" "a" nil) }}{{ concat .l .ls (list 9) }}{{ concat }})",
     "[1 a 2.5 <nil> true 5][1 a 2.5 <nil> true x][0 1 a 2.5 <nil> "
     "true][true <nil> 2.5 a 1][c a b][c b]truefalsetruefalse[1 a][1 "
     "a 2.5 <nil> true c a b a 9][]"},
    {"{{ slice .l 1 3 }}", "[a 2.5]"},
    {"{{ slice .l 2 }}", "[2.5 <nil> true]"},
    {"{{ slice .l }}", "[1 a 2.5 <nil> true]"},
    {"{{ slice list 1 }}", "<no value>"},
    {"{{ mustSlice .l 0 1 }}", "[1]"},
    {"{{ chunk 2 .l }}", "[[1 a] [2.5 <nil>] [true]]"},
    {"{{ chunk 3 (list 1 2 3 4 5 6) }}", "[[1 2 3] [4 5 6]]"},
    {"{{ chunk 10 .l }}", "[[1 a 2.5 <nil> true]]"},
    {"{{ chunk 3 list }}", "[]"},
    {"{{ list 1 2 | first | add 3 }}", "4"},
    {R"({{ list | first | default "none" }})", "none"},
    {R"({{ tuple 1 "b" | join "," }})", "1,b"},
};

TEST(SprigLists, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {R"({{ mustFromJson "bad" }})",
     R"(1:3: executing "t" at <mustFromJson "bad">: error calling mustFromJson: )"
     "invalid character 'b' looking for beginning of value"},
    {"{{ slice .l 3 1 }}",
     R"(1:3: executing "t" at <slice .l 3 1>: error calling slice: reflect.Value.Slice: )"
     "slice index out of bounds"},
    {"{{ slice .l 0 10 }}", R"(1:3: executing "t" at <slice .l 0 10>: error calling slice: )"
                            "reflect.Value.Slice: slice index out of bounds"},
    {R"({{ first "x" }})", R"(1:3: executing "t" at <first "x">: error calling first: Cannot )"
                           "find first on type string"},
    {"{{ first nil }}", R"(1:3: executing "t" at <first nil>: error calling first: runtime )"
                        "error: invalid memory address or nil pointer dereference"},
    {"{{ first .n }}", R"(1:3: executing "t" at <first .n>: error calling first: runtime )"
                       "error: invalid memory address or nil pointer dereference"},
    {R"({{ append "x" 1 }})", R"(1:3: executing "t" at <append "x" 1>: error calling append: )"
                              "Cannot push on type string"},
    {R"({{ mustAppend "x" 1 }})",
     R"(1:3: executing "t" at <mustAppend "x" 1>: error calling mustAppend: )"
     "Cannot push on type string"},
    {"{{ rest 3 }}", R"(1:3: executing "t" at <rest 3>: error calling rest: Cannot find )"
                     "rest on type int"},
    {R"({{ uniq "x" }})", R"(1:3: executing "t" at <uniq "x">: error calling uniq: Cannot )"
                          "find uniq on type string"},
    {R"({{ without "x" 1 }})", R"(1:3: executing "t" at <without "x" 1>: error calling without: )"
                               "Cannot find without on type string"},
    {R"({{ has 1 "x" }})", R"(1:3: executing "t" at <has 1 "x">: error calling has: Cannot )"
                           "find has on type string"},
    {R"({{ concat .l "x" }})", R"(1:3: executing "t" at <concat .l "x">: error calling concat: )"
                               "Cannot concat type string as list"},
    {"{{ reverse .m }}", R"(1:3: executing "t" at <reverse .m>: error calling reverse: Cannot )"
                         "find reverse on type map"},
    {R"({{ chunk 2 "x" }})", R"(1:3: executing "t" at <chunk 2 "x">: error calling chunk: Cannot )"
                             "chunk type string"},
    {"{{ (list 1 2).x }}",
     R"(1:11: executing "t" at <2>: can't evaluate field x in type []interface )"
     "{}"},
    {R"({{ mustFirst "x" }})", R"(1:3: executing "t" at <mustFirst "x">: error calling mustFirst: )"
                               "Cannot find first on type string"},
};

TEST(SprigLists, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
