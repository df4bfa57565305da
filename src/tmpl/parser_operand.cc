// Pipelines, commands and operands.
#include <cmath>

#include "base/error.h"
#include "base/strings.h"
#include "tmpl/format.h"
#include "tmpl/number.h"
#include "tmpl/parser_impl.h"
#include "tmpl/printer.h"

namespace jibe::tmpl {

namespace {

constexpr int kMaxParentheses = 1000;

std::vector<std::string> dotted(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view part : base::split(text, '.')) out.emplace_back(part);
  return out;
}

// An integer where the text looks like one, else a float: Go's untyped constants.
bool looks_like_float(std::string_view text) {
  bool hex = text.size() > 2 && text[0] == '0' && (text[1] | 0x20) == 'x' &&
             text.find_first_of("pP") == std::string_view::npos;
  return !hex && text[0] != '\'' && text.find_first_of(".eEpP") != std::string_view::npos;
}

void set_integral(NumberNode& node) {
  constexpr double kTwo63 = 9223372036854775808.0;
  double f = node.as_float;
  if (std::trunc(f) != f) return;
  if (!node.is_int && f >= -kTwo63 && f < kTwo63) {
    node.is_int = true;
    node.as_int = static_cast<int64_t>(f);
  }
  if (!node.is_uint && f >= 0 && f < 2 * kTwo63) {
    node.is_uint = true;
    node.as_uint = static_cast<uint64_t>(f);
  }
}

void read_character(NumberNode& node) {
  std::string_view body = std::string_view(node.text).substr(1);
  UnquotedChar c = unquote_char(body, '\'');
  if (body != "'") throw base::InvalidInput("malformed character constant: " + node.text);
  node.is_int = node.is_uint = node.is_float = true;
  node.as_int = static_cast<int64_t>(c.value);
  node.as_uint = c.value;
  node.as_float = static_cast<double>(c.value);
}

void read_number(NumberNode& node) {
  auto u = parse_uint(node.text, 0);
  node.is_uint = static_cast<bool>(u);
  node.as_uint = u ? u.value : 0;
  auto i = parse_int(node.text, 0);
  node.is_int = static_cast<bool>(i);
  node.as_int = i ? i.value : 0;
  if (node.is_int && i.value == 0) node.is_uint = true;
  if (node.is_int || node.is_uint) {
    node.is_float = true;
    node.as_float =
        node.is_int ? static_cast<double>(node.as_int) : static_cast<double>(node.as_uint);
    return;
  }
  auto f = parse_float(node.text);
  if (!f) throw base::InvalidInput("illegal number syntax: " + quote(node.text));
  if (node.text.find_first_of(".eEpP") == std::string::npos)
    throw base::InvalidInput("integer overflow: " + quote(node.text));
  node.is_float = true;
  node.as_float = f.value;
  set_integral(node);
}

}  // namespace

std::unique_ptr<PipeNode> Parser::pipeline(const char* context, ItemKind end) {
  auto pipe = std::make_unique<PipeNode>(peek_non_space().pos);
  size_t first = scope_.variables.size();
  declarations(*pipe, context);
  for (;;) {
    Item item = next_non_space();
    if (item.kind == end) {
      check(*pipe, context);
      settle(*pipe, first);
      return pipe;
    }
    switch (item.kind) {
      case ItemKind::kBool:
      case ItemKind::kCharConstant:
      case ItemKind::kComplex:
      case ItemKind::kDot:
      case ItemKind::kField:
      case ItemKind::kIdentifier:
      case ItemKind::kNumber:
      case ItemKind::kNil:
      case ItemKind::kRawString:
      case ItemKind::kString:
      case ItemKind::kVariable:
      case ItemKind::kLeftParen:
        backup();
        pipe->commands.push_back(command());
        break;
      default:
        unexpected(item, context);
    }
  }
}

void Parser::declarations(PipeNode& pipe, const char* context) {
  for (;;) {
    Item name = peek_non_space();
    if (name.kind != ItemKind::kVariable) return;
    next();
    Item after = peek();
    Item item = peek_non_space();
    if (item.kind == ItemKind::kAssign || item.kind == ItemKind::kDeclare) {
      pipe.is_assign = item.kind == ItemKind::kAssign;
      next_non_space();
      declare(pipe, name);
      break;
    }
    if (item.kind == ItemKind::kChar && item.text == ",") {
      next_non_space();
      declare(pipe, name);
      if (std::string_view(context) == "range" && pipe.decl.size() < 2) {
        ItemKind follow = peek_non_space().kind;
        if (follow == ItemKind::kVariable || follow == ItemKind::kRightDelim ||
            follow == ItemKind::kRightParen)
          continue;
        fail("range can only initialize variables");
      }
      fail(std::string("too many declarations in ") + context);
    }
    if (after.kind == ItemKind::kSpace)
      backup3(name, after);
    else
      backup2(name);
    break;
  }
}

// At the end of a pipeline: what it says about `$x` means the `$x` from before it.
void Parser::settle(PipeNode& pipe, size_t first) {
  for (size_t i = 0; i < pipe.decl.size(); ++i) {
    Variable& entry = scope_.variables[first + i];
    if (!pipe.is_assign) {
      entry.slot = scope_.live++;
      scope_.most = std::max(scope_.most, scope_.live);
    }
    pipe.decl[i]->slot = pipe.is_assign ? slot_of(entry.name) : entry.slot;
  }
}

void Parser::declare(PipeNode& pipe, const Item& name) {
  pipe.decl.push_back(std::make_unique<VariableNode>(name.pos, dotted(name.text)));
  scope_.variables.push_back({std::string(name.text), kNoSlot});
}

