// Mistakes in templates and in their data, with Go 1.26's words and positions.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kFailsWithGosWords[] = {
    {"{{ .missing.x }}", R"(1:11: executing "t" at <.missing.x>: nil pointer evaluating )"
                         "interface {}.x"},
    {"{{ .m.b.n.x }}", R"(1:5: executing "t" at <.m.b.n.x>: nil pointer evaluating interface )"
                       "{}.x"},
    {"{{ .s.x }}", R"(1:5: executing "t" at <.s.x>: can't evaluate field x in type )"
                   "interface {}"},
    {"{{ .m.b.c.d.e }}", R"(1:5: executing "t" at <.m.b.c.d.e>: can't evaluate field d in )"
                         "type interface {}"},
    {"{{ $x := .s }}{{ $x.y }}", R"(1:19: executing "t" at <$x.y>: can't evaluate field y in type )"
                                 "string"},
    {"{{ range .i }}x{{ end }}", R"(1:9: executing "t" at <.i>: range can't iterate over 3)"},
    {"{{ range $i, $j := 3 }}{{ $i }}{{ end }}",
     R"(1:19: executing "t" at <3>: can't use 3 to iterate over more )"
     "than one variable"},
    {"{{ range .s }}x{{ end }}", R"(1:9: executing "t" at <.s>: range can't iterate over abc)"},
    {"{{ break }}", "1: {{break}} outside {{range}}"},
    {"{{ $x = 1 }}", R"(1:8: executing "t" at <1>: undefined variable: $x)"},
    {"{{ $x }}", R"(1: undefined variable "$x")"},
    {R"({{ define "a" }}{{ .x.y }}{{ end }}{{ include "a" .m }})",
     R"(1:38: executing "t" at <include "a" .m>: error calling include: )"
     R"(template: t:1:21: executing "a" at <.x.y>: nil pointer evaluating )"
     "interface {}.y"},
    {R"({{ define "a" }}{{ .x.y }}{{ end }})"
     "\n"
     "\n"
     R"(  {{ template "a" .m }})",
     R"(1:21: executing "a" at <.x.y>: nil pointer evaluating interface )"
     "{}.y"},
    {R"({{ template "nope" . }})",
     R"(1:12: executing "t" at <{{template "nope" .}}>: template "nope" )"
     "not defined"},
    {R"({{ include "nope" . }})",
     R"(1:3: executing "t" at <include "nope" .>: error calling include: )"
     R"(template: no template "nope" associated with template "gotpl")"},
    {R"({{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }})",
     R"(1: template: multiple definition of template "a")"},
    {"{{ foo }}", R"(1: function "foo" not defined)"},
    {"{{ .s | foo }}", R"(1: function "foo" not defined)"},
    {R"({{ "a)", "1: unterminated quoted string"},
    {"{{ '"
     "\n"
     "' }}",
     "1: unterminated character constant"},
    {"{{ 'ab' }}", "1: malformed character constant: 'ab'"},
    {"{{ 089 }}", R"(1: integer overflow: "089")"},
    {"{{ 99999999999999999999 }}", R"(1: integer overflow: "99999999999999999999")"},
    {"{{ 18446744073709551615 }}",
     R"(1:3: executing "t" at <18446744073709551615>: 18446744073709551615 )"
     "overflows int"},
    {"{{ 1a }}", R"(1: bad number syntax: "1a")"},
    {"{{ 1.5.6 }}", R"(1: unexpected ".6" in operand)"},
    {"{{ .s }", R"(1: unexpected "}" in operand)"},
    {"{{ ( .s }}", "1: unclosed left paren"},
    {"{{ .s ) }}", "1: unexpected right paren"},
    {"{{ }}", "1: missing value for command"},
    {"{{ if }}x{{ end }}", "1: missing value for if"},
    {"{{ if .s }}x", "1: unexpected EOF"},
    {"{{ end }}", "1: unexpected {{end}}"},
    {"{{ else }}", "1: unexpected {{else}}"},
    {"{{ if .s }}a{{ else }}b{{ else }}c{{ end }}", "1: expected end; found {{else}}"},
    {"{{ range }}{{ end }}", "1: missing value for range"},
    {"{{ .s | 3 }}", "1: non executable command in pipeline stage 2"},
    {"{{ nil }}", R"(1:3: executing "t" at <nil>: nil is not a command)"},
    {"{{ .s .t }}", R"(1:3: executing "t" at <.s>: s is not a method but has arguments)"},
    {"{{ .m.a 3 }}", R"(1:5: executing "t" at <.m.a>: a is not a method but has arguments)"},
    {R"({{ "x".y }})", R"(1: unexpected . after term "\"x\"")"},
    {"{{ (1).y }}", R"(1:4: executing "t" at <1>: can't evaluate field y in type int)"},
    {R"({{ ("x").y }})", R"(1:4: executing "t" at <"x">: can't evaluate field y in type )"
                         "string"},
    {"{{ /* c */ }}{{- /* c */ -}} x", R"(1: unexpected "/" in command)"},
    {"{{ /* c }}", R"(1: unexpected "/" in command)"},
    {"{{ @ }}", R"(1: unexpected "@" in command)"},
    {"{{ .s@ }}", "1: bad character U+0040 '@'"},
    {"{{ é }}", R"(1: function "é" not defined)"},
    {"{{ range $i, $e = .l }}{{ end }}", R"(1:18: executing "t" at <.l>: undefined variable: $i)"},
    {"{{ range $a, $b, $c := .l }}{{ end }}", "1: too many declarations in range"},
    {"{{ $a, $b := .l }}", "1: too many declarations in command"},
    {"{{ true.x }}", R"(1: unexpected . after term "true")"},
    {"{{ nil.x }}", R"(1: unexpected . after term "nil")"},
    {"{{ (nil) }}", R"(1:4: executing "t" at <nil>: nil is not a command)"},
    {"{{ .m.nope.x.y }}", R"(1:5: executing "t" at <.m.nope.x.y>: nil pointer evaluating )"
                          "interface {}.x"},
    {"{{ with .m.b }}{{ .c.x }}{{ end }}",
     R"(1:20: executing "t" at <.c.x>: can't evaluate field x in type )"
     "interface {}"},
    {"{{ if .s}}{{ .x.y }}{{ end }}",
     R"(1:15: executing "t" at <.x.y>: nil pointer evaluating interface )"
     "{}.y"},
    {"{{ .a.b.c.d }}", R"(1:5: executing "t" at <.a.b.c.d>: nil pointer evaluating interface )"
                       "{}.b"},
    {"\n"
     "\n"
     "{{ .s }}"
     "\n"
     "{{   .m.x.y }}",
     R"(4:7: executing "t" at <.m.x.y>: nil pointer evaluating interface )"
     "{}.y"},
    {"{{ range .ml }}{{ .k }}{{ $.s }}{{ .x.y }}{{ end }}",
     R"(1:37: executing "t" at <.x.y>: nil pointer evaluating interface )"
     "{}.y"},
    {R"({{ "unterminated }})", "1: unterminated quoted string"},
    {"{{ 'x }}", "1: unterminated character constant"},
    {"{{ `raw }}", "1: unterminated raw quoted string"},
    {"{{ 3"
     "\n"
     "\n"
     "@ }}",
     R"(3: unexpected "@" in operand)"},
    {"{{ define }}{{ end }}", R"(1: unexpected "}}" in define clause)"},
    {R"({{ define "a" . }}{{ end }})", "1: unexpected <.> in define clause"},
    {R"({{ define "a" }})", "1: unexpected EOF"},
    {"{{ template }}", R"(1: unexpected "}}" in template clause)"},
    {"{{ template .s }}", R"(1: unexpected ".s" in template clause)"},
    {R"({{ block "a" }}{{ end }})", "1: missing value for block clause"},
    {R"({{ if .s }}{{ define "x" }}{{ end }}{{ end }})", "1: unexpected <define> in command"},
    {"{{ .Values.x }}", R"(1:10: executing "t" at <.Values.x>: nil pointer evaluating interface )"
                        "{}.x"},
};

TEST(Language, fails_with_gos_words) {
  expect_errors(kFailsWithGosWords);
}

}  // namespace
}  // namespace jibe::tmpl
