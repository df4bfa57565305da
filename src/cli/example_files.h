// The files of examples/, built into the program, so that a demo needs no checkout.
#pragma once
#include <string>

namespace jibe::cli {

// "examples/scenarios/guide.yaml"; throws base::InvalidInput for what is not built in. Fits
// cli/scenario.h's FileReader.
std::string read_example(const std::string& path);

}  // namespace jibe::cli
