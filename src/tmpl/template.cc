#include "tmpl/template.h"

#include <fmt/core.h>
#include <pthread.h>

#include "tmpl/format.h"
#include "tmpl/machine.h"
#include "tmpl/parser.h"

namespace jibe::tmpl {

namespace {

// What one more template with its functions may need.
constexpr ptrdiff_t kStackReserve = 256 * 1024;

const char* ask_lowest_stack_address() {
  pthread_attr_t attributes;
  void* lowest = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return nullptr;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return static_cast<const char*>(lowest);
}

// Asked once for each thread: for the first thread, glibc reads /proc/self/maps to answer.
const char* lowest_stack_address() {
  static thread_local const char* const kLowest = ask_lowest_stack_address();
  return kLowest;
}

}  // namespace

ParseError::ParseError(std::string name, int line, const std::string& message)
    : InvalidInput(fmt::format("template: {}:{}: {}", name, line, message)),
      name_(std::move(name)),
      line_(line),
      message_(message) {}

ExecError::ExecError(const std::string& text, std::vector<ExecFrame> frames, std::string cause)
    : Error(text), frames_(std::move(frames)), cause_(std::move(cause)) {}

std::shared_ptr<const ParsedSource> parse_template(
    const std::string& name, std::string text,
    const std::shared_ptr<const FunctionTable>& functions) {
  auto source = std::make_shared<const Source>(Source{name, std::move(text)});
  return std::make_shared<const ParsedSource>(parse_source(std::move(source), functions));
}

std::shared_ptr<const Template> TemplateSet::parse(const std::string& name, std::string text) {
  auto parsed = parse_template(name, std::move(text), functions_);
  add(*parsed);
  return std::make_shared<const Template>(name, parsed->main);
}

void TemplateSet::add(const ParsedSource& parsed) {
  for (const auto& [key, tree] : parsed.trees) {
    if (is_empty(tree->root) && find(key) != nullptr) continue;
    templates_[key] = std::make_shared<const Template>(key, tree);
  }
}

std::shared_ptr<const Template> TemplateSet::find(std::string_view name) const {
  if (auto at = templates_.find(name); at != templates_.end()) return at->second;
  return parent_ ? parent_->find(name) : nullptr;
}

std::string execute(const std::shared_ptr<const TemplateSet>& set, std::string_view name,
                    const Any& dot, const ExecOptions& options) {
  return Machine(set, options).execute(name, dot);
}

Machine::Machine(std::shared_ptr<const TemplateSet> set, const ExecOptions& options)
    : set_(std::move(set)), options_(options), stack_limit_(lowest_stack_address()) {
  variables_.reserve(256);
}

bool Machine::has_stack() const {
  auto here = static_cast<const char*>(__builtin_frame_address(0));
  return stack_limit_ == nullptr || here - stack_limit_ > kStackReserve;
}

void Machine::check_nesting() const {
  if (!has_stack()) throw base::Error("templates are nested too deeply");
}

std::string Machine::execute(std::string_view name, const Any& dot) {
  std::shared_ptr<const Template> body = set_->find(name);
  if (!body) {
    std::string message =
        fmt::format("no template {} associated with template {}", quote(name), quote(set_->name()));
    throw ExecError("template: " + message, {}, message);
  }
  check_nesting();
  std::string out;
  run(*body, dot, out);
  return out;
}

std::string Machine::execute(const std::shared_ptr<const TemplateSet>& set, const Template& body,
                             const Any& dot) {
  check_nesting();
  struct Restore {
    std::shared_ptr<const TemplateSet>& place;
    std::shared_ptr<const TemplateSet> before;
    ~Restore() { place = before; }
  } restore{set_, std::exchange(set_, set)};
  std::string out;
  run(body, dot, out);
  return out;
}

void Machine::run(const Template& body, const Any& dot, std::string& out) {
  Frame(*this, body, out).run(dot);
}

base::Clock& Machine::clock() {
  if (options_.clock == nullptr) throw base::Error("this template may not ask for the time");
  return *options_.clock;
}

base::Random& Machine::random() {
  if (options_.random == nullptr) throw base::Error("this template may not draw random numbers");
  return *options_.random;
}

}  // namespace jibe::tmpl
