// The language's own functions, where other files need them one by one.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tmpl/any.h"

namespace jibe::tmpl {

// eq, ne, lt, le, gt and ge; throw with Go's words.
bool compare_equal(const Any& first, std::span<const Any> others);
bool compare_less(const Any& a, const Any& b);

// An index into something of `size`; throws with Go's words where it is none.
size_t index_argument(const Any& index, size_t size);

// A host object that stands for a Go list, map, string or number, as that; others stay.
Any plain(const Any& any);

std::string html_escape(std::string_view text);
std::string js_escape(std::string_view text);
// net/url.QueryEscape.
std::string query_escape(std::string_view text);

}  // namespace jibe::tmpl
