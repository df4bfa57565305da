#include "helm/glob.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

std::u32string to_runes(std::string_view text) {
  std::vector<char32_t> runes = tmpl::to_runes(text);
  return {runes.begin(), runes.end()};
}

struct Class {
  std::vector<std::pair<char32_t, char32_t>> ranges;
  bool negated = false;

  bool has(char32_t rune) const {
    for (auto [low, high] : ranges) {
      if (rune >= low && rune <= high) return !negated;
    }
    return negated;
  }
};

// filepath.Match's class: from behind '[' to behind ']'. Nothing where it does not parse.
std::optional<Class> read_path_class(std::u32string_view pattern, size_t& at) {
  Class result;
  if (at < pattern.size() && pattern[at] == '^') {
    result.negated = true;
    ++at;
  }
  auto read = [&]() -> std::optional<char32_t> {
    if (at >= pattern.size() || pattern[at] == '-' || pattern[at] == ']') return std::nullopt;
    if (pattern[at] == '\\' && ++at >= pattern.size()) return std::nullopt;
    char32_t rune = pattern[at++];
    if (at >= pattern.size()) return std::nullopt;
    return rune;
  };
  while (at < pattern.size()) {
    if (pattern[at] == ']' && !result.ranges.empty()) {
      ++at;
      return result;
    }
    auto low = read();
    if (!low) return std::nullopt;
    auto high = low;
    if (pattern[at] == '-') {
      ++at;
      high = read();
      if (!high) return std::nullopt;
    }
    result.ranges.emplace_back(*low, *high);
  }
  return std::nullopt;
}

// What one element of a path pattern takes.
struct PathElement {
  enum { kStar, kAnyOne, kClass, kRune } kind;
  char32_t rune = 0;
  Class members;
};

std::optional<std::vector<PathElement>> parse_path_pattern(std::u32string_view pattern) {
  std::vector<PathElement> elements;
  for (size_t at = 0; at < pattern.size();) {
    char32_t c = pattern[at++];
    if (c == '*') {
      elements.push_back({PathElement::kStar, 0, {}});
    } else if (c == '?') {
      elements.push_back({PathElement::kAnyOne, 0, {}});
    } else if (c == '[') {
      auto members = read_path_class(pattern, at);
      if (!members) return std::nullopt;
      elements.push_back({PathElement::kClass, 0, std::move(*members)});
    } else {
      if (c == '\\') {
        if (at >= pattern.size()) return std::nullopt;
        c = pattern[at++];
      }
      elements.push_back({PathElement::kRune, c, {}});
    }
  }
  return elements;
}

bool takes(const PathElement& element, char32_t rune) {
  switch (element.kind) {
    case PathElement::kRune:
      return rune == element.rune;
    case PathElement::kClass:
      return element.members.has(rune);
    default:
      return rune != '/';
  }
}

// Stars need only ever retry from the last one, so this is quadratic at worst.
bool match_elements(const std::vector<PathElement>& elements, std::u32string_view name) {
  size_t e = 0, n = 0, star = std::u32string_view::npos, star_name = 0;
  while (true) {
    if (e < elements.size() && elements[e].kind == PathElement::kStar) {
      star = e++;
      star_name = n;
      continue;
    }
    if (e == elements.size() && n == name.size()) return true;
    if (e < elements.size() && n < name.size() && takes(elements[e], name[n])) {
      ++e;
      ++n;
      continue;
    }
    if (star == std::u32string_view::npos || star_name >= name.size() || name[star_name] == '/') {
      return false;
    }
    n = ++star_name;
    e = star + 1;
  }
}

}  // namespace

PathMatch match_path(std::string_view pattern, std::string_view name) {
  auto elements = parse_path_pattern(to_runes(pattern));
  if (!elements) return PathMatch::kBadPattern;
  return match_elements(*elements, to_runes(name)) ? PathMatch::kYes : PathMatch::kNo;
}

struct Glob::Node {
  enum Kind { kRune, kStar, kSuperStar, kAnyOne, kClass, kAlternatives } kind = kRune;
  char32_t rune = 0;
  Class members;
  std::vector<std::vector<Node>> alternatives;
};

namespace {

using Nodes = std::vector<Glob::Node>;

class GlobParser {
 public:
  explicit GlobParser(std::u32string text) : text_(std::move(text)) {}

