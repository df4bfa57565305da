// Helm's wording of template errors (pkg/engine/engine.go of helm 4.2.3): one line for mistakes in
// the syntax and for `fail` and `required`, one paragraph per template for everything else. Where a
// field of nil was wanted, a last line says what was nil, which Helm does not.
#pragma once
#include <string>

#include "tmpl/template.h"

namespace jibe::helm {

std::string parse_error_text(const std::string& file, const tmpl::ParseError& error);
std::string exec_error_text(const std::string& file, const tmpl::ExecError& error);

}  // namespace jibe::helm