// The latest declaration of the name; assignments leave it where it is.
int Parser::slot_of(std::string_view name) const {
  for (size_t i = scope_.variables.size(); i-- > 0;) {
    const Variable& v = scope_.variables[i];
    if (v.name == name && v.slot != kNoSlot) return v.slot;
  }
  return kNoSlot;
}

void Parser::check(const PipeNode& pipe, const char* context) const {
  if (pipe.commands.empty()) fail(std::string("missing value for ") + context);
  for (size_t i = 1; i < pipe.commands.size(); ++i) {
    NodeKind kind = pipe.commands[i]->args[0]->kind;
    if (kind == NodeKind::kBool || kind == NodeKind::kDot || kind == NodeKind::kNil ||
        kind == NodeKind::kNumber || kind == NodeKind::kString)
      fail("non executable command in pipeline stage " + std::to_string(i + 1));
  }
}

std::unique_ptr<CommandNode> Parser::command() {
  auto command = std::make_unique<CommandNode>(peek_non_space().pos);
  for (;;) {
    peek_non_space();
    if (NodePtr node = operand()) command->args.push_back(std::move(node));
    Item item = next();
    if (item.kind == ItemKind::kSpace) continue;
    if (item.kind == ItemKind::kRightDelim || item.kind == ItemKind::kRightParen)
      backup();
    else if (item.kind != ItemKind::kPipe)
      unexpected(item, "operand");
    break;
  }
  if (command->args.empty()) fail("empty command");
  return command;
}

NodePtr Parser::operand() {
  NodePtr node = term();
  if (!node || peek().kind != ItemKind::kField) return node;
  uint32_t pos = peek().pos;
  std::vector<std::string> fields;
  while (peek().kind == ItemKind::kField) fields.emplace_back(next().text.substr(1));
  auto extend = [&](std::vector<std::string>& ident) {
    ident.insert(ident.end(), fields.begin(), fields.end());
    node->pos = pos;
  };
  switch (node->kind) {
    case NodeKind::kField:
      extend(static_cast<FieldNode&>(*node).ident);
      return node;
    case NodeKind::kVariable:
      extend(static_cast<VariableNode&>(*node).ident);
      return node;
    case NodeKind::kBool:
    case NodeKind::kString:
    case NodeKind::kNumber:
    case NodeKind::kNil:
    case NodeKind::kDot:
      fail("unexpected . after term " + quote(describe(*node)));
    default:
      break;
  }
  auto chain = std::make_unique<ChainNode>(pos, std::move(node));
  chain->fields = std::move(fields);
  return chain;
}

NodePtr Parser::term() {
  Item item = next_non_space();
  switch (item.kind) {
    case ItemKind::kIdentifier:
      return identifier(item);
    case ItemKind::kDot:
      return std::make_unique<Node>(NodeKind::kDot, item.pos);
    case ItemKind::kNil:
      return std::make_unique<Node>(NodeKind::kNil, item.pos);
    case ItemKind::kVariable:
      return variable(item);
    case ItemKind::kField:
      return std::make_unique<FieldNode>(item.pos, dotted(item.text.substr(1)));
    case ItemKind::kBool:
    case ItemKind::kString:
    case ItemKind::kRawString: {
      bool boolean = item.kind == ItemKind::kBool;
      auto node =
          std::make_unique<ConstantNode>(boolean ? NodeKind::kBool : NodeKind::kString, item.pos);
      node->text = item.text;
      node->value = boolean ? Any(item.text == "true") : Any(unquoted(item));
      return node;
    }
    case ItemKind::kCharConstant:
    case ItemKind::kComplex:
    case ItemKind::kNumber:
      return number(item);
    case ItemKind::kLeftParen:
      return parenthesized();
    default:
      backup();
      return nullptr;
  }
}

NodePtr Parser::identifier(const Item& item) const {
  if (const FunctionEntry* function = functions_->find(item.text))
    return std::make_unique<IdentifierNode>(item.pos, *function);
  const FunctionEntry* builtin = builtin_functions().find(item.text);
  if (builtin == nullptr) fail("function " + quote(item.text) + " not defined");
  auto node = std::make_unique<IdentifierNode>(item.pos, *builtin);
  if (item.text == "and") node->short_circuit = ShortCircuit::kAnd;
  if (item.text == "or") node->short_circuit = ShortCircuit::kOr;
  return node;
}

NodePtr Parser::variable(const Item& item) const {
  bool known = false;
  for (const Variable& v : scope_.variables) known = known || v.name == item.text;
  if (!known) fail("undefined variable " + quote(item.text));
  auto node = std::make_unique<VariableNode>(item.pos, dotted(item.text));
  node->slot = slot_of(item.text);
  return node;
}

NodePtr Parser::number(const Item& item) const {
  auto node = std::make_unique<NumberNode>(item.pos);
  node->text = item.text;
  try {
    if (item.kind == ItemKind::kComplex || item.text.ends_with('i'))
      throw base::InvalidInput("complex numbers are not supported: " + node->text);
    if (item.kind == ItemKind::kCharConstant)
      read_character(*node);
    else
      read_number(*node);
  } catch (const base::InvalidInput& error) {
    fail(error.what());
  }
  if (node->is_float && looks_like_float(node->text))
    node->value = Any(node->as_float);
  else if (node->is_int)
    node->value = Any::integer(node->as_int);
  return node;
}

NodePtr Parser::parenthesized() {
  if (scope_.parentheses >= kMaxParentheses) fail("max expression depth exceeded");
  ++scope_.parentheses;
  NodePtr node = pipeline("parenthesized pipeline", ItemKind::kRightParen);
  --scope_.parentheses;
  return node;
}

}  // namespace jibe::tmpl
