// Sprig's dicts; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {R"({{ dict "a" 1 "b" }}{{ dict }}{{ dict 1 2 }}{{ $d := dict "a" )"
     R"(1 }}{{ $_ := set $d "b" 2 }}{{ $d }}{{ get $d "a" }}{{ get $d )"
     R"("zz" }}{{ hasKey $d "a" }}{{ hasKey $d "z" }}{{ unset $d "a" )"
     "}}{{ $d }}",
     "map[a:1 b:]map[]map[1:2]map[a:1 b:2]1truefalsemap[b:2]map[b:2]"},
    {R"({{ $_ := set .m "new" 5 }}{{ .m.new }}{{ $x := .m.b }}{{ $_ )"
     R"(:= set $x "q" "w" }}{{ .m.b.q }}{{ .m }})",
     "5wmap[a:1 b:map[c:d n:<nil> q:w] new:5 z:[1 2]]"},
    {R"({{ pluck "k" (index .ml 0) (index .ml 1) }})", "[v1 v2]"},
    {"{{ keys .em }}", "[]"},
    {R"({{ keys (dict "a" 1) }})", "[a]"},
    {R"({{ values (dict "a" 1) }})", "[1]"},
    {R"({{ pick .m "a" "zz" }})", "map[a:1]"},
    {R"({{ omit .m "a" "b" }})", "map[z:[1 2]]"},
    {R"({{ dig "b" "c" "def" .m }})", "d"},
    {R"({{ dig "b" "zz" "def" .m }})", "def"},
    {R"({{ dig "x" "y" "def" .m }})", "def"},
    {R"({{ dig "b" "c" .m }})", "map[c:d n:<nil>]"},
    {R"({{ hasKey nil "a" }})", "false"},
    {"{{ keys nil }}", "[]"},
    {R"({{ get nil "a" }})", ""},
    {R"({{ merge (dict "a" 1 "n" (dict "x" 1)) (dict "a" 2 "b" 3 "n" )"
     R"((dict "x" 9 "y" 2)) }})",
     "map[a:1 b:3 n:map[x:1 y:2]]"},
    {R"({{ mergeOverwrite (dict "a" 1 "n" (dict "x" 1)) (dict "a" 2 )"
     R"("b" 3 "n" (dict "x" 9 "y" 2)) }})",
     "map[a:2 b:3 n:map[x:9 y:2]]"},
    {R"({{ merge (dict "a" "" "b" 0 "c" false "d" nil "e" (list) "f" )"
     R"((dict)) (dict "a" "x" "b" 1 "c" true "d" 2 "e" (list 1) "f" )"
     R"((dict "z" 1)) }})",
     "map[a:x b:1 c:true d:2 e:[1] f:map[z:1]]"},
    {R"({{ mergeOverwrite (dict "a" "x" "b" 1 "c" true "d" 2 "e" (list )"
     R"(1) "f" (dict "z" 1) "g" 5) (dict "a" "" "b" 0 "c" false "d" )"
     R"(nil "e" (list) "f" (dict) "g" (dict "q" 1)) }})",
     "map[a: b:0 c:false d:<nil> e:[] f:map[z:1] g:map[q:1]]"},
    {R"({{ merge (dict "l" (list 1)) (dict "l" (list 2 3)) }})", "map[l:[1]]"},
    {R"({{ mergeOverwrite (dict "l" (list 1 2)) (dict "l" (list 3)) )"
     "}}",
     "map[l:[3]]"},
    {R"({{ merge (dict "a" "s") (dict "a" (dict "x" 1)) }})", "map[a:s]"},
    {R"({{ merge (dict "a" (dict "x" 1)) (dict "a" "s") }})", "map[a:map[x:1]]"},
    {R"({{ mergeOverwrite (dict "a" (dict "x" 1)) (dict "a" "s") }})", "map[a:s]"},
    {R"({{ mergeOverwrite (dict "a" "s") (dict "a" (list 1)) }})", "map[a:[1]]"},
    {R"({{ merge (dict "a" "s") (dict "a" (list 1)) }})", "map[a:s]"},
    {R"({{ merge (dict "a" (list 1)) (dict "a" (dict "x" 1)) }})", "map[a:[1]]"},
    {R"({{ $a := dict "n" (dict "x" 1) }}{{ $b := dict "n" (dict "y" )"
     "2) }}{{ $c := merge (dict) $a $b }}{{ $a }}{{ $b }}{{ $c }}",
     "map[n:map[x:1 y:2]]map[n:map[y:2]]map[n:map[x:1 y:2]]"},
    {R"({{ $a := dict "x" 1 }}{{ $c := merge $a (dict "y" (dict "z" )"
     R"(1)) }}{{ $_ := set $c "w" 1 }}{{ $a }})",
     "map[w:1 x:1 y:map[z:1]]"},
    {R"({{ $s := dict "n" (dict "y" 2) }}{{ $c := merge (dict) $s }}{{ )"
     R"($_ := set $c.n "added" 1 }}{{ $s }})",
     "map[n:map[added:1 y:2]]"},
    {R"({{ merge (dict "a" 1) nil }})", "map[a:1]"},
    {R"({{ mustMerge (dict) (dict "a" 1) (dict "a" 2 "b" 1) }})", "map[a:1 b:1]"},
    {R"({{ mustMergeOverwrite (dict) (dict "a" 1) (dict "a" 2 "b" 1) )"
     "}}",
     "map[a:2 b:1]"},
    {R"({{ merge (dict "a" (dict)) (dict "a" (dict "b" (dict "c" 1))) )"
     "}}",
     "map[a:map[b:map[c:1]]]"},
    {R"({{ merge (dict "a" nil) (dict "a" (dict "b" 1)) }})", "map[a:map[b:1]]"},
    {R"({{ mergeOverwrite (dict "a" (dict "b" nil)) (dict "a" (dict )"
     R"("b" (list 1))) }})",
     "map[a:map[b:[1]]]"},
    {R"({{ dict "a" (list 1 2) | toJson }})", R"({"a":[1,2]})"},
    {R"({{ (dict "a" (dict "b" 1)).a.b }})", "1"},
    {"{{ $x := dict }}{{ range $i := until 3 }}{{ $_ := set $x (print "
     "$i) (mul $i $i) }}{{ end }}{{ $x }}{{ range $k, $v := $x }}{{ "
     R"($_ := set $x "zz" 1 }}{{ $k }}{{ end }})",
     "map[0:0 1:1 2:4]012"},
    {R"({{ get (dict "a" nil) "a" }})", "<no value>"},
    {R"({{ pick (dict "a" nil) "a" }})", "map[a:<nil>]"},
    {R"({{ pluck "a" }})", "[]"},
};

