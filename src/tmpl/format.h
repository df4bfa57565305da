// Go's package fmt over Any: printf verbs, %v, type names, quoting.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "tmpl/any.h"

namespace jibe::tmpl {

std::string sprintf(std::string_view format, std::span<const Any> args);
// Spaces between operands when neither is a string.
std::string sprint(std::span<const Any> args);
std::string sprintln(std::span<const Any> args);
// %v. Nil gives "<nil>".
std::string to_text(const Any& any);
void append_text(std::string& out, const Any& any);
// %T ("<nil>" for nil) and reflect's kind ("invalid" for nil).
std::string_view type_name(const Any& any);
std::string_view kind_name(const Any& any);
// strconv.Quote and its inverse (also for '`' and '\''); unquote throws base::InvalidInput.
std::string quote(std::string_view text);
std::string unquote(std::string_view literal);
// strconv.FormatFloat(d, verb, precision, 64); precision -1 is the shortest that reads back.
std::string format_float(double d, char verb, int precision);

}  // namespace jibe::tmpl
