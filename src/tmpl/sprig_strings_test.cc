// Sprig's strings; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {"{{ hello }}", "Hello!"},
    {R"({{ upper "aé" }})", "AÉ"},
    {R"({{ lower "AÉ" }})", "aé"},
    {R"({{ title "hello wORLD foo-bar a_b" }})", "Hello WORLD Foo-Bar A_b"},
    {R"({{ trunc 5 "hello world" }})", "hello"},
    {R"({{ trunc -5 "hello world" }})", "world"},
    {R"({{ trunc 50 "abc" }})", "abc"},
    {R"({{ trunc -50 "abc" }})", "abc"},
    {R"({{ trunc 0 "abc" }})", ""},
    {R"({{ substr 0 5 "hello world" }})", "hello"},
    {R"({{ substr -1 3 "hello" }})", "hel"},
    {R"({{ substr 2 -1 "hello" }})", "llo"},
    {R"({{ substr 2 50 "hello" }})", "llo"},
    {R"({{ repeat 3 "ab" }})", "ababab"},
    {R"({{ repeat 0 "ab" }})", ""},
    {R"({{ nospace " a b\tc " }})", "abc"},
    {R"({{ nospace "héé" }})", "héé"},
    {R"({{ nospace "h é" }})", "hÃ©"},
    {R"({{ swapcase "Hello World" }})", "hELLO wORLD"},
    {R"({{ snakecase "FirstName" }})", "first_name"},
    {R"({{ snakecase "HTTPServer" }})", "http_server"},
    {R"({{ snakecase "NoHTTPS" }})", "no_https"},
    {R"({{ snakecase "GO_PATH" }})", "go_path"},
    {R"({{ snakecase "GO PATH" }})", "go_path"},
    {R"({{ snakecase "http2xx" }})", "http_2xx"},
    {R"({{ snakecase "HTTP20xOK" }})", "http_20x_ok"},
    {R"({{ snakecase "Duration2m3s" }})", "duration_2m3s"},
    {R"({{ snakecase "Bld4Floor3rd" }})", "bld4_floor_3rd"},
    {R"({{ snakecase "a.b-c D" }})", "a.b_c_d"},
    {R"({{ snakecase "__a__" }})", "__a__"},
    {R"({{ snakecase "ABCdef1" }})", "ab_cdef1"},
    {R"({{ snakecase "x1Y2" }})", "x1_y2"},
    {R"({{ snakecase "été Été" }})", "été_été"},
    {R"({{ kebabcase "FirstName" }})", "first-name"},
    {R"({{ kebabcase "HTTPServer" }})", "http-server"},
    {R"({{ kebabcase "some_words here" }})", "some-words-here"},
    {R"({{ kebabcase "http2xx9" }})", "http-2xx9"},
    {R"({{ kebabcase "1abc2" }})", "1abc2"},
    {R"({{ kebabcase "9" }})", "9"},
    {R"({{ camelcase "http_server" }})", "HttpServer"},
    {R"({{ camelcase "_complex__case_" }})", "_Complex_Case_"},
    {R"({{ camelcase "GOLANG_IS_GREAT" }})", "GolangIsGreat"},
    {R"({{ camelcase "no-https foo" }})", "NoHttpsFoo"},
    {R"({{ camelcase "__" }})", "___"},
    {R"({{ camelcase "a" }})", "A"},
    {R"({{ camelcase "aB" }})", "AB"},
    {R"({{ camelcase "" }})", ""},
    {R"({{ camelcase "FOObar" }})", "Foobar"},
    {R"({{ wrap 10 "the quick brown fox jumps over the lazydogisverylong )"
     R"(x" }})",
     "the quick"
     "\n"
     "brown fox"
     "\n"
     "jumps over"
     "\n"
     "the"
     "\n"
     "lazydogisverylong"
     "\n"
     "x"},
    {R"({{ abbrev 8 "hello world" }})", "hello..."},
    {R"({{ abbrev 3 "hello" }})", "hello"},
    {R"({{ abbrev 20 "x" }})", "x"},
    {R"({{ contains "a" "cat" }})", "true"},
    {R"({{ hasPrefix "c" "cat" }})", "true"},
    {R"({{ quote "a\"b" 3 nil .n .l "é" }})", R"("a\"b" "3" "[1 a 2.5 <nil> true]" "é")"},
    {"{{ quote }}", ""},
    {"{{ quote .missing }}", ""},
    {R"({{ cat "a" 1 nil .n true .l }})", "a 1 true [1 a 2.5 <nil> true]"},
    {R"({{ cat "" "a" "" | quote }})", R"(" a ")"},
    {"{{ cat }}", ""},
    {"{{ indent 2 .multi }}",
     "  a"
     "\n"
     "  b"
     "\n"
     "  "
     "\n"
     "  c"},
    {R"({{ replace "a" "b" "banana" }})", "bbnbnb"},
    {R"({{ replace "" "-" "abc" }})", "-a-b-c-"},
    {R"({{ replace "x" "" "axxb" }})", "ab"},
    {R"({{ plural "one" "many" 1 }})", "one"},
    {R"({{ plural "one" "many" 2 }})", "many"},
    {"{{ toString 3 }}", "3"},
    {"{{ toString .l }}", "[1 a 2.5 <nil> true]"},
    {"{{ toString nil }}", "<nil>"},
    {"{{ toString 1e6 }}", "1e+06"},
    {"{{ toStrings .l }}", "[1 a 2.5 true]"},
    {R"({{ toStrings "a" }})", "[a]"},
    {"{{ toStrings nil }}", "[]"},
    {R"({{ join "-" .l }})", "1-a-2.5-true"},
    {R"({{ join "," .ls }})", "c,a,b,a"},
    {R"({{ join "," "a" }})", "a"},
    {R"({{ join "," nil }})", ""},
    {R"({{ split "/" "a/b/c" }})", "map[_0:a _1:b _2:c]"},
    {R"({{ (split "/" "a/b/c")._1 }})", "b"},
    {R"({{ (split "/" "a/b/c")._9 }})", ""},
    {R"({{ sortAlpha .ls }}{{ sortAlpha .l }}{{ sortAlpha "x" }}{{ $a )"
     R"(:= splitList "," "c,b,a" }}{{ $b := sortAlpha $a }}{{ $a }})",
     "[a a b c][1 2.5 a true][x][a b c]"},
    {R"({{ cat nil }}|{{ list nil | join "," }}|{{ without (list 1 2 )"
     "nil) nil }}|{{ compact (list nil 0 (list)) }}",
     "||[1 2]|[]"},
    {R"({{ substr 0 0 "abc" }})", ""},
};