TEST(SprigDicts, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {R"({{ dig "a" "c" "def" .m }})",
     R"(1:3: executing "t" at <dig "a" "c" "def" .m>: error calling )"
     "dig: interface conversion: interface {} is float64, not map[string]interface "
     "{}"},
    {R"({{ dig "b" "c" "def" .s }})",
     R"(1:3: executing "t" at <dig "b" "c" "def" .s>: error calling )"
     "dig: interface conversion: interface {} is string, not map[string]interface "
     "{}"},
    {R"({{ dig "b" "n" "x" "def" .m }})",
     R"(1:3: executing "t" at <dig "b" "n" "x" "def" .m>: error calling )"
     "dig: interface conversion: interface {} is nil, not map[string]interface "
     "{}"},
    {R"({{ dig 1 "def" .m }})",
     R"(1:3: executing "t" at <dig 1 "def" .m>: error calling dig: interface )"
     "conversion: interface {} is int, not string"},
    {R"({{ dig "a" .m }})", R"(1:3: executing "t" at <dig "a" .m>: error calling dig: dig needs )"
                            "at least three arguments"},
    {R"({{ set .n "a" 1 }})",
     R"(1:7: executing "t" at <.n>: wrong type for value; expected map[string]interface )"
     "{}; got interface {}"},
    {R"({{ set .s "a" 1 }})",
     R"(1:7: executing "t" at <.s>: wrong type for value; expected map[string]interface )"
     "{}; got string"},
    {R"({{ set nil "a" 1 }})",
     R"(1:3: executing "t" at <set nil "a" 1>: error calling set: assignment )"
     "to entry in nil map"},
    {R"({{ hasKey .missing "a" }})",
     R"(1:10: executing "t" at <.missing>: wrong type for value; expected )"
     "map[string]interface {}; got interface {}"},
    {R"({{ $s := dict "n" (dict "y" 2) }}{{ $c := deepCopy $s }}{{ $_ )"
     R"(:= set $c.n "added" 1 }}{{ $s }}{{ $c }}{{ deepCopy "x" }}{{ )"
     "deepCopy .n }}{{ deepCopy .l }}",
     R"(1:123: executing "t" at <deepCopy .n>: error calling deepCopy: )"
     "reflect: call of reflect.Value.Type on zero Value"},
    {"{{ merge .s (dict) }}",
     R"(1:9: executing "t" at <.s>: wrong type for value; expected map[string]interface )"
     "{}; got string"},
    {R"({{ hasKey (split "," "a") "_0" }})",
     R"(1:21: executing "t" at <"a">: wrong type for value; expected )"
     "map[string]interface {}; got map[string]string"},
};

TEST(SprigDicts, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
