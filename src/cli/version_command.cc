// jibe version
#include <fmt/core.h>

#include <iostream>
#include <memory>

#include "cli/libraries.h"
#include "cli/program.h"

namespace jibe::cli {

void add_version(Program& program) {
  auto* command = program.app.add_subcommand("version", "the version of jibe and its libraries");
  auto short_form = std::make_shared<bool>(false);
  command->add_flag("--short", *short_form, "the version alone");
  command->callback([&program, short_form] {
    program.chosen = [short_form] {
      if (*short_form) {
        std::cout << JIBE_VERSION << "\n";
        return 0;
      }
      std::cout << fmt::format("jibe {} ({})\n", JIBE_VERSION, JIBE_COMMIT);
      for (const auto& [name, version] : library_versions())
        std::cout << fmt::format("  {:<12} {}\n", name, version);
      return 0;
    };
  });
}

}  // namespace jibe::cli
