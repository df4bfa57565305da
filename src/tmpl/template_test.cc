#include "tmpl/template.h"

#include <gtest/gtest.h>

namespace jibe::tmpl {
namespace {

TEST(Template, prints_a_field) {
  auto set = std::make_shared<TemplateSet>(std::make_shared<FunctionTable>());
  set->parse("a", "x{{ .a.b }}y");
  Any dot = Any::from(data::Value::map({{"a", data::Value::map({{"b", "B"}})}}));
  EXPECT_EQ(execute(set, "a", dot, {}), "xBy");
}

}  // namespace
}  // namespace jibe::tmpl
