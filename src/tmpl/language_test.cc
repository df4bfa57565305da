// The language itself; expectations are Go 1.26's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kRendersAsGoDoes[] = {
    {"{{ .s }}", "abc"},
    {"{{ .i }}", "3"},
    {"{{ .f }}", "1.5"},
    {"{{ .big }}", "1e+06"},
    {"{{ .huge }}", "1e+21"},
    {"{{ .n }}", "<no value>"},
    {"{{ .t }}", "true"},
    {"{{ .l }}", "[1 a 2.5 <nil> true]"},
    {"{{ .m }}", "map[a:1 b:map[c:d n:<nil>] z:[1 2]]"},
    {"{{ .missing }}", "<no value>"},
    {"{{ (.missing).x }}", "<no value>"},
    {"{{ $x := .missing }}{{ $x.y }}", "<no value>"},
    {"{{- range .l }}[{{ . }}]{{ end -}}", "[1][a][2.5][<no value>][true]"},
    {"{{ range $i, $e := .l }}{{ $i }}={{ $e }},{{ end }}", "0=1,1=a,2=2.5,3=<no value>,4=true,"},
    {"{{ range $k, $v := .m }}{{ $k }}={{ $v }};{{ end }}", "a=1;b=map[c:d n:<nil>];z=[1 2];"},
    {"{{ range .em }}x{{ else }}empty{{ end }}", "empty"},
    {"{{ range 3 }}{{ . }}{{ end }}", "012"},
    {"{{ range $i := 3 }}{{ $i }}{{ end }}", "012"},
    {"{{ range 0 }}{{ else }}none{{ end }}", "none"},
    {"{{ range .n }}x{{ else }}nil{{ end }}", "nil"},
    {R"({{ range .ls }}{{ if eq . "a" }}{{ continue }}{{ end }}{{ . )"
     "}},{{ end }}",
     "c,b,"},
    {"{{ if .t }}a{{ else if .fa }}b{{ else }}c{{ end }}", "a"},
    {"{{ if .fa }}a{{ else if .s }}b{{ else }}c{{ end }}", "b"},
    {"{{ if .el }}a{{ else }}c{{ end }}", "c"},
    {"{{ with .m }}{{ .a }}{{ end }}{{ with .n }}x{{ else with .s "
     "}}{{ . }}{{ else }}z{{ end }}",
     "1abc"},
    {"{{ with $x := .m.b }}{{ $x.c }}{{ $.s }}{{ end }}", "dabc"},
    {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"},
    {"{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x "
     "}}",
     "21"},
    {R"({{ define "a" }}<{{ . }}>{{ end }}{{ template "a" .s }}{{ template )"
     R"("a" }})",
     "<abc><<no value>>"},
    {R"({{ block "b" .m }}{{ .a }}{{ end }})", "1"},
    {"{{ `a` }}", "a"},
    {"{{ 'a' }}", "97"},
    {"{{ 1_000 }}", "1000"},
    {"{{ 0x1F }}", "31"},
    {"{{ 0b101 }}", "5"},
    {"{{ 0o17 }}", "15"},
    {"{{ 017 }}", "15"},
    {"{{ 1e3 }}", "1000"},
    {"{{ 1.5e-7 }}", "1.5e-07"},
    {"{{ .5 }}", "0.5"},
    {"{{ 1_0.5 }}", "10.5"},
    {"{{ 0x1p4 }}", "16"},
    {"{{ 0x1.8p1 }}", "3"},
    {"{{ -3 }}", "-3"},
    {"{{ +3 }}", "3"},
    {"{{ 'x' }}", "120"},
    {"{{ .s }}}", "abc}"},
    {"{{ $.s }}", "abc"},
    {"{{ $ }}",
     "map[big:1e+06 e: el:[] em:map[] f:1.5 fa:false huge:1e+21 i:3 "
     "l:[1 a 2.5 <nil> true] ls:[c a b a] m:map[a:1 b:map[c:d n:<nil>] "
     "z:[1 2]] ml:[map[k:v1] map[k:v2]] multi:a"
     "\n"
     "b"
     "\n"
     "\n"
     "c n:<nil> neg:-7 s:abc t:true u:héllo wörld]"},
    {"{{/* ok */}}z", "z"},
    {"{{ .s | and .t }}", "abc"},
    {"{{ .fa | or .e }}", "false"},
    {"{{ (index .ml 1).k }}", "v2"},
    {"{{ (index .ml 0).nope }}", "<no value>"},
    {"{{ $i := 0 }}{{ $e := 0 }}{{ range $i, $e = .ls }}{{ end }}{{ "
     "$i }}{{ $e }}",
     "3a"},
    {"{{ true }}", "true"},
    {"{{ false }}", "false"},
    {R"({{ "q" }})", "q"},
    {"{{ if and .t (not .fa) }}y{{ end }}", "y"},
    {R"({{ if not (eq .s "x") }}y{{ end }})", "y"},
    {R"({{define "x"}}{{end}}a{{template "x"}}b)", "ab"},
    {R"({{ template "x" }}{{define "x"}}1{{end}})", "1"},
    {R"(a {{- 3 -}} b {{3 -}} c {{- "d"}} e)", "a3b 3cd e"},
    {"{{- .s -}} "
     "\n"
     "  x",
     "abcx"},
    {"{{ .s -}}", "abc"},
    {"{{ -3 }}", "-3"},
    {"{{- -3 }}", "-3"},
    {"{{ $.m.b.c }}{{ $x := .m }}{{ $x.b.c }}{{ $x.b.nope }}", "dd<no value>"},
    {"{{ .s "
     "\n"
     " }}",
     "abc"},
    {"{{ $ := 3 }}{{ $ }}", "3"},
    {"{{ $x := list 1 }}{{ $x := append $x 2 }}{{ $x }}", "[1 2]"},
    {"{{ $x := 1 }}{{ with $x := add $x 1 }}{{ $x }}{{ end }}{{ $x }}", "21"},
    {"{{ $x := .l }}{{ range $x := rest $x }}{{ $x }},{{ end }}", "a,2.5,<no value>,true,"},
    {"{{ $x := 1 }}{{ $y := ($x := add $x 1) }}{{ $x }}{{ $y }}", "22"},
    {"{{ $x := .m.b.n }}{{ $x.y.z }}", "<no value>"},
    {"{{ with .m.b.n }}a{{ else }}{{ .s }}{{ end }}", "abc"},
};

TEST(Language, renders_as_go_does) {
  expect_outputs(kRendersAsGoDoes);
}

}  // namespace
}  // namespace jibe::tmpl
