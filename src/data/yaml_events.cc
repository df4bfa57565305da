#include "data/yaml_events.h"

#include <algorithm>

namespace jibe::data {

namespace {

using Type = YamlEvent::Type;

std::string short_tag(std::string tag) {
  static constexpr std::string_view kOfYaml = "tag:yaml.org,2002:";
  return tag.starts_with(kOfYaml) ? "!!" + tag.substr(kOfYaml.size()) : tag;
}

}  // namespace

YamlEvents::YamlEvents(std::string_view text, int lines_before)
    : scanner_(text), lines_before_(lines_before) {}

void YamlEvents::fail(const YamlMark& mark, const char* sentence) {
  throw YamlMistake(mark.line, sentence);
}

bool YamlEvents::at_any(std::initializer_list<Token> types) {
  Token here = scanner_.peek().type;
  return std::find(types.begin(), types.end(), here) != types.end();
}

void YamlEvents::emit(Type type, const YamlMark& mark) {
  event_.type = type;
  event_.line = mark.line + 1 + lines_before_;
}

void YamlEvents::emit_empty(const YamlMark& mark) {
  emit(Type::kScalar, mark);
  event_.plain = true;
}

void YamlEvents::back() {
  state_ = after_.back();
  after_.pop_back();
}

void YamlEvents::close(Type type) {
  emit(type, scanner_.peek().start);
  back();
  scanner_.pop();
}

const YamlEvent& YamlEvents::next() {
  event_ = YamlEvent();
  if (state_ == State::kEnd) return event_;
  try {
    step();
  } catch (const YamlMistake& mistake) {
    state_ = State::kEnd;
    if (mistake.line() == 0 || lines_before_ == 0) throw;
    throw YamlMistake(mistake.line() + lines_before_, mistake.what());
  }
  return event_;
}

void YamlEvents::step() {
  switch (state_) {
    case State::kFirstDocument:
    case State::kDocumentStart:
      return start_document();
    case State::kImplicitContent:
      return node(true, false);
    case State::kDocumentContent:
      if (!at_any({Token::kVersionDirective, Token::kTagDirective, Token::kDocumentStart,
                   Token::kDocumentEnd, Token::kStreamEnd}))
        return node(true, false);
      back();
      return emit_empty(scanner_.peek().start);
    case State::kDocumentEnd:
      emit(Type::kDocumentEnd, scanner_.peek().start);
      if (at(Token::kDocumentEnd)) scanner_.pop();
      tag_prefixes_.clear();
      state_ = State::kDocumentStart;
      return;
    case State::kBlockSequenceEntry:
      return block_sequence_entry();
    case State::kIndentlessEntry:
      return indentless_entry();
    case State::kBlockKey:
      return block_key();
    case State::kBlockValue:
      return block_value();
    case State::kFlowSequenceFirst:
    case State::kFlowSequenceEntry:
      return flow_sequence_entry(state_ == State::kFlowSequenceFirst);
    case State::kPairKey:
      return pair_key();
    case State::kPairValue:
      return pair_value();
    case State::kPairEnd:
      emit(Type::kMapEnd, scanner_.peek().start);
      state_ = State::kFlowSequenceEntry;
      return;
    case State::kFlowKeyFirst:
    case State::kFlowKey:
      return flow_key(state_ == State::kFlowKeyFirst);
    case State::kFlowValue:
      return flow_value();
    case State::kFlowEmptyValue:
      state_ = State::kFlowKey;
      return emit_empty(scanner_.peek().start);
    case State::kEnd:
      return;
  }
}

void YamlEvents::start_document() {
  bool first = state_ == State::kFirstDocument;
  while (!first && at(Token::kDocumentEnd)) scanner_.pop();
  if (at(Token::kStreamEnd)) {
    state_ = State::kEnd;
    return;
  }
  bool has_start =
      !first || at_any({Token::kVersionDirective, Token::kTagDirective, Token::kDocumentStart});
  emit(Type::kDocumentStart, scanner_.peek().start);
  read_directives();
  after_.push_back(State::kDocumentEnd);
  state_ = has_start ? State::kDocumentContent : State::kImplicitContent;
  if (!has_start) return;
  if (!at(Token::kDocumentStart))
    fail(scanner_.peek().start, "did not find expected <document start>");
  scanner_.pop();
}

void YamlEvents::read_directives() {
  bool versioned = false;
  while (at_any({Token::kVersionDirective, Token::kTagDirective})) {
    const YamlToken& token = scanner_.peek();
    if (token.type == Token::kTagDirective) {
      if (!tag_prefixes_.emplace(token.text, token.suffix).second)
        fail(token.start, "found duplicate %TAG directive");
    } else {
      if (versioned) fail(token.start, "found duplicate %YAML directive");
      if (token.text != "1" || token.suffix != "1")
        fail(token.start, "found incompatible YAML document");
      versioned = true;
    }
    scanner_.pop();
  }
  tag_prefixes_.emplace("!", "!");
  tag_prefixes_.emplace("!!", "tag:yaml.org,2002:");
}

// Anchor and tag, in any order.
void YamlEvents::read_properties() {
  auto take_anchor = [this] {
    if (!event_.anchor.empty() || !at(Token::kAnchor)) return;
    event_.anchor = std::move(scanner_.peek().text);
    scanner_.pop();
  };
  take_anchor();
  if (!at(Token::kTag)) return;
  YamlToken tag = std::move(scanner_.peek());
  scanner_.pop();
  take_anchor();
  // What follows is read before the tag is looked at: its mistakes come first.
  scanner_.peek();
  resolve_tag(tag);
}

void YamlEvents::resolve_tag(const YamlToken& tag) {
  std::string full = tag.suffix;
  if (!tag.text.empty()) {
    auto prefix = tag_prefixes_.find(tag.text);
    full = prefix == tag_prefixes_.end() ? "" : prefix->second + tag.suffix;
    if (full.empty()) fail(tag.start, "found undefined tag handle");
  }
  event_.tag = short_tag(std::move(full));
}

void YamlEvents::node(bool block, bool indentless) {
  YamlMark start = scanner_.peek().start;
  if (at(Token::kAlias)) {
    text_ = std::move(scanner_.peek().text);
    event_.text = text_;
    emit(Type::kAlias, start);
    back();
    scanner_.pop();
    return;
  }
  read_properties();
  if (at(Token::kScalar)) {
    text_ = std::move(scanner_.peek().text);
    event_.text = text_;
    event_.plain = scanner_.peek().plain;
    emit(Type::kScalar, start);
    back();
    scanner_.pop();
  } else if (collection(block, indentless)) {
    event_.line = start.line + 1 + lines_before_;
  } else if (!event_.anchor.empty() || !event_.tag.empty()) {
    back();
    emit_empty(start);
  } else {
    fail(scanner_.peek().start, "did not find expected node content");
  }
}

bool YamlEvents::collection(bool block, bool indentless) {
  Token token = scanner_.peek().type;
  if (indentless && token == Token::kBlockEntry) {
    event_.type = Type::kListStart;
    state_ = State::kIndentlessEntry;
    return true;  // its first token is an entry's
  }
  if (token == Token::kFlowSequenceStart) {
    event_.type = Type::kListStart;
    state_ = State::kFlowSequenceFirst;
  } else if (token == Token::kFlowMappingStart) {
    event_.type = Type::kMapStart;
    state_ = State::kFlowKeyFirst;
  } else if (block && token == Token::kBlockSequenceStart) {
    event_.type = Type::kListStart;
    state_ = State::kBlockSequenceEntry;
  } else if (block && token == Token::kBlockMappingStart) {
    event_.type = Type::kMapStart;
    state_ = State::kBlockKey;
  } else {
    return false;
  }
  scanner_.pop();
  return true;
}

void YamlEvents::node_or_empty(State after, bool block, bool indentless, bool follows,
                               const YamlMark& mark) {
  if (follows) {
    after_.push_back(after);
    node(block, indentless);
  } else {
    state_ = after;
    emit_empty(mark);
  }
}

void YamlEvents::block_sequence_entry() {
  if (at(Token::kBlockEnd)) return close(Type::kListEnd);
  YamlMark mark = scanner_.peek().start;
  if (!at(Token::kBlockEntry)) fail(mark, "did not find expected '-' indicator");
  scanner_.pop();
  bool follows = !at_any({Token::kBlockEntry, Token::kBlockEnd});
  node_or_empty(State::kBlockSequenceEntry, true, false, follows, mark);
}

// A sequence that is no deeper than the key before it.
void YamlEvents::indentless_entry() {
  YamlMark mark = scanner_.peek().start;
  if (!at(Token::kBlockEntry)) {
    emit(Type::kListEnd, mark);
    return back();
  }
  scanner_.pop();
  bool follows = !at_any({Token::kBlockEntry, Token::kKey, Token::kValue, Token::kBlockEnd});
  node_or_empty(State::kIndentlessEntry, true, false, follows, mark);
}

void YamlEvents::block_key() {
  if (at(Token::kBlockEnd)) return close(Type::kMapEnd);
  YamlMark mark = scanner_.peek().start;
  if (!at(Token::kKey)) fail(mark, "did not find expected key");
  scanner_.pop();
  bool follows = !at_any({Token::kKey, Token::kValue, Token::kBlockEnd});
  node_or_empty(State::kBlockValue, true, true, follows, mark);
}

void YamlEvents::block_value() {
  YamlMark mark = scanner_.peek().start;
  bool follows = false;
  if (at(Token::kValue)) {
    scanner_.pop();
    follows = !at_any({Token::kKey, Token::kValue, Token::kBlockEnd});
  }
  node_or_empty(State::kBlockKey, true, true, follows, mark);
}

void YamlEvents::flow_sequence_entry(bool first) {
  if (!first && !at(Token::kFlowSequenceEnd)) {
    if (!at(Token::kFlowEntry)) fail(scanner_.peek().start, "did not find expected ',' or ']'");
    scanner_.pop();
  }
  if (at(Token::kFlowSequenceEnd)) return close(Type::kListEnd);
  if (at(Token::kKey)) {
    // [a: b] has a map of one entry.
    emit(Type::kMapStart, scanner_.peek().start);
    state_ = State::kPairKey;
    scanner_.pop();
    return;
  }
  after_.push_back(State::kFlowSequenceEntry);
  node(false, false);
}

void YamlEvents::pair_key() {
  bool follows = !at_any({Token::kValue, Token::kFlowEntry, Token::kFlowSequenceEnd});
  YamlMark mark = scanner_.peek().start;
  // go-yaml drops the token that stands where the key is missing.
  if (!follows) scanner_.pop();
  node_or_empty(State::kPairValue, false, false, follows, mark);
}

void YamlEvents::pair_value() {
  YamlMark mark = scanner_.peek().start;
  bool follows = false;
  if (at(Token::kValue)) {
    scanner_.pop();
    follows = !at_any({Token::kFlowEntry, Token::kFlowSequenceEnd});
  }
  node_or_empty(State::kPairEnd, false, false, follows, mark);
}

void YamlEvents::flow_key(bool first) {
  if (!first && !at(Token::kFlowMappingEnd)) {
    if (!at(Token::kFlowEntry)) fail(scanner_.peek().start, "did not find expected ',' or '}'");
    scanner_.pop();
  }
  if (at(Token::kFlowMappingEnd)) return close(Type::kMapEnd);
  if (!at(Token::kKey)) {
    after_.push_back(State::kFlowEmptyValue);
    return node(false, false);
  }
  scanner_.pop();
  bool follows = !at_any({Token::kValue, Token::kFlowEntry, Token::kFlowMappingEnd});
  YamlMark mark = scanner_.peek().start;
  node_or_empty(State::kFlowValue, false, false, follows, mark);
}

void YamlEvents::flow_value() {
  bool follows = false;
  if (at(Token::kValue)) {
    scanner_.pop();
    follows = !at_any({Token::kFlowEntry, Token::kFlowMappingEnd});
  }
  YamlMark mark = scanner_.peek().start;
  node_or_empty(State::kFlowKey, false, false, follows, mark);
}

}  // namespace jibe::data
