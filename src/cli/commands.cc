#include "cli/commands.h"

namespace jibe::cli {

namespace {

struct Command {
  std::string_view name;
  void (*add)(Program&);
};

// In the order of the help text.
constexpr Command kCommands[] = {
    {"demo", add_demo},
    {"twin", add_twin},
    {"server", add_server},
    {"installer", add_installer},
    {"template", add_template},
    {"manifest", add_manifest},
    {"charts", add_charts},
    {"takeover", add_takeover},
    {"proxy-status", add_proxy_status},
    {"version", add_version},
    {"completion", add_completion},
};

}  // namespace

bool add_one(Program& program, std::string_view name) {
  if (name == "completion") return false;
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    command.add(program);
    return true;
  }
  return false;
}

void add_all(Program& program) {
  for (const Command& command : kCommands) command.add(program);
}

}  // namespace jibe::cli
