// Execution of parsed templates. Machine: one rendering with all that it includes. Frame: one
// running template.
//
// Frame follows the structure of text/template/exec.go, for its error texts depend on which node
// was looked at last.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tmpl/ast.h"
#include "tmpl/template.h"

namespace jibe::tmpl {

class Machine : public CallContext {
 public:
  Machine(std::shared_ptr<const TemplateSet> set, const ExecOptions& options);

  const std::shared_ptr<const TemplateSet>& templates() const override { return set_; }
  std::string execute(std::string_view name, const Any& dot) override;
  std::string execute(const std::shared_ptr<const TemplateSet>& set, const Template& body,
                      const Any& dot) override;
  base::Clock& clock() override;
  base::Random& random() override;
  void* user() override { return options_.user; }

 private:
  friend class Frame;

  void run(const Template& body, const Any& dot, std::string& out);
  // False when the thread's stack is nearly used up.
  bool has_stack() const;
  // For what functions such as include and tpl execute; {{template}} makes its own check, with the
  // error of Go, and none may come between that check and the body.
  void check_nesting() const;

  std::shared_ptr<const TemplateSet> set_;
  ExecOptions options_;
  std::vector<Any> variables_;
  const char* stack_limit_;
};

// What a walk over nodes ended with.
enum class Flow : uint8_t { kNext, kBreak, kContinue };

class Arguments;

// The zero value of a Go type; nullptr stands for interface {}.
Any zero_of(const Type* type);

// Throws the ExecError of a function's own error, with the frames of what it executed.
[[noreturn]] void rethrow_call_error(const std::string& name, ExecFrame frame,
                                     const std::exception& error);

class Frame {
 public:
  Frame(Machine& machine, const Template& body, std::string& out);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  void run(const Any& dot);

 private:
  Flow walk(const Any& dot, const NodeList& list);
  Flow walk(const Any& dot, const Node& node);
  Flow walk_branch(const Any& dot, const BranchNode& node);
  Flow walk_range(const Any& dot, const BranchNode& node);
  Flow range_over(const Any& value, const BranchNode& node, bool& ran);
  Flow range_list(const Any& value, const BranchNode& node);
  Flow range_map(const Any& value, const BranchNode& node);
  Flow range_integer(const Any& value, const BranchNode& node, bool& ran);
  Flow iterate(const Any& index, const Any& element, const BranchNode& node);
  void walk_template(const Any& dot, const TemplateNode& node);
  void print(const Any& value, const Node& node);

  Any pipeline(const Any& dot, const PipeNode& pipe);
  // `final` is the result of the command before in the pipeline, nullptr without one.
  Any command(const Any& dot, const CommandNode& node, const Any* final);
  Any constant(const ConstantNode& node);
  Any field(const Any& dot, const FieldNode& node, const NodeList& args, const Any* final);
  Any chain(const Any& dot, const ChainNode& node, const NodeList& args, const Any* final);
  Any variable(const Any& dot, const VariableNode& node, const NodeList& args, const Any* final);
  Any fields(const Any& dot, const Any& receiver, const Node& node,
             std::span<const std::string> names, const NodeList& args, const Any* final);
  Any one_field(const Any& dot, const std::string& name, const Node& node, const NodeList& args,
                const Any* final, const Any& receiver);
  Any map_field(const Any& receiver, const std::string& name, bool has_arguments);
  Any missing_entry(const Type& type, const std::string& name);
  Any function(const Any& dot, const IdentifierNode& node, const Node& place, const NodeList& args,
               const Any* final);
  void not_a_function(const NodeList& args, const Any* final);

  void collect(const Any& dot, const std::string& name, const Signature& signature,
               const NodeList& args, const Any* final, Arguments& out);
  Any short_circuit(const Any& dot, bool stop_at, const NodeList& args, const Any* final);
  Any method(const Any& dot, const Any& receiver, const std::string& name,
             const Signature& signature, const Node& place, const NodeList& args, const Any* final);
  void check_arity(const std::string& name, const Signature& signature, const NodeList& args,
                   const Any* final);
  Any argument(const Any& dot, const Signature::Param& param, const Node& node);
  Any literal(const Signature::Param& param, const Node& node);
  Any operand(const Any& dot, const Node& node, bool& found);
  Any validated(Any value, const Signature::Param& param);

  void at(const Node& node) { node_ = &node; }
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail(const std::string& message, std::string nil_value) const;
  // What `names` lead to from the receiver, in the words of the template or as a path of the
  // values.
  std::string nil_value(const Any& receiver, const Node& node,
                        std::span<const std::string> names) const;
  ExecFrame here() const;
  Any& slot(int index) { return machine_.variables_[base_ + static_cast<size_t>(index)]; }
  void assign(const VariableNode& variable, const Any& value);

  Machine& machine_;
  const Template& body_;
  std::string& out_;
  const Node* node_ = nullptr;
  size_t base_;
};

}  // namespace jibe::tmpl
