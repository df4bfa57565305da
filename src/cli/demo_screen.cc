#include "cli/demo_screen.h"

#include <fmt/core.h>

#include <iostream>

namespace jibe::cli {

// ECMA-48: to the start of the line `n` up, and erase from there to the end of the screen.
void DemoScreen::clear() {
  if (drawn_ > 0) std::cout << fmt::format("\x1b[{}F\x1b[J", drawn_);
  drawn_ = 0;
}

void DemoScreen::draw() {
  if (!terminal_) return;
  for (const auto& line : lines_) std::cout << line << "\n";
  drawn_ = lines_.size();
}

void DemoScreen::say(const std::string& line) {
  clear();
  std::cout << line << "\n";
  draw();
  std::cout << std::flush;
}

void DemoScreen::show(std::vector<std::string> lines) {
  if (!terminal_ || lines == lines_) return;
  lines_ = std::move(lines);
  clear();
  draw();
  std::cout << std::flush;
}

}  // namespace jibe::cli
