// Block scalars without content, which libfyaml 0.7.12 reads wrongly: in
//
//   a:
//     b: |
//     c: 1
//
// it takes the line of `c`, which is no deeper than `b`, for the text of `b`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::data {

struct EmptyBlock {
  size_t indicator = 0;  // where the | or > is
  size_t size = 0;       // of the indicator with its + or -
  size_t next_line = 0;  // where the line starts that follows
  size_t next_end = 0;   // the end of the first line with text that follows
  std::string instead;   // the same value in double quotes
};

// By the look of the lines alone: inside of a quoted text this may be wrong, so ask libfyaml
// whether there is a block scalar at all.
std::vector<EmptyBlock> find_empty_blocks(std::string_view text);

}  // namespace jibe::data
