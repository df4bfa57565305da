#pragma once
#include "cli/program.h"

namespace jibe::cli {

// `jibe charts pull`.
void add_charts_pull(Program& program, CLI::App& charts);

}  // namespace jibe::cli