  // Nothing where the pattern does not compile.
  std::optional<Nodes> parse() {
    Nodes nodes;
    if (!sequence(nodes, 0)) return std::nullopt;
    return nodes;
  }

 private:
  // Ends at the end of the text, or inside braces before ',' or '}'.
  bool sequence(Nodes& out, int depth) {
    while (at_ < text_.size()) {
      char32_t c = text_[at_];
      if (depth > 0 && (c == ',' || c == '}')) return true;
      ++at_;
      if (!element(out, c, depth)) return false;
    }
    return depth == 0;
  }

  bool element(Nodes& out, char32_t c, int depth) {
    Glob::Node node;
    if (c == '*') {
      bool twice = at_ < text_.size() && text_[at_] == '*';
      at_ += twice ? 1 : 0;
      node.kind = twice ? Glob::Node::kSuperStar : Glob::Node::kStar;
    } else if (c == '?') {
      node.kind = Glob::Node::kAnyOne;
    } else if (c == '[') {
      node.kind = Glob::Node::kClass;
      if (!read_class(node.members)) return false;
    } else if (c == '{') {
      node.kind = Glob::Node::kAlternatives;
      if (!alternatives(node, depth + 1)) return false;
    } else {
      if (c == '\\' && at_ < text_.size()) c = text_[at_++];
      node.rune = c;
    }
    out.push_back(std::move(node));
    return true;
  }

  bool alternatives(Glob::Node& node, int depth) {
    while (depth < 100) {
      if (!sequence(node.alternatives.emplace_back(), depth)) return false;
      if (text_[at_++] == '}') return true;
    }
    return false;
  }

  // Either one range or a set of runes, never both: so reads gobwas.
  bool read_class(Class& members) {
    if (at_ < text_.size() && text_[at_] == '!') {
      members.negated = true;
      ++at_;
    }
    if (at_ + 3 < text_.size() && text_[at_ + 1] == '-') {
      members.ranges.emplace_back(text_[at_], text_[at_ + 2]);
      at_ += 3;
      return text_[at_++] == ']' && members.ranges[0].first <= members.ranges[0].second;
    }
    for (; at_ < text_.size() && text_[at_] != ']'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      members.ranges.emplace_back(text_[at_], text_[at_]);
    }
    return at_++ < text_.size() && !members.ranges.empty();
  }

  std::u32string text_;
  size_t at_ = 0;
};

using Rest = std::function<bool(size_t)>;

bool match_nodes(std::span<const Glob::Node> nodes, std::u32string_view name, size_t at,
                 const Rest& rest) {
  if (nodes.empty()) return rest(at);
  const Glob::Node& node = nodes.front();
  auto tail = nodes.subspan(1);
  switch (node.kind) {
    case Glob::Node::kStar:
    case Glob::Node::kSuperStar:
      for (;; ++at) {
        if (match_nodes(tail, name, at, rest)) return true;
        if (at >= name.size()) return false;
        if (node.kind == Glob::Node::kStar && name[at] == '/') return false;
      }
    case Glob::Node::kAlternatives: {
      Rest then = [&](size_t end) { return match_nodes(tail, name, end, rest); };
      for (const Nodes& choice : node.alternatives) {
        if (match_nodes(choice, name, at, then)) return true;
      }
      return false;
    }
    case Glob::Node::kAnyOne:
      return at < name.size() && name[at] != '/' && match_nodes(tail, name, at + 1, rest);
    case Glob::Node::kClass:
      return at < name.size() && node.members.has(name[at]) &&
             match_nodes(tail, name, at + 1, rest);
    case Glob::Node::kRune:
      return at < name.size() && name[at] == node.rune && match_nodes(tail, name, at + 1, rest);
  }
  return false;
}

}  // namespace

Glob::Glob(std::string_view pattern) : root_(std::make_unique<Node>()) {
  root_->kind = Node::kAlternatives;
  auto nodes = GlobParser(to_runes(pattern)).parse();
  if (!nodes) nodes = GlobParser(U"**").parse();
  root_->alternatives.push_back(std::move(*nodes));
}
Glob::~Glob() = default;
Glob::Glob(Glob&&) noexcept = default;
Glob& Glob::operator=(Glob&&) noexcept = default;

bool Glob::matches(std::string_view name) const {
  std::u32string runes = to_runes(name);
  return match_nodes(root_->alternatives[0], runes, 0,
                     [&runes](size_t end) { return end == runes.size(); });
}

}  // namespace jibe::helm
