// jibe completion bash|zsh|fish: a script made from the commands that this program has.
#include <fmt/core.h>

#include <iostream>

#include "cli/program.h"

namespace jibe::cli {

namespace {

// "command" → its subcommands, for every command; the top level is "".
std::vector<std::pair<std::string, std::string>> words_of(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> out;
  std::string top;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    top += (top.empty() ? "" : " ") + command->get_name();
    std::string below;
    for (const auto* child : command->get_subcommands([](const CLI::App*) { return true; }))
      below += (below.empty() ? "" : " ") + child->get_name();
    if (!below.empty()) out.emplace_back(command->get_name(), below);
  }
  out.emplace(out.begin(), "", top);
  return out;
}

std::string bash_script(const CLI::App& app) {
  std::string cases;
  std::string top;
  for (const auto& [command, words] : words_of(app)) {
    if (command.empty())
      top = words;
    else
      cases += fmt::format("    {}) words=\"{}\" ;;\n", command, words);
  }
  return fmt::format(
      "_jibe() {{\n"
      "  local words=\"\"\n"
      "  if [[ $COMP_CWORD -eq 1 ]]; then words=\"{}\"\n"
      "  elif [[ $COMP_CWORD -eq 2 ]]; then case \"${{COMP_WORDS[1]}}\" in\n{}"
      "  esac; fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -f -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
      "}}\ncomplete -F _jibe jibe\n",
      top, cases);
}

std::string fish_script(const CLI::App& app) {
  std::string out;
  for (const auto& [command, words] : words_of(app))
    out += fmt::format(
        "complete -c jibe -n '{}' -a '{}'\n",
        command.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + command,
        words);
  return out;
}

}  // namespace

void add_completion(Program& program) {
  auto* command = program.app.add_subcommand("completion", "a completion script for a shell");
  command->require_subcommand(1);
  auto print = [&program](std::function<std::string(const CLI::App&)> script) {
    return [&program, script] {
      program.chosen = [&program, script] {
        std::cout << script(program.app);
        return 0;
      };
    };
  };
  command->add_subcommand("bash", "for bash")->callback(print(bash_script));
  command->add_subcommand("zsh", "for zsh")->callback(print([](const CLI::App& app) {
    return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(app);
  }));
  command->add_subcommand("fish", "for fish")->callback(print(fish_script));
}

}  // namespace jibe::cli
