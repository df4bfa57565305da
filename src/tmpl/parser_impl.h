// The recursive descent behind parser.h, split over parser.cc (structure) and parser_operand.cc.
#pragma once
#include "tmpl/parser.h"

namespace jibe::tmpl {

class Parser {
 public:
  Parser(std::shared_ptr<const Source> source, std::shared_ptr<const FunctionTable> functions);
  ParsedSource run();

 private:
  struct Variable {
    std::string name;
    int slot;  // kNoSlot: the name is known, but nothing has declared it so far
  };
  // What belongs to one definition.
  struct Scope {
    std::vector<Variable> variables{{"$", 0}};
    int live = 1;
    int most = 1;
    int ranges = 0;
    int parentheses = 0;
    int action_line = 0;
  };
  // {{end}} and {{else}} close lists and leave no node.
  enum class Close { kNone, kEnd, kElse };

  Item next();
  void backup() { ++peeked_; }
  void backup2(const Item& item);
  void backup3(const Item& second, const Item& first);
  Item peek();
  Item next_non_space();
  Item peek_non_space();
  Item expect(ItemKind kind, const char* context);
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void unexpected(const Item& item, const char* context) const;
  std::string unquoted(const Item& item) const;

  void definition();
  void body(const std::string& name, const char* context);
  void add(std::shared_ptr<Tree> tree);
  std::shared_ptr<Tree> new_tree(std::string name, NodeList root) const;
  Close item_list(NodeList& list);
  Close text_or_action(NodeList& list);
  Close action(NodeList& list);
  Close else_control();
  NodePtr control(NodeKind kind);
  NodePtr loop_exit(NodeKind kind, const Item& item, const char* text);
  NodePtr template_control();
  NodePtr block_control();
  void pop_variables(size_t count);

  std::unique_ptr<PipeNode> pipeline(const char* context, ItemKind end);
  void declarations(PipeNode& pipe, const char* context);
  void declare(PipeNode& pipe, const Item& name);
  void settle(PipeNode& pipe, size_t first);
  void check(const PipeNode& pipe, const char* context) const;
  std::unique_ptr<CommandNode> command();
  NodePtr operand();
  NodePtr term();
  NodePtr identifier(const Item& item) const;
  NodePtr variable(const Item& item) const;
  NodePtr number(const Item& item) const;
  NodePtr parenthesized();
  int slot_of(std::string_view name) const;

  std::shared_ptr<const Source> source_;
  std::shared_ptr<const FunctionTable> functions_;
  Lexer lexer_;
  Item tokens_[3];
  int peeked_ = 0;
  Scope scope_;
  Trees trees_;
};

}  // namespace jibe::tmpl
