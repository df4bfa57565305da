// Sprig's regular expressions and versions; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {R"({{ regexMatch "^a.c$" "abc" }})", "true"},
    {R"({{ regexMatch "[" "a" }})", "false"},
    {R"({{ regexFind "[0-9]+" "ab12c3" }})", "12"},
    {R"({{ regexFindAll "[0-9]" "a1b2c3" 2 }})", "[1 2]"},
    {R"({{ regexFindAll "[0-9]" "a1b2c3" -1 }})", "[1 2 3]"},
    {R"({{ regexFindAll "x" "abc" -1 }})", "[]"},
    {R"({{ regexFindAll "" "abc" -1 | len }})", "4"},
    {R"({{ regexFindAll "a*" "baac" -1 | len }})", "3"},
    {R"({{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }}|{{ regexReplaceAll )"
     R"~("a(x*)b" "-ab-axxb-" "$1W" }}|{{ regexReplaceAll "(?P<n>x)" )~"
     R"("axb" "[$n$$]" }}|{{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" )"
     R"("${1}" }}|{{ regexReplaceAll "" "abc" "-" }}|{{ regexReplaceAll )"
     R"("a*" "baaac" "X" }}|{{ regexReplaceAll "é*" "aéb" "_" }})",
     "-W-xxW-|---|a[x$]b|-${1}-${1}-|-a-b-c-|XbXcX|_a_b_"},
    {R"({{ regexSplit "z+" "pizza" -1 }})", "[pi a]"},
    {R"({{ regexSplit "a" "banana" 2 }})", "[b nana]"},
    {R"({{ regexSplit "," "" -1 }})", "[]"},
    {R"({{ regexSplit "," "a,b" 0 }})", "[]"},
    {R"({{ regexSplit "" "abc" -1 }})", "[a b c]"},
    {R"({{ regexSplit "a" "aXa" -1 | len }})", "3"},
    {R"({{ regexQuoteMeta "1.2+[a]" }})", R"(1\.2\+\[a\])"},
    {R"({{ mustRegexMatch "a" "a" }})", "true"},
    {R"({{ mustRegexFind "b" "a" }})", ""},
    {R"({{ semverCompare ">=1.2.3" "1.2.4" }})", "true"},
    {R"({{ semverCompare "^1.2" "1.9.0" }})", "true"},
    {R"({{ semverCompare "~1.2.3" "1.3.0" }})", "false"},
    {R"({{ semverCompare ">=1.2-0" "1.2.3-beta" }})", "true"},
    {R"({{ semverCompare ">=1.2" "1.2.3-beta" }})", "false"},
    {R"({{ semverCompare "1.2 - 1.4" "1.4.5" }})", "true"},
    {R"({{ semverCompare "1.x" "1.5" }})", "true"},
    {R"({{ semverCompare "*" "0.0.1" }})", "true"},
    {R"({{ semverCompare "<1 || >3" "4.0.0" }})", "true"},
    {R"({{ semverCompare "!=1.2.x" "1.2.3" }})", "false"},
    {R"({{ semverCompare "^0.2.3" "0.2.9" }})", "true"},
    {R"({{ semverCompare "^0.0.3" "0.0.4" }})", "false"},
    {R"({{ semverCompare "=1.2" "1.2.9" }})", "true"},
    {R"({{ semverCompare ">1.2" "1.2.9" }})", "false"},
    {R"({{ semverCompare "<=1.2" "1.2.9" }})", "true"},
    {R"({{ semverCompare ">= 1.2, < 2" "1.5.0" }})", "true"},
    {R"({{ semverCompare "1.2.3" "v1.2.3+meta" }})", "true"},
    {R"({{ semverCompare "1.2 - 1.4 || 2 - 3" "2.5.0" }})", "true"},
    {R"({{ semverCompare "~0" "0.5.1" }})", "true"},
    {R"({{ semverCompare "~>2.1" "2.1.9" }})", "true"},
    {R"({{ semverCompare "=>1" "1.0.0" }})", "true"},
    {R"({{ semverCompare "1.1-alpha" "1.1.0-alpha" }})", "true"},
    {R"({{ semverCompare "!=1.1-alpha" "1.1.0-beta" }})", "true"},
    {R"({{ semverCompare ">1.1-alpha.1" "1.1.0-alpha.2" }})", "false"},
    {R"({{ semverCompare "^1.*.*" "1.3" }})", "true"},
    {R"({{ semverCompare "01.2" "1.2.0" }})", "true"},
    {R"({{ semverCompare ">=1.21.0-0" "v1.33.4-gke.1245000" }})", "true"},
    {R"({{ regexReplaceAll "(a)(b)?" "ab a" "<$2|$1|$9|$|$x>" }})", "<b|a||$|> <|a||$|>"},
};