TEST(SprigStrings, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {R"({{ trim "  a b )"
     "\n"
     R"(" }})",
     "1: unterminated quoted string"},
    {R"({{ substr 3 2 "hello" }})",
     R"(1:3: executing "t" at <substr 3 2 "hello">: error calling substr: )"
     "runtime error: slice bounds out of range [3:2]"},
    {R"({{ substr -1 50 "hello" }})",
     R"(1:3: executing "t" at <substr -1 50 "hello">: error calling )"
     "substr: runtime error: slice bounds out of range [:50] with "
     "length 5"},
    {R"({{ substr 9 -1 "hello" }})",
     R"(1:3: executing "t" at <substr 9 -1 "hello">: error calling substr: )"
     "runtime error: slice bounds out of range [9:5]"},
    {R"({{ repeat -1 "ab" }})", R"(1:3: executing "t" at <repeat -1 "ab">: error calling repeat: )"
                                "strings: negative Repeat count"},
    {R"({{ fail "boom" }})", R"(1:3: executing "t" at <fail "boom">: error calling fail: boom)"},
    {"{{ fail 3 }}", R"(1:8: executing "t" at <3>: expected string; found 3)"},
    {R"({{ trunc "5" "abc" }})", R"(1:9: executing "t" at <"5">: expected integer; found "5")"},
    {R"({{ trunc .i "abc" }})",
     R"(1:9: executing "t" at <.i>: wrong type for value; expected int; )"
     "got float64"},
    {"{{ upper 3 }}", R"(1:9: executing "t" at <3>: expected string; found 3)"},
    {"{{ upper .n }}", R"(1:9: executing "t" at <.n>: wrong type for value; expected string; )"
                       "got interface {}"},
    {"{{ upper .missing }}", R"(1:9: executing "t" at <.missing>: wrong type for value; expected )"
                             "string; got interface {}"},
    {"{{ upper nil }}", R"(1:9: executing "t" at <nil>: cannot assign nil to string)"},
    {"{{ upper }}", R"(1:3: executing "t" at <upper>: wrong number of args for upper: )"
                    "want 1 got 0"},
    {R"({{ upper "a" "b" }})", R"(1:3: executing "t" at <upper>: wrong number of args for upper: )"
                               "want 1 got 2"},
    {R"({{ indent "2" "x" }})", R"(1:10: executing "t" at <"2">: expected integer; found "2")"},
    {R"({{ indent .f "x" }})", R"(1:10: executing "t" at <.f>: wrong type for value; expected )"
                               "int; got float64"},
};

TEST(SprigStrings, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
