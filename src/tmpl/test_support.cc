#include "tmpl/test_support.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "tmpl/sprig.h"

namespace jibe::tmpl {

namespace {

class StandingClock : public base::Clock {
 public:
  base::Time now() const override { return base::Time(std::chrono::seconds(1714979289)); }
};

class SeededRandom : public base::Random {
 public:
  uint64_t next() override {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

 private:
  uint64_t state_ = 88172645463325252ULL;
};

std::shared_ptr<const FunctionTable> make_functions() {
  auto table = std::make_shared<FunctionTable>();
  add_sprig(*table);
  table->add("include", "string, any", [](CallContext& context, std::span<Any> args) {
    return Any(context.execute(args[0].as_string(), args[1]));
  });
  return table;
}

}  // namespace

std::string render(const std::string& text, const Any& dot, MissingKey missing_key) {
  static const std::shared_ptr<const FunctionTable> functions = make_functions();
  auto set = std::make_shared<TemplateSet>(functions, "gotpl");
  set->parse("t", text);
  StandingClock clock;
  SeededRandom random;
  return execute(set, "t", dot, {&clock, &random, missing_key, nullptr});
}

std::string render(const std::string& text) {
  return render(text, Any::from(test_data()));
}

data::Value test_data() {
  // Numbers have a point: as in a values file, they are float64.
  return data::parse_json(R"({
    "i": 3.0, "f": 1.5, "big": 1000000.0, "huge": 1e21, "neg": -7.0,
    "s": "abc", "e": "", "u": "héllo wörld",
    "l": [1.0, "a", 2.5, null, true], "ls": ["c", "a", "b", "a"],
    "m": {"a": 1.0, "b": {"c": "d", "n": null}, "z": [1.0, 2.0]},
    "n": null, "t": true, "fa": false, "el": [], "em": {},
    "ml": [{"k": "v1"}, {"k": "v2"}], "multi": "a\nb\n\nc"})");
}

void expect_outputs(std::span<const Case> cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    try {
      EXPECT_EQ(render(c.text), c.expected);
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

void expect_errors(std::span<const Case> cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    try {
      ADD_FAILURE() << "rendered: " << render(c.text);
    } catch (const std::exception& error) {
      EXPECT_EQ(std::string(error.what()), std::string("template: t:") + c.expected);
    }
  }
}

}  // namespace jibe::tmpl
