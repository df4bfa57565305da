// Walking: text, actions, branches, loops, templates.
#include "tmpl/machine.h"

#include <fmt/core.h>

#include <algorithm>

#include "tmpl/builtins.h"
#include "tmpl/format.h"

namespace jibe::tmpl {

namespace {

// Go's limit on nested templates, named in the error where our stack ends first.
constexpr int kMaxDepth = 100000;

}  // namespace

Frame::Frame(Machine& machine, const Template& body, std::string& out)
    : machine_(machine), body_(body), out_(out), base_(machine.variables_.size()) {
  machine_.variables_.resize(base_ + static_cast<size_t>(body.tree().slots));
}

Frame::~Frame() {
  machine_.variables_.resize(base_);
}

void Frame::run(const Any& dot) {
  slot(0) = dot;
  walk(dot, body_.tree().root);
}

ExecFrame Frame::here() const {
  const Source& source = *body_.tree().source;
  ExecFrame frame{source.name, 1, 0, body_.name(), ""};
  if (node_ == nullptr) return frame;
  std::string_view before = std::string_view(source.text).substr(0, node_->pos);
  frame.line += static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  size_t newline = before.rfind('\n');
  frame.column = static_cast<int>(newline == std::string_view::npos ? before.size()
                                                                    : before.size() - newline - 1);
  frame.context = describe(*node_);
  return frame;
}

namespace {

std::string prefix_of(const ExecFrame& frame) {
  return fmt::format("template: {}:{}:{}: executing {} at <{}>: ", frame.file, frame.line,
                     frame.column, quote(frame.name), frame.context);
}

}  // namespace

void Frame::fail(const std::string& message) const {
  fail(message, "");
}

void Frame::fail(const std::string& message, std::string nil_value) const {
  ExecFrame frame = here();
  ExecError error(prefix_of(frame) + message, {frame}, message);
  error.set_nil_value(std::move(nil_value));
  throw error;
}

void rethrow_call_error(const std::string& name, ExecFrame frame, const std::exception& error) {
  std::vector<ExecFrame> frames = {frame};
  std::string cause = error.what();
  if (auto nested = dynamic_cast<const ExecError*>(&error)) {
    frames.insert(frames.end(), nested->frames().begin(), nested->frames().end());
    cause = nested->cause();
  }
  ExecError out(prefix_of(frame) + "error calling " + name + ": " + error.what(), std::move(frames),
                std::move(cause));
  if (auto note = dynamic_cast<const NilNote*>(&error)) out.set_nil_value(note->nil_value());
  throw out;
}

Flow Frame::walk(const Any& dot, const NodeList& list) {
  for (const NodePtr& node : list) {
    Flow flow = walk(dot, *node);
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Flow Frame::walk(const Any& dot, const Node& node) {
  at(node);
  switch (node.kind) {
    case NodeKind::kText:
      out_ += static_cast<const TextNode&>(node).text;
      return Flow::kNext;
    case NodeKind::kAction: {
      const PipeNode& pipe = *static_cast<const ActionNode&>(node).pipe;
      Any value = pipeline(dot, pipe);
      if (pipe.decl.empty()) print(value, node);
      return Flow::kNext;
    }
    case NodeKind::kIf:
    case NodeKind::kWith:
      return walk_branch(dot, static_cast<const BranchNode&>(node));
    case NodeKind::kRange:
      return walk_range(dot, static_cast<const BranchNode&>(node));
    case NodeKind::kTemplate:
      walk_template(dot, static_cast<const TemplateNode&>(node));
      return Flow::kNext;
    case NodeKind::kBreak:
      return Flow::kBreak;
    case NodeKind::kContinue:
      return Flow::kContinue;
    default:
      fail("unknown node: " + describe(node));
  }
}

void Frame::print(const Any& value, const Node& node) {
  at(node);
  if (value.is_nil()) {
    out_ += "<no value>";
    return;
  }
  std::optional<std::string> text;
  if (value.addressable()) text = value.host().address_text();
  if (text)
    out_ += *text;
  else
    append_text(out_, value);
}

Flow Frame::walk_branch(const Any& dot, const BranchNode& node) {
  Any value = pipeline(dot, *node.pipe);
  if (!truth(value)) return walk(dot, node.else_list);
  return walk(node.kind == NodeKind::kWith ? value : dot, node.list);
}

Flow Frame::walk_range(const Any& dot, const BranchNode& node) {
  at(node);
  Any value = plain(pipeline(dot, *node.pipe));
  bool ran = false;
  Flow flow = range_over(value, node, ran);
  if (ran) return flow;
  return walk(dot, node.else_list);
}

Flow Frame::range_over(const Any& value, const BranchNode& node, bool& ran) {
  switch (value.kind()) {
    case Kind::kNil:
      return Flow::kNext;
    case Kind::kList:
      ran = value.list().size() > 0;
      return range_list(value, node);
    case Kind::kMap:
      ran = value.map().size() > 0;
      return range_map(value, node);
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64:
      return range_integer(value, node, ran);
    default:
      fail("range can't iterate over " + to_text(value));
  }
}

Flow Frame::range_list(const Any& value, const BranchNode& node) {
  size_t size = value.list().size();
  for (size_t i = 0; i < size; ++i) {
    Any element = value.list().at(i);
    if (iterate(Any::integer(static_cast<int64_t>(i)), element, node) == Flow::kBreak) break;
  }
  return Flow::kNext;
}

Flow Frame::range_map(const Any& value, const BranchNode& node) {
  // The body may write to the map: Go ranges over what was there before.
  const Map& map = value.map();
  std::vector<std::pair<std::string, Any>> entries;
  entries.reserve(map.size());
  for (size_t i = 0; i < map.size(); ++i) entries.emplace_back(map.key_at(i), map.value_at(i));
  for (auto& [key, element] : entries)
    if (iterate(Any(std::move(key)), element, node) == Flow::kBreak) break;
  return Flow::kNext;
}

Flow Frame::range_integer(const Any& value, const BranchNode& node, bool& ran) {
  if (node.pipe->decl.size() > 1)
    fail("can't use " + to_text(value) + " to iterate over more than one variable");
  int64_t count = value.as_int();
  for (int64_t i = 0; i < count; ++i) {
    ran = true;
    Any element = value.kind() == Kind::kInt64 ? Any::int64(i) : Any::integer(i);
    if (iterate(Any(), element, node) == Flow::kBreak) break;
  }
  return Flow::kNext;
}

Flow Frame::iterate(const Any& index, const Any& element, const BranchNode& node) {
  const auto& decl = node.pipe->decl;
  if (decl.size() == 1) assign(*decl[0], element);
  if (decl.size() == 2) {
    assign(*decl[0], index);
    assign(*decl[1], element);
  }
  return walk(element, node.list);
}

void Frame::walk_template(const Any& dot, const TemplateNode& node) {
  at(node);
  std::shared_ptr<const Template> body = machine_.set_->find(node.name);
  if (!body) fail("template " + quote(node.name) + " not defined");
  if (!machine_.has_stack()) fail(fmt::format("exceeded maximum template depth ({})", kMaxDepth));
  Any argument = node.pipe ? pipeline(dot, *node.pipe) : Any();
  machine_.run(*body, argument, out_);
}

void Frame::assign(const VariableNode& variable, const Any& value) {
  if (variable.slot == kNoSlot) fail("undefined variable: " + variable.ident[0]);
  slot(variable.slot) = value;
}

}  // namespace jibe::tmpl
