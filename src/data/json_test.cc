#include "data/json.h"

#include <gtest/gtest.h>

#include <cmath>

namespace jibe::data {
namespace {

std::string mistake(std::string_view text) {
  try {
    parse_json(text);
    return "";
  } catch (const base::InvalidInput& e) {
    return e.what();
  }
}

TEST(Json, ReadsEveryKind) {
  Value v = parse_json(
      R"( {"n":null,"t":true,"f":false,"i":-12,"d":1.5,"s":"a\u00e9\n","l":[1,[]],"m":{}} )");
  EXPECT_TRUE(v["n"].is_null());
  EXPECT_TRUE(v.has("n"));
  EXPECT_TRUE(v["t"].as_bool());
  EXPECT_FALSE(v["f"].as_bool());
  EXPECT_EQ(v["i"].as_int(), -12);
  EXPECT_EQ(v["d"].as_double(), 1.5);
  EXPECT_EQ(v["s"].text(), "a\xc3\xa9\n");
  EXPECT_EQ(v["l"].size(), 2u);
  EXPECT_TRUE(v["m"].is_map());
}

TEST(Json, ScalarsMayStandAlone) {
  EXPECT_TRUE(parse_json("null").is_null());
  EXPECT_EQ(parse_json(" \"x\" ").text(), "x");
  EXPECT_EQ(parse_json("7").as_int(), 7);
  EXPECT_TRUE(parse_json("true").as_bool());
}

TEST(Json, NumbersKeepTheirKind) {
  EXPECT_EQ(parse_json("[9223372036854775807]")[0].as_int(), INT64_MAX);
  EXPECT_EQ(parse_json("[-9223372036854775808]")[0].as_int(), INT64_MIN);
  EXPECT_TRUE(parse_json("[9223372036854775808]")[0].is_double());
  EXPECT_TRUE(parse_json("[123456789012345678901234567890]")[0].is_double());
  EXPECT_TRUE(parse_json("[1.0]")[0].is_double());
  EXPECT_TRUE(parse_json("[1e2]")[0].is_double());
  EXPECT_TRUE(std::signbit(parse_json("[-0]")[0].as_double()));
  EXPECT_EQ(parse_json("[1e-400]")[0].as_double(), 0.0);
  EXPECT_EQ(mistake("[1e400]"),
            "json: cannot unmarshal number 1e400 into Go value of type float64");
}

TEST(Json, BrokenTextIsReplacedAsInGo) {
  EXPECT_EQ(parse_json("[\"a\xff"
                       "b\"]")[0]
                .text(),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(parse_json(R"(["\ud800x"])")[0].text(), "\xef\xbf\xbdx");
  EXPECT_EQ(parse_json(R"(["\ud83d\ude00"])")[0].text(), "\xf0\x9f\x98\x80");
}

TEST(Json, MistakesAreNamedAsInGo) {
  struct Case {
    const char* text;
    const char* sentence;
  };
  // The words are those of encoding/json for the same texts.
  for (const Case& c : std::vector<Case>{
           {"", "unexpected end of JSON input (line 1, column 1)"},
           {"{", "unexpected end of JSON input (line 1, column 2)"},
           {"{\"a\"}", "invalid character '}' after object key (line 1, column 5)"},
           {"{\"a\":1,}",
            "invalid character '}' looking for beginning of object key string (line 1, column 8)"},
           {"{a:1}",
            "invalid character 'a' looking for beginning of object key string (line 1, column 2)"},
           {"[1,]", "invalid character ']' looking for beginning of value (line 1, column 4)"},
           {"[1 2]", "invalid character '2' after array element (line 1, column 4)"},
           {"{\"a\":1\n\"b\":2}",
            "invalid character '\"' after object key:value pair (line 2, column 1)"},
           {"[01]", "invalid character '1' after array element (line 1, column 3)"},
           {"[1.]",
            "invalid character ']' after decimal point in numeric literal (line 1, column 4)"},
           {"[1e]", "invalid character ']' in exponent of numeric literal (line 1, column 4)"},
           {"[-]", "invalid character ']' in numeric literal (line 1, column 3)"},
           {"[tru]", "invalid character ']' in literal true (expecting 'e') (line 1, column 5)"},
           {"[\"a\tb\"]", "invalid character '\\t' in string literal (line 1, column 4)"},
           {"[\"\\x\"]", "invalid character 'x' in string escape code (line 1, column 4)"},
           {"[\"\\u12g4\"]",
            "invalid character 'g' in \\u hexadecimal character escape (line 1, column 7)"},
           {"{} x", "invalid character 'x' after top-level value (line 1, column 4)"},
           {"1 2", "invalid character '2' after top-level value (line 1, column 3)"},
           {"[\"a", "unexpected end of JSON input (line 1, column 4)"}})
    EXPECT_EQ(mistake(c.text), c.sentence) << c.text;
}

TEST(Json, DepthIsLimited) {
  std::string deep(kMaxDepth, '[');
  EXPECT_EQ(mistake(deep + std::string(kMaxDepth, ']')), "");
  EXPECT_EQ(mistake("[" + deep + std::string(kMaxDepth + 1, ']')), "exceeded max depth");
  EXPECT_NE(mistake(std::string(1'000'000, '[')), "");
  Value v;
  for (int i = 0; i <= kMaxDepth; ++i) v = Value::list({v});
  EXPECT_THROW(to_json(v), base::InvalidInput);
}

TEST(Json, DuplicatesAreReportedWithTheirPaths) {
  auto doc = parse_json_reporting_duplicates(
      R"({"spec":{"foo":1,"l":[{"n":1},{"n":1,"n":2,"n":3}],"foo":2},"a":1,"a":{"b":1}})");
  EXPECT_EQ(doc.duplicates, (std::vector<std::string>{"spec.l[1].n", "spec.foo", "a"}));
  EXPECT_EQ(doc.value["spec"]["foo"].as_int(), 2);
  EXPECT_EQ(doc.value["a"]["b"].as_int(), 1);
}

TEST(Json, WritesAsGoDoes) {
  Value v = Value::map({{"b", Value::list({1, 2.5, true, nullptr})},
                        {"a", "<a href=\"x\">&\xe2\x80\xa8\x01\x7f\b\f\\/"},
                        {"e", Value::list()},
                        {"m", Value::map()}});
  EXPECT_EQ(to_json(v), R"({"a":"\u003ca href=\"x\"\u003e\u0026\u2028\u0001)"
                        "\x7f"
                        R"(\b\f\\/","b":[1,2.5,true,null],"e":[],"m":{}})");
  EXPECT_EQ(to_json("<&>\xff", {0, false}), "\"<&>\\ufffd\"");
  EXPECT_EQ(to_json(Value::map({{"a", Value::list({1, Value::map()})}, {"b", Value::list()}}),
                    kKubectlJson),
            "{\n    \"a\": [\n        1,\n        {}\n    ],\n    \"b\": []\n}");
}

TEST(Json, NumbersAreWrittenAsGoDoes) {
  struct Case {
    double number;
    const char* json;
    const char* go;
  };
  for (const Case& c :
       std::vector<Case>{{0, "0", "0"},
                         {1, "1", "1"},
                         {-1.5, "-1.5", "-1.5"},
                         {100000, "100000", "100000"},
                         {1e6, "1000000", "1e+06"},
                         {1234567.5, "1234567.5", "1.2345675e+06"},
                         {123456.75, "123456.75", "123456.75"},
                         {1e20, "100000000000000000000", "1e+20"},
                         {1e21, "1e+21", "1e+21"},
                         {1.5e300, "1.5e+300", "1.5e+300"},
                         {0.0001, "0.0001", "0.0001"},
                         {0.00001, "0.00001", "1e-05"},
                         {1e-6, "0.000001", "1e-06"},
                         {1e-7, "1e-7", "1e-07"},
                         {1.25e-10, "1.25e-10", "1.25e-10"},
                         {5e-324, "5e-324", "5e-324"},
                         {0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"}}) {
    EXPECT_EQ(json_number(c.number), c.json);
    EXPECT_EQ(go_number(c.number), c.go);
  }
  EXPECT_EQ(go_number(-INFINITY), "-Inf");
  EXPECT_THROW(to_json(Value(INFINITY)), base::InvalidInput);
}

TEST(Json, EveryNumberReadsBack) {
  uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    // Few digits around every exponent, so that short and long forms take turns on the stack.
    double number =
        std::ldexp(static_cast<double>(state >> 48), static_cast<int>(state % 200) - 100);
    ASSERT_EQ(std::strtod(json_number(number).c_str(), nullptr), number);
    ASSERT_EQ(std::strtod(go_number(number).c_str(), nullptr), number);
    ASSERT_EQ(json_number(1.5), "1.5");
  }
}

TEST(Json, QuotesAsGoDoes) {
  EXPECT_EQ(go_quote("a\"b\\\n\x01\x7f\xc3\xa9\xff"), "\"a\\\"b\\\\\\n\\x01\\x7f\xc3\xa9\\xff\"");
  EXPECT_EQ(go_quote("\xe2\x80\x8b\xc2\xa0\xf0\x9f\x98\x80"), "\"\\u200b\\u00a0\xf0\x9f\x98\x80\"");
}

TEST(Json, WhatIsWrittenReadsBackTheSame) {
  Value v = parse_json(R"({"a":[1,2.5,{"b":"\u0000\ud83d\ude00"}],"c":1e300,"d":-0.0})");
  EXPECT_EQ(parse_json(to_json(v)), v);
  EXPECT_EQ(parse_json(to_json(v, kKubectlJson)), v);
}

}  // namespace
}  // namespace jibe::data
