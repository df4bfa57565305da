// The families of Sprig functions, one add_… each, and what they share.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tmpl/collections.h"
#include "tmpl/function.h"

namespace jibe::tmpl {

using Args = std::span<Any>;
// Go's panic or error inside a function: its text follows "error calling NAME: ".
using base::InvalidInput;

void add_strings(FunctionTable& table);
void add_words(FunctionTable& table);
void add_string_lists(FunctionTable& table);
void add_random(FunctionTable& table);
void add_numbers(FunctionTable& table);
void add_decimals(FunctionTable& table);
void add_defaults(FunctionTable& table);
void add_json(FunctionTable& table);
void add_lists(FunctionTable& table);
void add_dicts(FunctionTable& table);
void add_merges(FunctionTable& table);
void add_reflection(FunctionTable& table);
void add_encodings(FunctionTable& table);
void add_paths(FunctionTable& table);
void add_regular_expressions(FunctionTable& table);
void add_versions(FunctionTable& table);
void add_urls(FunctionTable& table);
void add_dates(FunctionTable& table);
void add_hashes(FunctionTable& table);
void add_ciphers(FunctionTable& table);
void add_certificates(FunctionTable& table);

// Sprig's strval: strings and bytes as they are, everything else as %v.
std::string strval(const Any& any);
// Sprig's strslice: a list's elements without nil as text; a scalar alone; nothing for nil.
std::vector<std::string> strslice(const Any& any);
// Sprig's empty: nil, zero, false, "" and what has no elements.
bool is_empty(const Any& any);
// spf13/cast: 0 where the value cannot be converted.
int64_t cast_int64(const Any& any);
double cast_float64(const Any& any);
// Go's conversion of a float64 to int64 on amd64: out of range gives the lowest integer.
int64_t truncate_to_int64(double d);

// text[from:to] with Go's panic text where the bounds are wrong.
std::string go_slice(const std::string& text, int64_t from, int64_t to);
std::string go_repeat(std::string_view text, int64_t count);
std::string go_replace(std::string_view text, std::string_view from, std::string_view to);
// strings.SplitN; count < 0 means all.
std::vector<std::string> go_split(std::string_view text, std::string_view separator, int64_t count);

// The items of a list (also of a host that is a slice); throws "Cannot VERB on type KIND".
std::vector<Any> list_items(const Any& any, const std::string& complaint);

}  // namespace jibe::tmpl
