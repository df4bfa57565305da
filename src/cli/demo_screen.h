// What a demo shows: lines that scroll, and on a terminal a few lines below them that are kept
// current. Elsewhere (a pipe, a log) only the lines that scroll.
#pragma once
#include <string>
#include <vector>

namespace jibe::cli {

class DemoScreen {
 public:
  explicit DemoScreen(bool terminal) : terminal_(terminal) {}
  ~DemoScreen() { clear(); }
  DemoScreen(const DemoScreen&) = delete;
  DemoScreen& operator=(const DemoScreen&) = delete;

  // Whether there are lines that are kept current.
  bool live() const { return terminal_; }
  void say(const std::string& line);
  // Replaces the lines at the bottom.
  void show(std::vector<std::string> lines);

 private:
  void clear();
  void draw();

  bool terminal_;
  std::vector<std::string> lines_;
  size_t drawn_ = 0;
};

}  // namespace jibe::cli
