// The two pattern languages that Helm uses for file names.
#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace jibe::helm {

// Go's filepath.Match: `*` and `?` stop at '/', `[a-z]`, `[^a]`, backslash escapes.
enum class PathMatch { kNo, kYes, kBadPattern };
PathMatch match_path(std::string_view pattern, std::string_view name);

// github.com/gobwas/glob with separator '/': `**` crosses directories, `{a,b}` alternatives,
// `[!a]` and `[a-z]`, backslash escapes. Used by .Files.Glob.
class Glob {
 public:
  // A pattern that does not compile matches everything, as in Helm.
  explicit Glob(std::string_view pattern);
  ~Glob();
  Glob(Glob&&) noexcept;
  Glob& operator=(Glob&&) noexcept;
  bool matches(std::string_view name) const;

  struct Node;

 private:
  std::unique_ptr<Node> root_;
};

}  // namespace jibe::helm
