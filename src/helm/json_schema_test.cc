#include "helm/json_schema.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "helm/chart.h"

namespace jibe::helm {
namespace {

std::string check(std::string_view schema, std::string_view value) {
  return JsonSchema(data::parse_json(schema)).check(data::parse_json(value));
}

struct Case {
  const char* schema;
  const char* value;
  const char* violations;
};

class Schema : public testing::TestWithParam<Case> {};

TEST_P(Schema, SaysWhatIsWrong) {
  const Case& c = GetParam();
  EXPECT_EQ(check(c.schema, c.value), c.violations) << c.schema;
}

constexpr const char* kDraft7 = R"({"$schema": "http://json-schema.org/draft-07/schema#",)";

INSTANTIATE_TEST_SUITE_P(
    Keywords, Schema,
    testing::Values(
        Case{R"({"type": "integer"})", "1.0", ""},
        Case{R"({"type": ["string", "null"]})", "1", "- at '': got number, want null or string"},
        Case{R"({"properties": {"a": {"minimum": 1000}}})", R"({"a": 5})",
             "- at '/a': minimum: got 5, want 1,000"},
        Case{R"({"$schema": "http://json-schema.org/draft-04/schema#", "const": 1})", "2", ""},
        Case{R"({"$schema": "http://json-schema.org/draft-06/schema#", "const": 1})", "2",
             "- at '': value must be 1"},
        Case{R"({"$schema": "http://json-schema.org/draft-07/schema#",
                 "properties": {"const": {"prefixItems": [false], "unevaluatedItems": false,
                                          "contains": true, "minContains": 9}}})",
             R"({"const": [1]})", ""},
        Case{R"({"$schema": "http://json-schema.org/draft-07/schema#", "const": 1, "$ref": "#/x",
                 "x": {"type": "string"}})",
             "2", "- at '': value must be 1"},
        Case{R"({"required": ["a", "b"]})", "{}", "- at '': missing properties 'a', 'b'"},
        Case{R"({"additionalProperties": false})", R"({"x": 1})",
             "- at '': additional properties 'x' not allowed"},
        Case{R"({"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}}})", "1",
             "- at '': got number, want string"},
        Case{R"({"anyOf": [{"type": "string"}, {"minimum": 3}]})", "1",
             "- at '': 'anyOf' failed\n  - at '': got number, want string\n"
             "  - at '': minimum: got 1, want 3"},
        Case{R"({"oneOf": [{"minimum": 1}, {"minimum": 2}]})", "3",
             "- at '': 'oneOf' failed, subschemas 0, 1 matched"},
        Case{R"({"if": {"minimum": 5}, "then": {"multipleOf": 2}})", "7",
             "- at '': multipleOf: got 7, want 2"},
        Case{R"({"unevaluatedProperties": false, "allOf": [{"properties": {"a": true}}]})",
             R"({"a": 1, "b": 2})", "- at '/b': false schema"},
        Case{R"({"items": {"enum": ["a", 1]}})", R"(["b"])",
             "- at '/0': value must be one of 'a', 1"},
        Case{R"({"prefixItems": [true], "items": {"type": "string"}})", "[1, 2]",
             "- at '/0': got number, want string"},
        Case{R"({"uniqueItems": true})", "[1, 2, 1]", "- at '': items at 0 and 2 are equal"},
        Case{R"({"format": "ipv4"})", R"("nonsense")", ""}));

TEST(JsonSchema, OlderDraftsInsistOnFormatsAndIgnoreSiblingsOfReferences) {
  EXPECT_EQ(check(std::string(kDraft7) + R"("format": "ipv4"})", R"("1.2.3")"),
            "- at '': '1.2.3' is not valid ipv4: expected four decimals");
  EXPECT_EQ(check(std::string(kDraft7) + R"("$ref": "#/definitions/x", "minimum": 9,
                  "definitions": {"x": {"type": "number"}}})",
                  "1"),
            "");
}

TEST(JsonSchema, RecursesWithTheValueButNotForEver) {
  constexpr const char* kTree = R"({"properties": {"c": {"$ref": "#"}, "v": {"type": "null"}}})";
  EXPECT_EQ(check(kTree, R"({"c": {"c": {"v": 1}}})"), "- at '/c/c/v': got number, want null");
  EXPECT_THROW(check(R"({"$ref": "#"})", "1"), ChartError);
}

std::string refusal(std::string_view schema) {
  try {
    return "valid: " + check(schema, "{}");
  } catch (const ChartError& error) {
    return error.what();
  }
}

TEST(JsonSchema, IsHeldToTheSchemaForSchemas) {
  const std::string start =
      "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation "
      "failed with 'http";
  EXPECT_EQ(refusal(R"({"properties": {"a": {"required": true}}})"),
            start +
                "s://json-schema.org/draft/2020-12/schema#'\n- at '': 'allOf' failed\n"
                "  - at '/properties/a': 'allOf' failed\n"
                "    - at '/properties/a/required': got boolean, want array");
  EXPECT_EQ(refusal(std::string(kDraft7) + R"("properties": {"a": {"type": "int"}}})"),
            start +
                "://json-schema.org/draft-07/schema#'\n- at '/properties/a/type': 'anyOf' failed\n"
                "  - at '/properties/a/type': value must be one of 'array', 'boolean', 'integer', "
                "'null', 'number', 'object', 'string'\n"
                "  - at '/properties/a/type': got string, want array");
  EXPECT_EQ(refusal(R"({"$schema": "http://json-schema.org/draft-04/schema#", "pattern": "("})"),
            start +
                "://json-schema.org/draft-04/schema#'\n- at '/pattern': '(' is not valid regex: "
                "error parsing regexp: missing closing ): `(`");
  EXPECT_EQ(refusal(R"({"unknown": {"type": "int"}})"), "valid: ");
  EXPECT_EQ(refusal("[]"), start +
                               "s://json-schema.org/draft/2020-12/schema#'\n"
                               "- at '': got array, want boolean or object");
}

TEST(JsonSchema, EveryReferenceMustLeadSomewhere) {
  EXPECT_EQ(refusal(R"({"properties": {"a": {"$ref": "#/definitions/x"}}})"),
            "json-pointer in \"file:///values.schema.json#/definitions/x\" not found");
  EXPECT_EQ(refusal(R"({"properties": {"a": {"$ref": "#x"}}})"),
            "anchor in \"file:///values.schema.json#x\" not found in schema "
            "\"file:///values.schema.json\"");
  EXPECT_EQ(refusal(R"({"$ref": "not-there.json"})"),
            "failing loading \"file:///not-there.json\": open /not-there.json: no such file or "
            "directory");
  EXPECT_NE(
      refusal(R"({"properties": {"a": {"$ref": "#/u"}}, "u": {"type": "x"}})").find("#/u\" is"),
      std::string::npos);
  // Nobody asks for what is only defined; a name that cannot be resolved allows everything.
  EXPECT_EQ(refusal(R"({"definitions": {"a": {"$ref": "#/definitions/x"}}})"), "valid: ");
  EXPECT_EQ(refusal(R"({"$ref": "urn:x:y"})"), "valid: ");
}

TEST(JsonSchema, RefusesWhatItCannotKnow) {
  EXPECT_THROW(check(R"({"$schema": "http://example.com/x"})", "1"), ChartError);
  EXPECT_THROW(check(R"({"$ref": "http://example.com/x"})", "1"), ChartError);
  EXPECT_THROW(check("[]", "1"), ChartError);
}

}  // namespace
}  // namespace jibe::helm
