// For the tests of this folder: render a text over one fixed tree of data.
#pragma once
#include <span>
#include <string>

#include "tmpl/template.h"

namespace jibe::tmpl {

struct Case {
  const char* text;
  // The output, or the error behind "template: t:".
  const char* expected;
};

// Sprig, `include`, a clock that stands at 2024-05-06 07:08:09 UTC and a seeded random source.
// Throws what parsing and executing throw.
std::string render(const std::string& text, const Any& dot,
                   MissingKey missing_key = MissingKey::kZero);
std::string render(const std::string& text);

// The tree that the cases see as dot.
data::Value test_data();

void expect_outputs(std::span<const Case> cases);
void expect_errors(std::span<const Case> cases);

}  // namespace jibe::tmpl
