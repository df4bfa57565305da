#include "tmpl/template.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#endif

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

std::shared_ptr<TemplateSet> new_set() {
  return std::make_shared<TemplateSet>(std::make_shared<FunctionTable>(), "root");
}

Any map_of(std::initializer_list<data::Pair> entries) {
  return Any::from(data::Value::map(entries));
}

std::string error_of(const std::string& text, MissingKey missing_key) {
  try {
    return "rendered: " + render(text, Any::from(test_data()), missing_key);
  } catch (const std::exception& error) {
    return error.what();
  }
}

TEST(Template, missing_keys_follow_the_option) {
  Any dot = Any::from(test_data());
  EXPECT_EQ(render("{{ .x }}{{ .x.y }}", dot, MissingKey::kDefault), "<no value><no value>");
  EXPECT_EQ(error_of("{{ .x }}{{ .x.y }}", MissingKey::kZero),
            "template: t:1:13: executing \"t\" at <.x.y>: nil pointer evaluating interface {}.y");
  EXPECT_EQ(error_of("{{ .x }}", MissingKey::kError),
            "template: t:1:3: executing \"t\" at <.x>: map has no entry for key \"x\"");
}

TEST(Template, a_set_stands_on_its_parent) {
  auto parent = new_set();
  parent->parse("a", R"({{ define "x" }}old{{ end }}{{ template "x" }})");
  auto child = std::make_shared<TemplateSet>(std::shared_ptr<const TemplateSet>(parent));
  child->parse("b", R"({{ define "x" }}new{{ end }})");
  EXPECT_EQ(execute(child, "a", Any(), {}), "new");
  EXPECT_EQ(execute(parent, "a", Any(), {}), "old");
  EXPECT_EQ(parent->find("b"), nullptr);
}

TEST(Template, an_empty_definition_replaces_nothing) {
  auto set = new_set();
  set->parse("a", "body");
  set->parse("b", R"({{ define "a" }} {{ end }})");
  EXPECT_EQ(execute(set, "a", Any(), {}), "body");
  set->parse("c", R"({{ define "a" }}other{{ end }})");
  EXPECT_EQ(execute(set, "a", Any(), {}), "other");
}

TEST(Template, an_unknown_name_names_the_set) {
  try {
    execute(new_set(), "nope", Any(), {});
    FAIL();
  } catch (const ExecError& error) {
    EXPECT_STREQ(error.what(), R"(template: no template "nope" associated with template "root")");
  }
}

TEST(Template, errors_tell_every_frame) {
  try {
    render("{{ define \"inner\" }}\n {{ fail \"boom\" }}{{ end }}{{ include \"inner\" . }}");
    FAIL();
  } catch (const ExecError& error) {
    ASSERT_EQ(error.frames().size(), 2U);
    EXPECT_EQ(error.frames()[0].name, "t");
    EXPECT_EQ(error.frames()[0].context, "include \"inner\" .");
    EXPECT_EQ(error.frames()[1].name, "inner");
    EXPECT_EQ(error.frames()[1].line, 2);
    EXPECT_EQ(error.frames()[1].column, 4);
    EXPECT_EQ(error.cause(), "boom");
  }
}

TEST(Template, parse_errors_tell_the_line) {
  try {
    new_set()->parse("file.yaml", "a\n{{ .x }\n");
    FAIL();
  } catch (const ParseError& error) {
    EXPECT_EQ(error.template_name(), "file.yaml");
    EXPECT_EQ(error.line(), 2);
    EXPECT_STREQ(error.what(), R"(template: file.yaml:2: unexpected "}" in operand)");
  }
}

constexpr const char* kEndless =
    R"({{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }})";
constexpr const char* kTooDeep = "exceeded maximum template depth (100000)";

TEST(Template, endless_recursion_is_an_error) {
  std::string message = error_of(kEndless, MissingKey::kZero);
  EXPECT_NE(message.find(kTooDeep), std::string::npos) << message;
}

// Which check meets the end of the stack first must not depend on where the rendering began.
TEST(Template, endless_recursion_is_told_the_same_from_every_place_in_the_stack) {
  struct SmallStack {
    rlimit before{};
    SmallStack() {
      getrlimit(RLIMIT_STACK, &before);
      rlimit small = before;
      small.rlim_cur = 512UL * 1024;
      setrlimit(RLIMIT_STACK, &small);
    }
    ~SmallStack() { setrlimit(RLIMIT_STACK, &before); }
  } small_stack;
  for (int i = 0; i < 64; ++i) {
    // Stays allocated until the test ends: each round begins a little lower.
    auto* lower = static_cast<volatile char*>(__builtin_alloca(96));
    lower[0] = 0;
    std::string message = error_of(kEndless, MissingKey::kZero);
    ASSERT_NE(message.find(kTooDeep), std::string::npos) << "round " << i << ": " << message;
  }
}

TEST(Template, writes_are_seen_by_what_runs_later) {
  auto functions = std::make_shared<FunctionTable>();
  functions->add("put", "map, string, any", [](CallContext&, std::span<Any> args) {
    args[0].map().set(args[1].as_string(), args[2]);
    return Any("");
  });
  auto set = std::make_shared<TemplateSet>(functions);
  set->parse("first", R"({{ put .Values.deep "k" "v" }})");
  set->parse("second", "{{ .Values.deep.k }}");
  data::Value values = data::Value::map({{"deep", data::Value::map()}});
  Any dot = map_of({{"Values", values}});
  EXPECT_EQ(execute(set, "first", dot, {}), "");
  EXPECT_EQ(execute(set, "second", dot, {}), "v");
  // The tree that was given stays as it was.
  EXPECT_TRUE(values["deep"].empty());
}

TEST(Template, untouched_subtrees_come_back_as_they_were) {
  data::Value tree = data::Value::map({{"a", data::Value::map({{"b", data::Value::list({1})}})},
                                       {"c", data::Value::map({{"d", 1}})}});
  Any dot = Any::from(tree);
  EXPECT_EQ(render("{{ range .a.b }}{{ . }}{{ end }}{{ $_ := set .c \"e\" 2 }}", dot), "1");
  data::Value after = to_value(dot);
  EXPECT_TRUE(after["a"].same_storage(tree["a"]));
  EXPECT_EQ(after["c"]["e"], data::Value(2));
  EXPECT_FALSE(tree["c"].has("e"));
}

TEST(Template, a_tree_that_contains_itself_is_refused) {
#if __has_feature(address_sanitizer)
  // Maps count their owners, so a cycle is never freed; only a template that makes one pays.
  __lsan::ScopedDisabler cycles_are_not_freed;
#endif
  std::string message = error_of("{{ $_ := set .m \"self\" .m }}{{ .m }}", MissingKey::kZero);
  EXPECT_NE(message.find("the value contains itself"), std::string::npos) << message;
}

TEST(Template, tables_hide_what_stands_below_them) {
  auto below = std::make_shared<FunctionTable>();
  below->add("f", "", [](CallContext&, std::span<Any>) { return Any("below"); });
  below->add("g", "", [](CallContext&, std::span<Any>) { return Any("g"); });
  auto above = std::make_shared<FunctionTable>(below);
  above->add("f", "", [](CallContext&, std::span<Any>) { return Any("above"); });
  above->erase("g");
  auto set = std::make_shared<TemplateSet>(above);
  set->parse("t", "{{ f }}");
  EXPECT_EQ(execute(set, "t", Any(), {}), "above");
  EXPECT_THROW(set->parse("u", "{{ g }}"), ParseError);
}

}  // namespace
}  // namespace jibe::tmpl
