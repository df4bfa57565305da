// printf, print and println. Expectations are what Go 1.26 prints for the same template.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kVerbsFlagsAndWidths[] = {
    {R"({{ range .l }}{{ if eq (printf "%v" .) "a" }}{{ continue }}{{ )"
     "end }}{{ . }}{{ break }}{{ end }}",
     "1"},
    {R"({{ printf "%T" (index .s 1) }})", "uint8"},
    {R"({{ print 1 2 "a" "b" 3 .n nil }})", "1 2ab3 <nil> <nil>"},
    {R"({{ println "a" 1 }})",
     "a 1"
     "\n"},
    {R"({{ printf "%d %s %v" 3 "a" .l }})", "3 a [1 a 2.5 <nil> true]"},
    {R"({{ printf "%d" .i }})", "%!d(float64=3)"},
    {R"({{ printf "%s" 3 }})", "%!s(int=3)"},
    {R"({{ printf "%d" "a" }})", "%!d(string=a)"},
    {R"({{ printf "%s" .n }})", "%!s(<nil>)"},
    {R"({{ printf "%d" nil }})", "%!d(<nil>)"},
    {R"({{ printf "%5d|%-5d|%05d|%+d|% d|%x|%X|%o|%O|%b|%#x|%#o|%#b" )"
     "42 42 42 42 42 42 42 42 42 42 42 42 42 }}",
     "   42|42   |00042|+42| 42|2a|2A|52|0o52|101010|0x2a|052|0b101010"},
    {R"({{ printf "%q %q %c %U %#U" "a\"b" 'x' 'x' 'x' 'x' }})",
     R"("a\"b" 'x' x U+0078 U+0078 'x')"},
    {R"({{ printf "%e %E %f %F %g %G %.2f %8.3f|%-8.2f|%08.2f|%+.1f" )"
     "1.5 1.5 1.5 1.5 1.5 1.5 1.555 1.5 1.5 1.5 1.5 }}",
     "1.500000e+00 1.500000E+00 1.500000 1.500000 1.5 1.5 1.55    "
     "1.500|1.50    |00001.50|+1.5"},
    {R"({{ printf "%v %v %v %v %v %v" 1e6 123456789.0 1e20 1e21 0.0001 )"
     "0.00001 }}",
     "1e+06 1.23456789e+08 1e+20 1e+21 0.0001 1e-05"},
    {R"({{ printf "%6.2f%% %t %v %p" 12.345 true false "x" }})",
     " 12.35% true false %!p(string=x)"},
    {R"({{ printf "%s|%10s|%-10s|%.2s|%q|%x|%X|% x|%#x" "abc" "abc" )"
     R"("abc" "abc" "abc" "abc" "abc" "abc" "abc" }})",
     R"(abc|       abc|abc       |ab|"abc"|616263|616263|61 62 63|0x616263)"},
    {R"({{ printf "%v %+v %#v" .m .m .m }})",
     "map[a:1 b:map[c:d n:<nil>] z:[1 2]] map[a:1 b:map[c:d n:<nil>] "
     R"(z:[1 2]] map[string]interface {}{"a":1, "b":map[string]interface )"
     R"({}{"c":"d", "n":interface {}(nil)}, "z":[]interface {}{1, 2}})"},
    {R"({{ printf "%#v %#v %#v %#v %#v" .l .s 3 1.0 true }})",
     R"([]interface {}{1, "a", 2.5, interface {}(nil), true} "abc" 3 )"
     "1 true"},
    {R"({{ printf "%T %T %T %T %T %T %T" .m .l .s .i 3 .n true }})",
     "map[string]interface {} []interface {} string float64 int <nil> "
     "bool"},
    {R"({{ printf "%[2]d %[1]d %d" 1 2 }})", "2 1 2"},
    {R"({{ printf "%[3]d" 1 }})", "%!d(BADINDEX)"},
    {R"({{ printf "%*d|%.*f" 5 42 2 3.14159 }})", "   42|3.14"},
    {R"({{ printf "%d %d" 1 }})", "1 %!d(MISSING)"},
    {R"({{ printf "%d" 1 2 "x" }})", "1%!(EXTRA int=2, string=x)"},
    {R"({{ printf "%!" }})", "%!!(MISSING)"},
    {R"({{ printf "%" }})", "%!(NOVERB)"},
    {R"({{ printf "%z" 3 }})", "%!z(int=3)"},
    {R"({{ printf "%-" }})", "%!(NOVERB)"},
    {R"({{ printf "%[1]*d|%[x]d|%[0]d|%[1" 5 }})",
     "%!d(MISSING)|%!d(BADINDEX)|%!d(BADINDEX)|%!(NOVERB)"},
    {R"({{ printf "%s" .l }})", "[%!s(float64=1) a %!s(float64=2.5) <nil> %!s(bool=true)]"},
    {R"({{ printf "%d" .l }})",
     "[%!d(float64=1) %!d(string=a) %!d(float64=2.5) <nil> %!d(bool=true)]"},
    {R"({{ printf "%x" .m }})", "map[61:0x1p+00 62:map[63:64 6e:<nil>] 7a:[0x1p+00 0x1p+01]]"},
    {R"({{ printf "%q" .ls }})", R"(["c" "a" "b" "a"])"},
    {R"({{ printf "%t" 1 }})", "%!t(int=1)"},
    {R"({{ printf "%v" "é" }})", "é"},
    {R"({{ printf "%+q" "é" }})", R"("\u00e9")"},
    {R"({{ printf "%#q" "a b" }})", "`a b`"},
    {R"({{ printf "%#q" "a`b" }})", R"("a`b")"},
    {R"({{ printf "%5t|%-7t|%5v|%-5v|%05d" true false nil nil -42 }})",
     " true|false  |<nil>|<nil>|-0042"},
    {R"({{ printf "%x %X %x" -255 255 "hello" }})", "-ff FF 68656c6c6f"},
    {R"({{ printf "%08b" 5 }})", "00000101"},
    {R"({{ printf "%+.3e" 12345.678 }})", "+1.235e+04"},
    {R"({{ printf "%g" 1e-10 }})", "1e-10"},
    {R"({{ printf "%.3g" 1234567.0 }})", "1.23e+06"},
    {R"({{ printf "%#g" 1.0 }})", "1.00000"},
    {R"({{ printf "%6.2v|%.1v" 3.14159 "abc" }})", "   3.1|a"},
    {R"({{ printf "%b" 1.5 }})", "6755399441055744p-52"},
    {R"({{ printf "%x" 1.5 }})", "0x1.8p+00"},
    {R"({{ printf "%.2x" 1.5 }})", "0x1.80p+00"},
    {R"({{ "abc" | printf "%s-%s" "x" }})", "x-abc"},
    {R"({{ .m.b.c | printf "%s" | print }})", "d"},
    {R"({{ .n | printf "%v" }})", "<nil>"},
    {"{{ print (print 1 2) (1) }}", "1 21"},
    {"{{ 1 | print | print 2 }}", "21"},
    {"{{ print (.s | print) }}", "abc"},
    {R"({{ print "a" | print "b" | printf "%s%s" "c" }})", "cba"},
    {R"({{ printf "%v %v" (index .l 3) (index .m "b").n }})", "<nil> <nil>"},
    {R"({{ printf "%s" (print .l) }})", "[1 a 2.5 <nil> true]"},
};

TEST(Printing, verbs_flags_and_widths) {
  expect_outputs(kVerbsFlagsAndWidths);
}

constexpr Case kMistakes[] = {
    {"{{ printf 3 }}", R"(1:10: executing "t" at <3>: expected string; found 3)"},
    {"{{ printf .n }}", R"(1:10: executing "t" at <.n>: wrong type for value; expected )"
                        "string; got interface {}"},
    {"{{ printf .missing }}",
     R"(1:10: executing "t" at <.missing>: wrong type for value; expected )"
     "string; got interface {}"},
    {"{{ printf }}", R"(1:3: executing "t" at <printf>: wrong number of args for printf: )"
                     "want at least 1 got 0"},
    {R"({{ printf "%q" "é\u200b\x00)"
     "\n"
     R"(\U0001F600" }})",
     "1: unterminated quoted string"},
};

TEST(Printing, mistakes) {
  expect_errors(kMistakes);
}

}  // namespace
}  // namespace jibe::tmpl
