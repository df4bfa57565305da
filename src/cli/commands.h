// Which commands there are.
#pragma once
#include <string_view>

#include "cli/program.h"

namespace jibe::cli {

// Declares the one command that was asked for and no other: declaring all takes longer than some
// of them run. False where there is none of that name, or where it needs to know the others.
bool add_one(Program& program, std::string_view name);

}  // namespace jibe::cli
