// The parser of Go's text/template/parse.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tmpl/ast.h"
#include "tmpl/lexer.h"

namespace jibe::tmpl {

using Trees = std::map<std::string, std::shared_ptr<const Tree>, std::less<>>;

struct ParsedSource {
  std::shared_ptr<const Tree> main;
  // Everything that the text defines, `main` included.
  Trees trees;
};

// Throws ParseError.
ParsedSource parse_source(std::shared_ptr<const Source> source,
                          const std::shared_ptr<const FunctionTable>& functions);

// The functions of the language itself.
const FunctionTable& builtin_functions();

}  // namespace jibe::tmpl
