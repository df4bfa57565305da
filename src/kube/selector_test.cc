#include "kube/selector.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::kube {
namespace {

using data::Value;

std::string parse(std::string_view text) {
  try {
    return LabelSelector::parse(text).str();
  } catch (const base::InvalidInput& e) {
    return std::string("ERR ") + e.what();
  }
}

bool matches(std::string_view selector, const Value& labels) {
  return LabelSelector::parse(selector).matches(labels);
}

TEST(LabelSelector, IsSpelledSortedByKey) {
  EXPECT_EQ(parse("i,a=b,c!=d, e in (g, f) ,!h"), "a=b,c!=d,e in (f,g),!h,i");
  EXPECT_EQ(parse("x in (foo,,baz),y,z notin (a,b)"), "x in (,baz,foo),y,z notin (a,b)");
  EXPECT_EQ(parse("a==b"), "a=b");
  EXPECT_EQ(parse("a=,b"), "a=,b");
  EXPECT_EQ(parse("a>1,b<2"), "a>1,b<2");
  EXPECT_EQ(parse("a in (b,)"), "a in (,b)");
  EXPECT_EQ(parse("in in (in,notin)"), "in in (in,notin)");
  EXPECT_EQ(parse("a=in"), "a=in");
  EXPECT_EQ(parse(""), "");
}

// The sentences are those of labels.Parse 0.36.3 for the same texts.
TEST(LabelSelector, MistakesAreNamedAsInApimachinery) {
  EXPECT_EQ(parse("a,"), "ERR found '', expected: identifier after ','");
  EXPECT_EQ(parse(","), "ERR found ',', expected: !, identifier, or 'end of string'");
  EXPECT_EQ(parse("=b"), "ERR found '=', expected: !, identifier, or 'end of string'");
  EXPECT_EQ(parse("a=b c"), "ERR found 'c', expected: ',' or 'end of string'");
  EXPECT_EQ(parse("a=b!"), "ERR found '!', expected: ',' or 'end of string'");
  EXPECT_EQ(parse("!a=b"), "ERR found '=', expected: ',' or 'end of string'");
  const std::string start = "ERR unable to parse requirement: ";
  EXPECT_EQ(parse("a b"), start + "found 'b', expected: in, notin, =, ==, !=, gt, lt");
  EXPECT_EQ(parse("!"), start + "found '', expected: identifier");
  EXPECT_EQ(parse("a===b"), start + "found '=', expected: identifier");
  EXPECT_EQ(parse("a in"), start + "found '' expected: '('");
  EXPECT_EQ(parse("a in x"), start + "found 'x' expected: '('");
  EXPECT_EQ(parse("a in (b c)"), start + "found 'c', expected: ',' or ')'");
  EXPECT_EQ(parse("a in (b"), start + "found '', expected: ',' or ')'");
  EXPECT_EQ(parse("a in (=)"), start + "found '=', expected: ',', ')' or identifier");
  EXPECT_EQ(parse("a>x"), start +
                              "values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the "
                              "value must be an integer");
  EXPECT_EQ(parse("/a"), start + "<nil>: Invalid value: \"/a\": prefix part must be non-empty");
  EXPECT_EQ(parse("-a"),
            start +
                "<nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, "
                "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
                "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
                "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
  EXPECT_NE(parse("a=-").find("values[0][a]: Invalid value: \"-\": a valid label must be"),
            std::string::npos);
  EXPECT_NE(parse("A/b=c").find("prefix part a lowercase RFC 1123 subdomain"), std::string::npos);
  EXPECT_NE(parse("a/b/c=d").find("with an optional DNS subdomain prefix"), std::string::npos);
}

TEST(LabelSelector, Matches) {
  Value labels = Value::map({{"app", "web"}, {"tier", ""}, {"n", "12"}});
  EXPECT_TRUE(matches("", labels));
  EXPECT_TRUE(matches("", nullptr));
  EXPECT_TRUE(matches("app=web", labels));
  EXPECT_FALSE(matches("app=db", labels));
  EXPECT_TRUE(matches("app!=db", labels));
  EXPECT_TRUE(matches("absent!=db", labels));
  EXPECT_TRUE(matches("absent notin (db)", labels));
  EXPECT_TRUE(matches("app in (db,web)", labels));
  EXPECT_TRUE(matches("tier", labels));
  EXPECT_TRUE(matches("tier=", labels));
  EXPECT_FALSE(matches("absent=", labels));
  EXPECT_FALSE(matches("!tier", labels));
  EXPECT_TRUE(matches("!absent", labels));
  EXPECT_TRUE(matches("n>11,n<13", labels));
  EXPECT_FALSE(matches("n>12", labels));
  EXPECT_FALSE(matches("app>1", labels));
  EXPECT_FALSE(matches("app=web,tier=x", labels));
}

TEST(LabelSelector, FromTheApi) {
  Value labels = Value::map({{"app", "web"}});
  EXPECT_FALSE(LabelSelector::from_value(nullptr).matches(labels));
  EXPECT_FALSE(LabelSelector::from_value(nullptr).empty());
  EXPECT_TRUE(LabelSelector::from_value(Value::map()).matches(labels));
  Value expression =
      Value::map({{"key", "app"}, {"operator", "NotIn"}, {"values", Value::list({"db"})}});
  auto selector =
      LabelSelector::from_value(Value::map({{"matchLabels", Value::map({{"app", "web"}})},
                                            {"matchExpressions", Value::list({expression})}}));
  EXPECT_TRUE(selector.matches(labels));
  EXPECT_EQ(selector.requirements().size(), 2u);
  expression.set("operator", "Exists");
  EXPECT_THROW(
      LabelSelector::from_value(Value::map({{"matchExpressions", Value::list({expression})}})),
      base::InvalidInput);
  expression.set("operator", "Near");
  EXPECT_THROW(
      LabelSelector::from_value(Value::map({{"matchExpressions", Value::list({expression})}})),
      base::InvalidInput);
  EXPECT_TRUE(LabelSelector::from_map(labels).matches(labels));
}

std::string parse_field(std::string_view text) {
  try {
    std::string out;
    FieldSelector selector = FieldSelector::parse(text);
    for (const auto& t : selector.terms())
      out += "[" + t.path + (t.equal ? "=" : "!=") + t.value + "]";
    return out;
  } catch (const base::InvalidInput& e) {
    return std::string("ERR ") + e.what();
  }
}

// As fields.ParseSelector 0.36.3.
TEST(FieldSelector, Parses) {
  EXPECT_EQ(parse_field("metadata.name=x,status.phase!=Running"),
            "[metadata.name=x][status.phase!=Running]");
  EXPECT_EQ(parse_field("a==b,,c=d"), "[a=b][c=d]");
  EXPECT_EQ(parse_field("a!b=c"), "[a!b=c]");
  EXPECT_EQ(parse_field("a=\\,x\\=\\\\"), "[a=,x=\\]");
  EXPECT_EQ(parse_field(""), "");
  EXPECT_EQ(parse_field("a"), "ERR invalid selector: 'a'; can't understand 'a'");
  EXPECT_EQ(parse_field("a=b=c"), "ERR invalid field selector: unescaped character in value: 61");
  EXPECT_EQ(parse_field("a=\\x"), "ERR invalid field selector: invalid escape sequence: \\x");
  EXPECT_EQ(parse_field("a=b\\"), "ERR invalid field selector: invalid escape sequence: \\");
}

TEST(FieldSelector, MatchesByText) {
  Value pod = Value::map({{"metadata", Value::map({{"name", "x"}})},
                          {"spec", Value::map({{"unschedulable", true}, {"n", 3}})}});
  auto matches = [&](std::string_view text) { return FieldSelector::parse(text).matches(pod); };
  EXPECT_TRUE(matches("metadata.name=x"));
  EXPECT_FALSE(matches("metadata.name!=x"));
  EXPECT_TRUE(matches("spec.unschedulable=true,spec.n=3"));
  EXPECT_TRUE(matches("spec.nodeName="));
  EXPECT_FALSE(matches("spec.nodeName!="));
}

}  // namespace
}  // namespace jibe::kube
