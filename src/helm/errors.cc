#include "helm/errors.h"

#include <optional>

#include "base/strings.h"
#include "helm/functions.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

// One template on the way to a mistake.
struct Step {
  std::string location;
  std::string executing;
  std::string message;
  bool operator==(const Step&) const = default;

  std::string text() const {
    std::string out;
    if (!location.empty()) out += location + "\n  ";
    if (!executing.empty()) out += executing + "\n    ";
    if (!message.empty()) out += message + "\n";
    return out;
  }
};

std::string before_next_template(std::string_view message) {
  return std::string(message.substr(0, message.find(" template:")));
}

// Reads `template: FILE:LINE:COLUMN: executing "NAME" at <CONTEXT>: MESSAGE`, or the shorter forms.
// Nothing where the text is none of them.
std::optional<Step> read_step(std::string_view text) {
  constexpr std::string_view kPrefix = "template: ";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  std::string_view rest = text.substr(kPrefix.size());
  if (rest.starts_with("no template ")) return Step{"", "", std::string(text)};
  base::Cut executing = base::cut(rest, ": executing ");
  if (executing.found && executing.after.starts_with('"')) {
    base::Cut name = base::cut(executing.after.substr(1), "\"");
    base::Cut context = base::cut(name.after, ">: ");
    if (name.found && context.found && context.before.starts_with(" at <")) {
      return Step{std::string(executing.before),
                  fmt::format("executing \"{}\"{}>:", name.before, context.before),
                  before_next_template(context.after)};
    }
  }
  size_t colon = rest.rfind(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  return Step{std::string(rest.substr(0, colon)), "", before_next_template(rest.substr(colon + 2))};
}

std::string start_of(const tmpl::ExecFrame& frame) {
  return fmt::format("template: {}:{}:{}: executing \"{}\" at <", frame.file, frame.line,
                     frame.column, frame.name);
}

// The texts of the error and of the errors inside it, outermost first. The last one is the plain
// error of a function where there is one.
std::vector<std::string_view> chain_of(std::string_view text, const tmpl::ExecError& error) {
  std::vector<std::string_view> chain;
  for (const tmpl::ExecFrame& frame : error.frames()) {
    size_t at = text.find(start_of(frame), chain.empty() ? 0 : 1);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    chain.push_back(text);
  }
  base::Cut message = base::cut(text, ">: ");
  if (message.found && message.after.starts_with("error calling ")) {
    chain.push_back(base::cut(message.after, ": ").after);
  }
  return chain;
}

}  // namespace

std::string parse_error_text(const std::string& file, const tmpl::ParseError& error) {
  std::string_view text = error.what();
  size_t first = text.find(": ");
  if (first == std::string_view::npos) return fmt::format("parse error in ({}): {}", file, text);
  std::string_view location = base::cut(text.substr(first + 2), ": ").before;
  return fmt::format("parse error at ({}): {}", location, text.substr(text.rfind(": ") + 2));
}

std::string exec_error_text(const std::string& file, const tmpl::ExecError& error) {
  std::string_view text = error.what();
  base::Cut head = base::cut(text, ": ");
  base::Cut tail = base::cut(head.after, ": ");
  if (!tail.found) return fmt::format("execution error in ({}): {}", file, text);
  size_t start = tail.after.find(kMessageStart);
  size_t end = tail.after.rfind(kMessageEnd);
  if (start != std::string_view::npos && end != std::string_view::npos && end > start) {
    start += kMessageStart.size();
    return fmt::format("execution error at ({}): {}", tail.before,
                       tail.after.substr(start, end - start));
  }
  std::string nil = error.nil_value().empty() ? "" : "\n    " + error.nil_value();
  std::string out;
  Step last;
  for (std::string_view inner : chain_of(text, error)) {
    std::optional<Step> step = read_step(inner);
    if (!step) return std::string(text) + nil;
    if (*step != last) out += step->text();
    last = std::move(*step);
  }
  return (out.empty() ? std::string(text) : std::string(tmpl::trim_space(out))) + nil;
}

}  // namespace jibe::helm
