#include "tmpl/ast.h"

#include "tmpl/format.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

void write(std::string& out, const Node& node);

void write_joined(std::string& out, const std::vector<std::string>& parts, bool leading_dot) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 || leading_dot) out += '.';
    out += parts[i];
  }
}

void write_in_parentheses(std::string& out, const Node& node) {
  bool pipe = node.kind == NodeKind::kPipe;
  if (pipe) out += '(';
  write(out, node);
  if (pipe) out += ')';
}

void write(std::string& out, const PipeNode& pipe) {
  for (size_t i = 0; i < pipe.decl.size(); ++i) {
    if (i > 0) out += ", ";
    write(out, *pipe.decl[i]);
  }
  if (!pipe.decl.empty()) out += pipe.is_assign ? " = " : " := ";
  for (size_t i = 0; i < pipe.commands.size(); ++i) {
    if (i > 0) out += " | ";
    write(out, *pipe.commands[i]);
  }
}

void write(std::string& out, const BranchNode& branch) {
  const char* word = branch.kind == NodeKind::kIf     ? "if"
                     : branch.kind == NodeKind::kWith ? "with"
                                                      : "range";
  out += std::string("{{") + word + " ";
  write(out, *branch.pipe);
  out += "}}";
  for (const NodePtr& node : branch.list) write(out, *node);
  if (branch.has_else) out += "{{else}}";
  for (const NodePtr& node : branch.else_list) write(out, *node);
  out += "{{end}}";
}

void write(std::string& out, const TemplateNode& node) {
  out += "{{template " + quote(node.name);
  if (node.pipe) {
    out += ' ';
    write(out, *node.pipe);
  }
  out += "}}";
}

void write_operand(std::string& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::kField:
      return write_joined(out, static_cast<const FieldNode&>(node).ident, true);
    case NodeKind::kVariable:
      return write_joined(out, static_cast<const VariableNode&>(node).ident, false);
    case NodeKind::kIdentifier:
      out += static_cast<const IdentifierNode&>(node).function->name;
      return;
    case NodeKind::kChain: {
      const auto& chain = static_cast<const ChainNode&>(node);
      write_in_parentheses(out, *chain.node);
      return write_joined(out, chain.fields, true);
    }
    case NodeKind::kDot:
      out += '.';
      return;
    case NodeKind::kNil:
      out += "nil";
      return;
    default:
      out += static_cast<const ConstantNode&>(node).text;
  }
}

void write(std::string& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::kText:
      out += static_cast<const TextNode&>(node).text;
      return;
    case NodeKind::kAction:
      out += "{{";
      write(out, *static_cast<const ActionNode&>(node).pipe);
      out += "}}";
      return;
    case NodeKind::kIf:
    case NodeKind::kWith:
    case NodeKind::kRange:
      return write(out, static_cast<const BranchNode&>(node));
    case NodeKind::kTemplate:
      return write(out, static_cast<const TemplateNode&>(node));
    case NodeKind::kBreak:
      out += "{{break}}";
      return;
    case NodeKind::kContinue:
      out += "{{continue}}";
      return;
    case NodeKind::kPipe:
      return write(out, static_cast<const PipeNode&>(node));
    case NodeKind::kCommand: {
      const auto& args = static_cast<const CommandNode&>(node).args;
      for (size_t i = 0; i < args.size(); ++i) {
        if (i > 0) out += ' ';
        write_in_parentheses(out, *args[i]);
      }
      return;
    }
    default:
      return write_operand(out, node);
  }
}

}  // namespace

std::string describe(const Node& node) {
  std::string out;
  write(out, node);
  return out;
}

bool is_empty(const NodeList& list) {
  for (const NodePtr& node : list) {
    if (node->kind != NodeKind::kText) return false;
    if (!trim_space(static_cast<const TextNode&>(*node).text).empty()) return false;
  }
  return true;
}

}  // namespace jibe::tmpl
