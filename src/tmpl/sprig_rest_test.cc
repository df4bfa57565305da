// Sprig's defaults, JSON, encodings, paths, URLs, hashes; expectations are Sprig 3.3.0's.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Case kGiveWhatSprigGives[] = {
    {R"({{ untitle "Hello World" }})", "hello world"},
    {R"({{ trimAll "$" "$5.00$" }})", "5.00"},
    {R"({{ trimSuffix "-" "a-" }})", "a"},
    {R"({{ trimPrefix "-" "-a" }})", "a"},
    {R"({{ trimall "xé" "xéaéx" }})", "a"},
    {R"({{ wrapWith 5 "|" "hello world foobarbaz" }})", "hello|world|fooba|rbaz"},
    {R"({{ wrapWith 0 "," "abc" }})", "a,b,c"},
    {R"({{ abbrevboth 5 10 "1234 5678 9123" }})", "...5678..."},
    {R"({{ abbrevboth 2 5 "hello" }})", "hello"},
    {R"({{ abbrevboth 7 12 "abcdefghijklmnopqrstuvwxyz" }})", "...hijklm..."},
    {R"({{ abbrevboth 20 12 "abcdefghijklmnopqrstuvwxyz" }})", "...rstuvwxyz"},
    {R"({{ hasSuffix "x" "cat" }})", "false"},
    {R"({{ squote "a'b" 3 .n true }})", "'a'b' '3' 'true'"},
    {"{{ nindent 4 .multi }}",
     "\n"
     "    a"
     "\n"
     "    b"
     "\n"
     "    "
     "\n"
     "    c"},
    {R"({{ len .l | plural "one" "many" }})", "many"},
    {R"({{ splitList "," "a,b,,c" }})", "[a b  c]"},
    {R"({{ splitn "/" 2 "a/b/c" }})", "map[_0:a _1:b/c]"},
    {R"({{ splitList "" "héy" }})", "[h é y]"},
    {R"({{ splitn "x" 0 "a" }})", "map[]"},
    {"{{ typeOf (add 1 2) }}", "int64"},
    {R"({{ default "d" .e }})", "d"},
    {R"({{ default "d" .n }})", "d"},
    {R"({{ default "d" .s }})", "abc"},
    {R"({{ default "d" 0 }})", "d"},
    {R"({{ default "d" .missing }})", "d"},
    {R"({{ default "d" .el }})", "d"},
    {R"({{ default "d" .fa }})", "d"},
    {R"({{ .missing | default "x" }})", "x"},
    {R"({{ default "d" }})", "d"},
    {"{{ .n | default .missing | default 5 }}", "5"},
    {"{{ empty .n }}", "true"},
    {"{{ empty .em }}", "true"},
    {"{{ empty .m }}", "false"},
    {"{{ empty 0 }}", "true"},
    {R"({{ empty "" }})", "true"},
    {"{{ empty false }}", "true"},
    {"{{ empty 0.0 }}", "true"},
    {R"({{ coalesce .n "" 0 "x" }})", "x"},
    {"{{ coalesce .n .e }}", "<no value>"},
    {"{{ coalesce }}", "<no value>"},
    {R"({{ all 1 "a" }})", "true"},
    {R"({{ all 1 "" }})", "false"},
    {"{{ all }}", "true"},
    {R"({{ any 0 "" }})", "false"},
    {"{{ any 0 1 }}", "true"},
    {"{{ any }}", "false"},
    {R"({{ ternary "a" "b" true }})", "a"},
    {R"({{ ternary "a" "b" .fa }})", "b"},
    {R"({{ .t | ternary "y" "n" }})", "y"},
    {R"({{ fromJson "{\"a\":[1,2.5,null,true,\"x\"]}" }})", "map[a:[1 2.5 <nil> true x]]"},
    {R"({{ (fromJson "{\"a\":1}").a | typeOf }})", "float64"},
    {R"({{ fromJson "bad" }})", "<no value>"},
    {R"({{ fromJson "3" }})", "3"},
    {"{{ toJson .m }}", R"({"a":1,"b":{"c":"d","n":null},"z":[1,2]})"},
    {"{{ toJson .l }}", R"([1,"a",2.5,null,true])"},
    {R"({{ toJson "<a&b>" }})", R"("\u003ca\u0026b\u003e")"},
    {R"({{ toRawJson "<a&b>" }})", R"("<a&b>")"},
    {"{{ toJson .n }}", "null"},
    {"{{ toJson 1e21 }}", "1e+21"},
    {"{{ toJson 1e6 }}", "1000000"},
    {"{{ toJson 1.5 }}", "1.5"},
    {"{{ toPrettyJson .m }}",
     "{"
     "\n"
     R"(  "a": 1,)"
     "\n"
     R"(  "b": {)"
     "\n"
     R"(    "c": "d",)"
     "\n"
     R"(    "n": null)"
     "\n"
     "  },"
     "\n"
     R"(  "z": [)"
     "\n"
     "    1,"
     "\n"
     "    2"
     "\n"
     "  ]"
     "\n"
     "}"},
    {"{{ toPrettyJson .em }}", "{}"},
    {"{{ toPrettyJson .el }}", "[]"},
    {"{{ toJson (list) }}", "[]"},
    {"{{ toJson (rest list) }}", "null"},
    {"{{ toJson (dict) }}", "{}"},
    {R"({{ toJson "é\u2028\x00" }})", R"("é\u2028\u0000")"},
    {R"({{ printf "%T" (chunk 2 .l) }})", "[][]interface {}"},
    {"{{ 1 }}", "1"},
    {"{{ typeOf .m }}", "map[string]interface {}"},
    {"{{ typeOf 1 }}", "int"},
    {"{{ typeOf nil }}", "<nil>"},
    {R"({{ typeIs "string" "x" }})", "true"},
    {R"({{ typeIsLike "*int" 3 }})", "false"},
    {"{{ kindOf .l }}", "slice"},
    {"{{ kindOf .m }}", "map"},
    {"{{ kindOf nil }}", "invalid"},
    {R"({{ kindIs "map" .m }})", "true"},
    {"{{ kindOf 1.5 }}", "float64"},
    {R"({{ typeOf (splitList "," "a") }})", "[]string"},
    {"{{ typeOf (until 3) }}", "[]int"},
    {R"({{ typeOf (split "," "a") }})", "map[string]string"},
    {"{{ kindOf true }}", "bool"},
    {"{{ typeOf (int64 1) }}", "int64"},
    {R"({{ kindOf (semver "1.2.3") }})", "ptr"},
    {R"({{ typeOf (semver "1.2.3") }})", "*semver.Version"},
    {"{{ deepEqual .l .l }}", "true"},
    {"{{ deepEqual (list 1) (list 1) }}", "true"},
    {"{{ deepEqual (list 1) (list 1.0) }}", "false"},
    {"{{ deepEqual .m (deepCopy .m) }}", "true"},
    {"{{ deepEqual nil .n }}", "true"},
    {"{{ deepEqual 1 (int64 1) }}", "false"},
    {R"({{ b64enc "hello" }})", "aGVsbG8="},
    {R"({{ b64dec "aGVsbG8=" }})", "hello"},
    {R"({{ b64dec "aGVsbG8" }})", "illegal base64 data at input byte 4"},
    {R"({{ b64dec "a!b" }})", "illegal base64 data at input byte 1"},
    {R"({{ b64dec "aG=s" }})", "illegal base64 data at input byte 2"},
    {R"({{ b64dec "aGVsbG8=x" }})", "illegal base64 data at input byte 8"},
    {R"({{ b64dec "=" }})", "illegal base64 data at input byte 0"},
    {R"({{ b64dec "aGVsb" }})", "illegal base64 data at input byte 4"},
    {R"({{ b32enc "hello" }})", "NBSWY3DP"},
    {R"({{ b32dec "NBSWY3DP" }})", "hello"},
    {R"({{ b32enc "a" }})", "ME======"},
    {R"({{ b32dec "ME======" }})", "a"},
    {R"({{ b32dec "x" }})", "illegal base32 data at input byte 0"},
    {R"({{ b32dec "ME=====" }})", "illegal base32 data at input byte 7"},
    {R"({{ b32dec "M1" }})", "illegal base32 data at input byte 1"},
    {R"({{ b32enc "ab" }})", "MFRA===="},
    {R"({{ b32enc "abc" }})", "MFRGG==="},
    {R"({{ b32dec "MFRA====" }})", "ab"},
    {R"({{ base "/a/b.c" }})", "b.c"},
    {R"({{ dir "/a/b.c" }})", "/a"},
    {R"({{ clean "/a/../b//c/./d/.." }})", "/b/c"},
    {R"({{ ext "a.tar.gz" }})", ".gz"},
    {R"({{ isAbs "/a" }})", "true"},
    {R"({{ base "" }})", "."},
    {R"({{ base "///" }})", "/"},
    {R"({{ dir "" }})", "."},
    {R"({{ dir "a" }})", "."},
    {R"({{ clean "" }})", "."},
    {R"({{ clean "../a/../../b" }})", "../../b"},
    {R"({{ ext "a/b" }})", ""},
    {R"({{ ext "a.b/c" }})", ""},
    {R"({{ osBase "/x/y" }})", "y"},
    {R"({{ osDir "/x/y" }})", "/x"},
    {R"({{ osClean "a//b" }})", "a/b"},
    {R"({{ osExt "a.x" }})", ".x"},
    {R"({{ osIsAbs "a" }})", "false"},
    {R"({{ clean "/.." }})", "/"},
    {R"({{ urlParse "https://user:p%20w@example.com:8080/a%20b/c?q=1&r=2#frag" )"
     "}}",
     "map[fragment:frag host:example.com:8080 hostname:example.com "
     "opaque: path:/a b/c query:q=1&r=2 scheme:https userinfo:user:p%20w]"},
    {R"({{ urlJoin (urlParse "https://user:pw@example.com:8080/a%20b/c?q=1#frag") )"
     "}}",
     "https://user:pw@example.com:8080/a%20b/c?q=1#frag"},
    {R"({{ urlJoin (dict "scheme" "http" "host" "h" "path" "p x" "query" )"
     R"("a=b") }})",
     "http://h/p%20x?a=b"},
    {R"({{ urlParse "mailto:a@b" }})",
     "map[fragment: host: hostname: opaque:a@b path: query: scheme:mailto "
     "userinfo:]"},
    {R"({{ urlParse "/rel?x" }})",
     "map[fragment: host: hostname: opaque: path:/rel query:x scheme: "
     "userinfo:]"},
    {R"({{ urlParse "http://[::1]:80/" }})",
     "map[fragment: host:[::1]:80 hostname:::1 opaque: path:/ query: "
     "scheme:http userinfo:]"},
    {R"({{ urlJoin (dict "path" "a:b") }})", "./a:b"},
    {R"({{ urlJoin (dict "userinfo" "u:p" "host" "h") }})", "//u:p@h"},
    {R"({{ urlParse "a:b:c" }})",
     "map[fragment: host: hostname: opaque:b:c path: query: scheme:a "
     "userinfo:]"},
    {R"({{ printf "%v" (until 3) }})", "[0 1 2]"},
    {R"({{ printf "%#v" (list 1 "a") }})", R"([]interface {}{1, "a"})"},
    {R"({{ printf "%#v" (splitList "," "a,b") }})", R"([]string{"a", "b"})"},
    {R"({{ printf "%s" (splitList "," "a,b") }})", "[a b]"},
    {R"({{ index (splitList "," "a,b") 1 }})", "b"},
    {R"({{ printf "%T" (index (split "," "a") "_0") }})", "string"},
    {"{{ range $i, $x := until 3 }}{{ $i }}{{ $x }}{{ end }}{{ range "
     R"(splitList "," "a,b" }}{{ . }}{{ end }}{{ range $k,$v := split )"
     R"("," "x,y" }}{{ $k }}{{ $v }}{{ end }})",
     "001122ab_0x_1y"},
    {"{{ len (until 4) }}", "4"},
    {"{{ eq (int64 3) 3 }}", "true"},
    {R"({{ eq (len "abc") 3 }})", "true"},
    {"{{ lt (add 1 1) 3 }}", "true"},
    {"{{ and (list) 1 }}", "[]"},
    {R"({{ or (dict) "x" }})", "x"},
    {"{{ not (list 1) }}", "false"},
    {"{{ .s | b64enc | b64dec | quote }}", R"("abc")"},
    {"{{ ternary 1 2 (empty .n) }}", "1"},
    {R"({{ toJson (list (until 2) (splitList "," "a") (split "," "a")) )"
     "}}",
     R"([[0,1],["a"],{"_0":"a"}])"},
    {R"({{ toJson (semver "1") }})", R"("1.0.0")"},
    {R"({{ toPrettyJson (list 1 (dict "a" nil)) }})",
     "["
     "\n"
     "  1,"
     "\n"
     "  {"
     "\n"
     R"(    "a": null)"
     "\n"
     "  }"
     "\n"
     "]"},
    {R"({{ trimSuffix "" "abc" }})", "abc"},
    {R"({{ trimAll "" " a " }})", " a "},
    {R"({{ splitn "," -1 "a,b,c" }})", "map[_0:a _1:b _2:c]"},
    {R"({{ sha1sum "a" }})", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
    {R"({{ sha256sum "a" }})", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
    {R"({{ sha512sum "" }})",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0"
     "ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {R"({{ adler32sum "hello" }})", "103547413"},
    {R"({{ adler32sum "" }})", "1"},
    {R"({{ derivePassword 1 "long" "password" "user" "example.com" }})", "ZedaFaxcZaso9*"},
    {R"({{ derivePassword 2 "maximum" "password" "user" "example.com" )"
     "}}",
     "O8-6Bwz1*I5XVPPq)@H!"},
    {R"({{ derivePassword 1 "pin" "p" "u" "s" }})", "2461"},
    {R"({{ derivePassword 1 "x" "p" "u" "s" }})", "cannot find password template x"},
    {R"({{ derivePassword 1 "medium" "p" "u" "s" }})", "Rud1@Nel"},
    {R"({{ derivePassword 1 "basic" "p" "u" "s" }})", "tGf1NEr0"},
    {R"({{ derivePassword 1 "short" "p" "u" "s" }})", "Rud1"},
    {R"({{ decryptAES "secretkey" "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=" )"
     "}}",
     "plaintext"},
    {R"({{ eq (toDate "2006" "2020").Month 1 }})", "true"},
};

TEST(SprigRest, give_what_sprig_gives) {
  expect_outputs(kGiveWhatSprigGives);
}

constexpr Case kFailAsSprigFails[] = {
    {R"({{ ternary "a" "b" "x" }})", R"(1:19: executing "t" at <"x">: expected bool; found "x")"},
    {R"({{ ternary "a" "b" .n }})",
     R"(1:19: executing "t" at <.n>: wrong type for value; expected )"
     "bool; got interface {}"},
    {R"({{ b64dec "aGVs)"
     "\n"
     R"(bG8=" }})",
     "1: unterminated quoted string"},
    {R"({{ urlParse ":x" }})", R"(1:3: executing "t" at <urlParse ":x">: error calling urlParse: )"
                               R"(unable to parse url: parse ":x": missing protocol scheme)"},
    {R"({{ urlParse "http://a b/" }})",
     R"(1:3: executing "t" at <urlParse "http://a b/">: error calling )"
     R"(urlParse: unable to parse url: parse "http://a b/": invalid )"
     R"(character " " in host name)"},
    {R"({{ urlParse "http://h:x/" }})",
     R"(1:3: executing "t" at <urlParse "http://h:x/">: error calling )"
     R"(urlParse: unable to parse url: parse "http://h:x/": invalid )"
     R"(port ":x" after host)"},
    {R"({{ urlParse "%zz" }})",
     R"(1:3: executing "t" at <urlParse "%zz">: error calling urlParse: )"
     R"(unable to parse url: parse "%zz": invalid URL escape "%zz")"},
    {R"({{ urlParse "1a:b" }})",
     R"(1:3: executing "t" at <urlParse "1a:b">: error calling urlParse: )"
     R"(unable to parse url: parse "1a:b": first path segment in URL )"
     "cannot contain colon"},
    {R"({{ urlJoin (dict "host" 3) }})",
     R"(1:3: executing "t" at <urlJoin (dict "host" 3)>: error calling )"
     "urlJoin: unable to parse host key, must be of type string, but "
     "int found"},
    {R"({{ "a" | upper "b" }})",
     R"(1:9: executing "t" at <upper>: wrong number of args for upper: )"
     "want 1 got 2"},
    {R"({{ derivePassword -1 "long" "p" "u" "s" }})",
     R"(1:18: executing "t" at <-1>: expected unsigned integer; found )"
     "-1"},
    {R"({{ derivePassword .i "long" "p" "u" "s" }})",
     R"(1:18: executing "t" at <.i>: wrong type for value; expected )"
     "uint32; got float64"},
    {R"({{ decryptAES "k" "!!" }})",
     R"(1:3: executing "t" at <decryptAES "k" "!!">: error calling decryptAES: )"
     "illegal base64 data at input byte 0"},
    {R"({{ decryptAES "k" "YWJj" }})",
     R"(1:3: executing "t" at <decryptAES "k" "YWJj">: error calling )"
     "decryptAES: runtime error: slice bounds out of range [:16] with "
     "capacity 3"},
    {R"({{ decryptAES "k" "YWJjYWJjYWJjYWJjYWJjYWJj" }})",
     R"(1:3: executing "t" at <decryptAES "k" "YWJjYWJjYWJjYWJjYWJjYWJj">: )"
     "error calling decryptAES: crypto/cipher: input not full blocks"},
    {R"({{ buildCustomCert "!" "x" }})",
     R"(1:3: executing "t" at <buildCustomCert "!" "x">: error calling )"
     "buildCustomCert: unable to decode base64 certificate"},
    {R"({{ buildCustomCert "YQ==" "!" }})",
     R"(1:3: executing "t" at <buildCustomCert "YQ==" "!">: error calling )"
     "buildCustomCert: unable to decode base64 private key"},
    {R"({{ buildCustomCert "YQ==" "YQ==" }})",
     R"(1:3: executing "t" at <buildCustomCert "YQ==" "YQ==">: error )"
     "calling buildCustomCert: unable to decode certificate"},
};

TEST(SprigRest, fail_as_sprig_fails) {
  expect_errors(kFailAsSprigFails);
}

}  // namespace
}  // namespace jibe::tmpl