TEST(SprigRegexesAndVersions, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {R"({{ regexFind "[" "a" }})",
     R"(1:3: executing "t" at <regexFind "[" "a">: error calling regexFind: )"
     "regexp: Compile(`[`): error parsing regexp: missing closing "
     "]: `[`"},
    {R"({{ mustRegexFind "[" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "[" "a">: error calling )"
     "mustRegexFind: error parsing regexp: missing closing ]: `[`"},
    {R"({{ mustRegexFind "(a" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "(a" "a">: error calling )"
     "mustRegexFind: error parsing regexp: missing closing ): `(a`"},
    {R"~({{ mustRegexFind "a)" "a" }})~",
     R"~(1:3: executing "t" at <mustRegexFind "a)" "a">: error calling )~"
     "mustRegexFind: error parsing regexp: unexpected ): `a)`"},
    {R"({{ mustRegexFind "*a" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "*a" "a">: error calling )"
     "mustRegexFind: error parsing regexp: missing argument to repetition "
     "operator: `*`"},
    {R"({{ mustRegexFind "a**" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "a**" "a">: error calling )"
     "mustRegexFind: error parsing regexp: invalid nested repetition "
     "operator: `**`"},
    {R"({{ mustRegexFind "[z-a]" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "[z-a]" "a">: error calling )"
     "mustRegexFind: error parsing regexp: invalid character class "
     "range: `z-a`"},
    {R"({{ mustRegexFind "\\y" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "\\y" "a">: error calling )"
     "mustRegexFind: error parsing regexp: invalid escape sequence: "
     R"(`\y`)"},
    {R"({{ mustRegexFind "a{1001}" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "a{1001}" "a">: error calling )"
     "mustRegexFind: error parsing regexp: invalid repeat count: `{1001}`"},
    {R"~({{ mustRegexFind "(?=a)" "a" }})~",
     R"~(1:3: executing "t" at <mustRegexFind "(?=a)" "a">: error calling )~"
     "mustRegexFind: error parsing regexp: invalid or unsupported "
     "Perl syntax: `(?=`"},
    {R"({{ mustRegexFind "a\\" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "a\\" "a">: error calling )"
     "mustRegexFind: error parsing regexp: trailing backslash at end "
     "of expression: ``"},
    {R"({{ mustRegexFind "(?P<n" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "(?P<n" "a">: error calling )"
     "mustRegexFind: error parsing regexp: invalid named capture: "
     "`(?P<n`"},
    {R"({{ mustRegexFind "[[:foo:]]" "a" }})",
     R"(1:3: executing "t" at <mustRegexFind "[[:foo:]]" "a">: error )"
     "calling mustRegexFind: error parsing regexp: invalid character "
     "class range: `[:foo:]`"},
    {R"({{ semverCompare "" "1.0.0" }})",
     R"(1:3: executing "t" at <semverCompare "" "1.0.0">: error calling )"
     R"(semverCompare: improper constraint: "")"},
    {R"({{ semverCompare "a" "1.0.0" }})",
     R"(1:3: executing "t" at <semverCompare "a" "1.0.0">: error calling )"
     R"(semverCompare: improper constraint: "a")"},
    {R"({{ semverCompare ">=1" "x" }})",
     R"(1:3: executing "t" at <semverCompare ">=1" "x">: error calling )"
     "semverCompare: invalid semantic version"},
    {R"({{ semverCompare ">=1 foo" "1" }})",
     R"(1:3: executing "t" at <semverCompare ">=1 foo" "1">: error calling )"
     R"(semverCompare: improper constraint: ">=1 foo")"},
    {R"({{ semver "1.2.3.4" }})",
     R"(1:3: executing "t" at <semver "1.2.3.4">: error calling semver: )"
     "invalid semantic version"},
    {R"({{ semver "1.2.3-01" }})",
     R"(1:3: executing "t" at <semver "1.2.3-01">: error calling semver: )"
     "version segment starts with 0"},
    {R"({{ (semver "1").Nope }})",
     R"(1:11: executing "t" at <"1">: can't evaluate field Nope in type )"
     "*semver.Version"},
    {R"({{ (semver "1").Major 3 }})",
     R"(1:11: executing "t" at <"1">: wrong number of args for Major: )"
     "want 0 got 1"},
};

TEST(SprigRegexesAndVersions, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
