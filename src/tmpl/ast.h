// Parsed templates. Immutable after parsing; text comes back through describe() for error messages.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tmpl/any.h"
#include "tmpl/function.h"

namespace jibe::tmpl {

enum class NodeKind : uint8_t {
  kText,
  kAction,
  kIf,
  kWith,
  kRange,
  kTemplate,
  kBreak,
  kContinue,
  kPipe,
  kCommand,
  kField,
  kVariable,
  kIdentifier,
  kChain,
  kDot,
  kNil,
  kBool,
  kNumber,
  kString,
};

struct Node {
  Node(NodeKind k, uint32_t p) : pos(p), kind(k) {}
  virtual ~Node() = default;
  uint32_t pos;  // byte in the source
  NodeKind kind;
};
using NodePtr = std::unique_ptr<Node>;
using NodeList = std::vector<NodePtr>;

struct TextNode : Node {
  TextNode(uint32_t p, std::string_view t) : Node(NodeKind::kText, p), text(t) {}
  std::string_view text;  // of the source
};

struct FieldNode : Node {
  FieldNode(uint32_t p, std::vector<std::string> i)
      : Node(NodeKind::kField, p), ident(std::move(i)) {}
  std::vector<std::string> ident;
};

constexpr int kNoSlot = -1;

struct VariableNode : Node {
  VariableNode(uint32_t p, std::vector<std::string> i)
      : Node(NodeKind::kVariable, p), ident(std::move(i)) {}
  std::vector<std::string> ident;  // "$x", then fields
  int slot = kNoSlot;              // kNoSlot: assigned but never declared
};

// The built-ins that decide themselves which arguments to evaluate.
enum class ShortCircuit : uint8_t { kNone, kAnd, kOr };

struct IdentifierNode : Node {
  IdentifierNode(uint32_t p, const FunctionEntry& f)
      : Node(NodeKind::kIdentifier, p), function(&f) {}
  const FunctionEntry* function;
  ShortCircuit short_circuit = ShortCircuit::kNone;
};

struct ChainNode : Node {
  ChainNode(uint32_t p, NodePtr n) : Node(NodeKind::kChain, p), node(std::move(n)) {}
  NodePtr node;
  std::vector<std::string> fields;
};

struct ConstantNode : Node {
  using Node::Node;
  std::string text;  // as in the source
  Any value;         // of booleans and strings; of numbers the value without context
};

struct NumberNode : ConstantNode {
  explicit NumberNode(uint32_t p) : ConstantNode(NodeKind::kNumber, p) {}
  bool is_int = false;
  bool is_uint = false;
  bool is_float = false;
  int64_t as_int = 0;
  uint64_t as_uint = 0;
  double as_float = 0;
};

struct CommandNode : Node {
  explicit CommandNode(uint32_t p) : Node(NodeKind::kCommand, p) {}
  NodeList args;
};

struct PipeNode : Node {
  explicit PipeNode(uint32_t p) : Node(NodeKind::kPipe, p) {}
  bool is_assign = false;
  std::vector<std::unique_ptr<VariableNode>> decl;
  std::vector<std::unique_ptr<CommandNode>> commands;
};

struct ActionNode : Node {
  ActionNode(uint32_t p, std::unique_ptr<PipeNode> i)
      : Node(NodeKind::kAction, p), pipe(std::move(i)) {}
  std::unique_ptr<PipeNode> pipe;
};

// if, with and range.
struct BranchNode : Node {
  using Node::Node;
  std::unique_ptr<PipeNode> pipe;
  NodeList list;
  NodeList else_list;
  bool has_else = false;
};

struct TemplateNode : Node {
  explicit TemplateNode(uint32_t p) : Node(NodeKind::kTemplate, p) {}
  std::string name;
  std::unique_ptr<PipeNode> pipe;  // may be null
};

// What one call of TemplateSet::parse was given.
struct Source {
  std::string name;
  std::string text;
};

struct Tree {
  std::string name;
  std::shared_ptr<const Source> source;
  std::shared_ptr<const FunctionTable> functions;  // keeps what identifiers point at
  NodeList root;
  int slots = 1;  // variables that live at once; slot 0 is $
};

// The node as Go prints it.
std::string describe(const Node& node);
// Nothing but white space and comments.
bool is_empty(const NodeList& list);

}  // namespace jibe::tmpl
