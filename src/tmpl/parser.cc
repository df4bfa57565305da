#include "tmpl/parser.h"

#include <fmt/core.h>

#include "tmpl/format.h"
#include "tmpl/parser_impl.h"
#include "tmpl/template.h"

namespace jibe::tmpl {

namespace {

const char* word_of(NodeKind kind) {
  return kind == NodeKind::kIf ? "if" : kind == NodeKind::kWith ? "with" : "range";
}

}  // namespace

ParsedSource parse_source(std::shared_ptr<const Source> source,
                          const std::shared_ptr<const FunctionTable>& functions) {
  return Parser(std::move(source), functions).run();
}

Parser::Parser(std::shared_ptr<const Source> source, std::shared_ptr<const FunctionTable> functions)
    : source_(std::move(source)),
      functions_(std::move(functions)),
      lexer_(source_->text, functions_->find("break") == nullptr,
             functions_->find("continue") == nullptr) {}

Item Parser::next() {
  if (peeked_ > 0)
    --peeked_;
  else
    tokens_[0] = lexer_.next();
  return tokens_[peeked_];
}

void Parser::backup2(const Item& item) {
  tokens_[1] = item;
  peeked_ = 2;
}

void Parser::backup3(const Item& second, const Item& first) {
  tokens_[1] = first;
  tokens_[2] = second;
  peeked_ = 3;
}

Item Parser::peek() {
  if (peeked_ > 0) return tokens_[peeked_ - 1];
  peeked_ = 1;
  tokens_[0] = lexer_.next();
  return tokens_[0];
}

Item Parser::next_non_space() {
  Item item = next();
  while (item.kind == ItemKind::kSpace) item = next();
  return item;
}

Item Parser::peek_non_space() {
  Item item = next_non_space();
  backup();
  return item;
}

Item Parser::expect(ItemKind kind, const char* context) {
  Item item = next_non_space();
  if (item.kind != kind) unexpected(item, context);
  return item;
}

void Parser::fail(const std::string& message) const {
  throw ParseError(source_->name, tokens_[0].line, message);
}

void Parser::unexpected(const Item& item, const char* context) const {
  if (item.kind != ItemKind::kError) fail("unexpected " + describe(item) + " in " + context);
  std::string extra;
  if (scope_.action_line != 0 && scope_.action_line != item.line) {
    extra = fmt::format(" in action started at {}:{}", source_->name, scope_.action_line);
    if (item.text.ends_with(" action")) extra = extra.substr(std::string(" in action").size());
  }
  fail(std::string(item.text) + extra);
}

std::string Parser::unquoted(const Item& item) const {
  try {
    return unquote(item.text);
  } catch (const base::InvalidInput& error) {
    fail(error.what());
  }
}

ParsedSource Parser::run() {
  NodeList root;
  while (peek().kind != ItemKind::kEof) {
    if (peek().kind == ItemKind::kLeftDelim) {
      Item delim = next();
      if (next_non_space().kind == ItemKind::kDefine) {
        definition();
        continue;
      }
      backup2(delim);
    }
    Close close = text_or_action(root);
    if (close != Close::kNone)
      fail(std::string("unexpected ") + (close == Close::kEnd ? "{{end}}" : "{{else}}"));
  }
  auto main = new_tree(source_->name, std::move(root));
  add(main);
  return {main, std::move(trees_)};
}

std::shared_ptr<Tree> Parser::new_tree(std::string name, NodeList root) const {
  auto tree = std::make_shared<Tree>();
  tree->name = std::move(name);
  tree->source = source_;
  tree->functions = functions_;
  tree->root = std::move(root);
  tree->slots = scope_.most;
  return tree;
}

void Parser::add(std::shared_ptr<Tree> tree) {
  auto& slot = trees_[tree->name];
  if (!slot || is_empty(slot->root))
    slot = std::move(tree);
  else if (!is_empty(tree->root))
    fail("template: multiple definition of template " + quote(tree->name));
}

void Parser::definition() {
  Item item = next_non_space();
  if (item.kind != ItemKind::kString && item.kind != ItemKind::kRawString)
    unexpected(item, "define clause");
  std::string name = unquoted(item);
  expect(ItemKind::kRightDelim, "define clause");
  body(name, "define clause");
}

// A definition in its own scope, up to its {{end}}.
void Parser::body(const std::string& name, const char* context) {
  Scope outer = std::exchange(scope_, Scope());
  NodeList list;
  if (item_list(list) != Close::kEnd) fail(std::string("unexpected {{else}} in ") + context);
  add(new_tree(name, std::move(list)));
  scope_ = std::move(outer);
}

Parser::Close Parser::item_list(NodeList& list) {
  while (peek_non_space().kind != ItemKind::kEof) {
    Close close = text_or_action(list);
    if (close != Close::kNone) return close;
  }
  fail("unexpected EOF");
}

Parser::Close Parser::text_or_action(NodeList& list) {
  Item item = next_non_space();
  if (item.kind == ItemKind::kText) {
    list.push_back(std::make_unique<TextNode>(item.pos, item.text));
    return Close::kNone;
  }
  if (item.kind != ItemKind::kLeftDelim) unexpected(item, "input");
  scope_.action_line = item.line;
  Close close = action(list);
  scope_.action_line = 0;
  return close;
}

Parser::Close Parser::action(NodeList& list) {
  Item item = next_non_space();
  switch (item.kind) {
    case ItemKind::kBlock:
      list.push_back(block_control());
      return Close::kNone;
    case ItemKind::kBreak:
      list.push_back(loop_exit(NodeKind::kBreak, item, "{{break}}"));
      return Close::kNone;
    case ItemKind::kContinue:
      list.push_back(loop_exit(NodeKind::kContinue, item, "{{continue}}"));
      return Close::kNone;
    case ItemKind::kElse:
      return else_control();
    case ItemKind::kEnd:
      expect(ItemKind::kRightDelim, "end");
      return Close::kEnd;
    case ItemKind::kIf:
      list.push_back(control(NodeKind::kIf));
      return Close::kNone;
    case ItemKind::kRange:
      list.push_back(control(NodeKind::kRange));
      return Close::kNone;
    case ItemKind::kWith:
      list.push_back(control(NodeKind::kWith));
      return Close::kNone;
    case ItemKind::kTemplate:
      list.push_back(template_control());
      return Close::kNone;
    default:
      break;
  }
  backup();
  uint32_t pos = peek().pos;
  list.push_back(std::make_unique<ActionNode>(pos, pipeline("command", ItemKind::kRightDelim)));
  return Close::kNone;
}

Parser::Close Parser::else_control() {
  Item item = peek_non_space();
  // "else if" and "else with" leave their keyword to control().
  if (item.kind == ItemKind::kIf || item.kind == ItemKind::kWith) return Close::kElse;
  expect(ItemKind::kRightDelim, "else");
  return Close::kElse;
}

NodePtr Parser::loop_exit(NodeKind kind, const Item& item, const char* text) {
  Item close = next_non_space();
  if (close.kind != ItemKind::kRightDelim) unexpected(close, text);
  if (scope_.ranges == 0) fail(std::string(text) + " outside {{range}}");
  return std::make_unique<Node>(kind, item.pos);
}

void Parser::pop_variables(size_t count) {
  while (scope_.variables.size() > count) {
    if (scope_.variables.back().slot != kNoSlot) --scope_.live;
    scope_.variables.pop_back();
  }
}

NodePtr Parser::control(NodeKind kind) {
  size_t mark = scope_.variables.size();
  auto node = std::make_unique<BranchNode>(kind, 0);
  node->pipe = pipeline(word_of(kind), ItemKind::kRightDelim);
  node->pos = node->pipe->pos;
  bool range = kind == NodeKind::kRange;
  if (range) ++scope_.ranges;
  Close close = item_list(node->list);
  if (range) --scope_.ranges;
  if (close == Close::kElse) {
    node->has_else = true;
    ItemKind follow = peek().kind;
    bool chained = (kind == NodeKind::kIf && follow == ItemKind::kIf) ||
                   (kind == NodeKind::kWith && follow == ItemKind::kWith);
    if (chained) {
      next();
      node->else_list.push_back(control(kind));
    } else if (item_list(node->else_list) != Close::kEnd) {
      fail("expected end; found {{else}}");
    }
  }
  pop_variables(mark);
  return node;
}

NodePtr Parser::template_control() {
  Item item = next_non_space();
  auto node = std::make_unique<TemplateNode>(item.pos);
  if (item.kind != ItemKind::kString && item.kind != ItemKind::kRawString)
    unexpected(item, "template clause");
  node->name = unquoted(item);
  if (next_non_space().kind != ItemKind::kRightDelim) {
    backup();
    node->pipe = pipeline("template clause", ItemKind::kRightDelim);
  }
  return node;
}

NodePtr Parser::block_control() {
  Item item = next_non_space();
  auto node = std::make_unique<TemplateNode>(item.pos);
  if (item.kind != ItemKind::kString && item.kind != ItemKind::kRawString)
    unexpected(item, "block clause");
  node->name = unquoted(item);
  node->pipe = pipeline("block clause", ItemKind::kRightDelim);
  body(node->name, "block clause");
  return node;
}

}  // namespace jibe::tmpl
