// Go text/template (Go 1.26 rules): parse once, execute often.
//
//   auto functions = std::make_shared<FunctionTable>();
//   add_sprig(*functions);                                     // tmpl/sprig.h
//   auto set = std::make_shared<TemplateSet>(functions);
//   set->parse("a.yaml", text);                                // throws ParseError
//   std::string out = execute(set, "a.yaml", dot, options);    // throws ExecError
//
// Parsed templates are immutable and may be executed by several threads at once.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tmpl/any.h"
#include "tmpl/collections.h"
#include "tmpl/function.h"

namespace jibe::tmpl {

struct Tree;
struct ParsedSource;

// One named body.
class Template {
 public:
  Template(std::string name, std::shared_ptr<const Tree> tree)
      : name_(std::move(name)), tree_(std::move(tree)) {}
  const std::string& name() const { return name_; }
  const Tree& tree() const { return *tree_; }

 private:
  std::string name_;
  std::shared_ptr<const Tree> tree_;
};

// what() is Go's text: `template: NAME:LINE: message`.
class ParseError : public base::InvalidInput {
 public:
  ParseError(std::string name, int line, const std::string& message);
  const std::string& template_name() const { return name_; }
  int line() const { return line_; }
  const std::string& message() const { return message_; }

 private:
  std::string name_;
  int line_;
  std::string message_;
};

// Where execution was: `template: FILE:LINE:COLUMN: executing "NAME" at <CONTEXT>`.
struct ExecFrame {
  std::string file;
  int line = 0;
  int column = 0;
  std::string name;
  std::string context;
};

// A part of errors: what was nil where a field of it was wanted, and why: ".Values.a is not set".
// Go does not say; empty for other mistakes.
class NilNote {
 public:
  virtual ~NilNote() = default;
  const std::string& nil_value() const { return nil_value_; }
  void set_nil_value(std::string text) { nil_value_ = std::move(text); }

 private:
  std::string nil_value_;
};

// what() is Go's text, from the outermost template to the innermost:
// `template: a:1:3: executing "a" at <include "b" .>: error calling include: template: …: cause`.
class ExecError : public base::Error, public NilNote {
 public:
  ExecError(const std::string& text, std::vector<ExecFrame> frames, std::string cause);
  // Outermost first.
  const std::vector<ExecFrame>& frames() const { return frames_; }
  // The innermost message alone.
  const std::string& cause() const { return cause_; }

 private:
  std::vector<ExecFrame> frames_;
  std::string cause_;
};

// A text and all that it defines, to be added to any number of sets with the same functions. Throws
// ParseError.
std::shared_ptr<const ParsedSource> parse_template(
    const std::string& name, std::string text,
    const std::shared_ptr<const FunctionTable>& functions);

// Templates that see each other by name. A set may stand on a parent: it finds what the parent has,
// and what is parsed into it does not reach the parent (Go's Clone, without the copying).
class TemplateSet {
 public:
  // `name` shows in the error for a template that is not there.
  explicit TemplateSet(std::shared_ptr<const FunctionTable> functions, std::string name = "")
      : name_(std::move(name)), functions_(std::move(functions)) {}
  explicit TemplateSet(std::shared_ptr<const TemplateSet> parent)
      : name_(parent->name_), functions_(parent->functions_), parent_(std::move(parent)) {}

  // Adds the template `name` and all that `text` defines; later definitions replace earlier
  // ones, except by bodies of white space and comments only. Gives the body of `text` itself.
  std::shared_ptr<const Template> parse(const std::string& name, std::string text);
  // The same with a text that was parsed before.
  void add(const ParsedSource& parsed);
  // nullptr where there is none.
  std::shared_ptr<const Template> find(std::string_view name) const;
  const std::shared_ptr<const FunctionTable>& functions() const { return functions_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::shared_ptr<const FunctionTable> functions_;
  std::shared_ptr<const TemplateSet> parent_;
  std::map<std::string, std::shared_ptr<const Template>, std::less<>> templates_;
};

// What a missing map key gives: nothing ("<no value>", fields of it are silent), the zero value of
// the map's elements (nil; fields of it are errors), or an error.
enum class MissingKey { kDefault, kZero, kError };

struct ExecOptions {
  base::Clock* clock = nullptr;    // needed by date functions and certificates
  base::Random* random = nullptr;  // needed by random strings, uuidv4, keys
  MissingKey missing_key = MissingKey::kDefault;
  void* user = nullptr;  // CallContext::user()
};

std::string execute(const std::shared_ptr<const TemplateSet>& set, std::string_view name,
                    const Any& dot, const ExecOptions& options);

}  // namespace jibe::tmpl
