#include "data/yaml_scanner.h"

#include "data/yaml_events.h"

namespace jibe::data {

namespace {

constexpr size_t kMaxLevel = 10000;
constexpr size_t kMaxKeyLength = 1024;

}  // namespace

// In sentences of the scanner go-yaml counts lines from 1, and names none in the first line.
void YamlScanner::fail(const std::string& sentence) const {
  int line = reader_.mark().line;
  throw YamlMistake(line > 0 ? line + 1 : 0, sentence);
}

YamlToken& YamlScanner::peek() {
  // What may yet turn out to be a key must wait for its `:`, because tokens go in front of it.
  while (true) {
    if (!tokens_.empty()) {
      auto level = key_levels_.find(popped_);
      if (level == key_levels_.end() || !key_still_possible(keys_[level->second])) break;
    }
    if (ended_) break;
    fetch();
  }
  return tokens_.front();
}

void YamlScanner::pop() {
  ++popped_;
  tokens_.pop_front();
}

// The end, where the token has been taken already.
std::deque<YamlToken>::iterator YamlScanner::place_of(size_t token) {
  if (token < popped_) return tokens_.end();
  return tokens_.begin() + static_cast<ptrdiff_t>(token - popped_);
}

void YamlScanner::add(Type type, const YamlMark& start) {
  tokens_.push_back({.type = type, .start = start});
}

void YamlScanner::add_indicator(Type type) {
  YamlMark start = reader_.mark();
  reader_.skip();
  add(type, start);
}

void YamlScanner::fetch() {
  scan_to_next_token();
  unroll_indent(reader_.mark().column);
  reader_.look_ahead(4);
  if (fetch_structure() || fetch_flow_indicator() || fetch_node() || fetch_scalar()) return;
  fail("found character that cannot start any token");
}

bool YamlScanner::fetch_structure() {
  if (reader_.at_end()) {
    fetch_stream_end();
  } else if (reader_.mark().column == 0 && reader_.at() == '%') {
    unroll_indent(-1);
    remove_simple_key();
    key_allowed_ = false;
    scan_directive();
  } else if (reader_.at_document_indicator()) {
    fetch_document_indicator();
  } else {
    return false;
  }
  return true;
}

bool YamlScanner::fetch_flow_indicator() {
  switch (reader_.at()) {
    case '[':
      fetch_flow_start(Type::kFlowSequenceStart);
      return true;
    case '{':
      fetch_flow_start(Type::kFlowMappingStart);
      return true;
    case ']':
      fetch_flow_end(Type::kFlowSequenceEnd);
      return true;
    case '}':
      fetch_flow_end(Type::kFlowMappingEnd);
      return true;
    case ',':
      remove_simple_key();
      key_allowed_ = true;
      add_indicator(Type::kFlowEntry);
      return true;
    default:
      return false;
  }
}

bool YamlScanner::fetch_node() {
  char c = reader_.at();
  bool ends = reader_.at_blank_or_end(1);
  if (c == '-' && ends) {
    fetch_block_entry();
  } else if (c == '?' && (flow_level_ > 0 || ends)) {
    fetch_key();
  } else if (c == ':' && (flow_level_ > 0 || ends)) {
    fetch_value();
  } else if (c == '*' || c == '&') {
    save_simple_key();
    key_allowed_ = false;
    scan_anchor(c == '*' ? Type::kAlias : Type::kAnchor);
  } else if (c == '!') {
    save_simple_key();
    key_allowed_ = false;
    scan_tag();
  } else {
    return false;
  }
  return true;
}

bool YamlScanner::fetch_scalar() {
  char c = reader_.at();
  if ((c == '|' || c == '>') && flow_level_ == 0) {
    remove_simple_key();
    key_allowed_ = true;
    scan_block_scalar(c == '|');
    return true;
  }
  bool quoted = c == '\'' || c == '"';
  if (!quoted && !starts_plain()) return false;
  save_simple_key();
  key_allowed_ = false;
  quoted ? scan_quoted(c == '\'') : scan_plain();
  return true;
}

bool YamlScanner::starts_plain() const {
  static constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`";
  char c = reader_.at();
  if (reader_.at_blank_or_end()) return false;
  if (kIndicators.find(c) == kIndicators.npos) return true;
  if (c == '-') return !reader_.at_blank(1);
  return flow_level_ == 0 && (c == '?' || c == ':') && !reader_.at_blank_or_end(1);
}

void YamlScanner::fetch_stream_end() {
  reader_.end_last_line();
  unroll_indent(-1);
  remove_simple_key();
  key_allowed_ = false;
  add(Type::kStreamEnd, reader_.mark());
  ended_ = true;
}

void YamlScanner::fetch_document_indicator() {
  unroll_indent(-1);
  remove_simple_key();
  key_allowed_ = false;
  Type type = reader_.at() == '-' ? Type::kDocumentStart : Type::kDocumentEnd;
  add_indicator(type);
  reader_.skip();
  reader_.skip();
}

void YamlScanner::fetch_flow_start(Type type) {
  save_simple_key();
  keys_.push_back({.token = popped_ + tokens_.size()});
  if (static_cast<size_t>(++flow_level_) > kMaxLevel)
    fail("exceeded max depth of " + std::to_string(kMaxLevel));
  key_allowed_ = true;
  add_indicator(type);
}

void YamlScanner::fetch_flow_end(Type type) {
  remove_simple_key();
  if (flow_level_ > 0) {
    --flow_level_;
    // The number may still be that of the bracket which opened the level. Then go-yaml does not
    // wait to see whether the collection is a key, and cannot tell any more when it is one: `{}:
    // x`.
    key_levels_.erase(keys_.back().token);
    keys_.pop_back();
  }
  key_allowed_ = false;
  add_indicator(type);
}

void YamlScanner::fetch_block_entry() {
  if (flow_level_ == 0) {
    if (!key_allowed_) fail("block sequence entries are not allowed in this context");
    roll_indent(reader_.mark().column, std::nullopt, Type::kBlockSequenceStart, reader_.mark());
  }
  remove_simple_key();
  key_allowed_ = true;
  add_indicator(Type::kBlockEntry);
}

void YamlScanner::fetch_key() {
  if (flow_level_ == 0) {
    if (!key_allowed_) fail("mapping keys are not allowed in this context");
    roll_indent(reader_.mark().column, std::nullopt, Type::kBlockMappingStart, reader_.mark());
  }
  remove_simple_key();
  key_allowed_ = flow_level_ == 0;
  add_indicator(Type::kKey);
}

void YamlScanner::fetch_value() {
  SimpleKey& key = keys_.back();
  if (key_still_possible(key)) {
    tokens_.insert(place_of(key.token), {.type = Type::kKey, .start = key.mark});
    roll_indent(key.mark.column, key.token, Type::kBlockMappingStart, key.mark);
    forget(key);
    key_allowed_ = false;
  } else {
    if (flow_level_ == 0) {
      if (!key_allowed_) fail("mapping values are not allowed in this context");
      roll_indent(reader_.mark().column, std::nullopt, Type::kBlockMappingStart, reader_.mark());
    }
    key_allowed_ = flow_level_ == 0;
  }
  add_indicator(Type::kValue);
}

void YamlScanner::scan_to_next_token() {
  while (true) {
    // A tab may not stand where it would be indentation.
    while (reader_.at() == ' ' || ((flow_level_ > 0 || !key_allowed_) && reader_.at() == '\t'))
      reader_.skip();
    skip_comment();
    if (!reader_.at_break()) return;
    reader_.skip_break();
    if (flow_level_ == 0) key_allowed_ = true;
  }
}

// A key without `?` is on one line and not too long.
bool YamlScanner::key_still_possible(SimpleKey& key) {
  if (!key.possible) return false;
  const YamlMark& now = reader_.mark();
  if (key.mark.line == now.line && key.mark.index + kMaxKeyLength >= now.index) return true;
  if (key.required) fail("could not find expected ':'");
  forget(key);
  return false;
}

void YamlScanner::forget(SimpleKey& key) {
  if (key.possible) key_levels_.erase(key.token);
  key.possible = false;
}

void YamlScanner::save_simple_key() {
  if (!key_allowed_) return;
  bool required = flow_level_ == 0 && indent_ == reader_.mark().column;
  remove_simple_key();
  size_t token = popped_ + tokens_.size();
  keys_.back() = {.possible = true, .required = required, .token = token, .mark = reader_.mark()};
  key_levels_[token] = keys_.size() - 1;
}

void YamlScanner::remove_simple_key() {
  SimpleKey& key = keys_.back();
  if (key.possible && key.required) fail("could not find expected ':'");
  forget(key);
}

// A collection starts at the column, with the token of that number or with the next one.
void YamlScanner::roll_indent(int column, std::optional<size_t> token, Type type,
                              const YamlMark& mark) {
  if (flow_level_ > 0 || indent_ >= column) return;
  indents_.push_back(indent_);
  indent_ = column;
  if (indents_.size() > kMaxLevel) fail("exceeded max depth of " + std::to_string(kMaxLevel));
  tokens_.insert(token ? place_of(*token) : tokens_.end(), {.type = type, .start = mark});
}

void YamlScanner::unroll_indent(int column) {
  if (flow_level_ > 0) return;
  for (; indent_ > column; indents_.pop_back()) {
    add(Type::kBlockEnd, reader_.mark());
    indent_ = indents_.back();
  }
}

void YamlScanner::skip_blanks() {
  while (reader_.at_blank()) reader_.skip();
}

void YamlScanner::skip_comment() {
  if (reader_.at() != '#') return;
  while (!reader_.at_break_or_end()) reader_.skip();
}

void YamlScanner::end_line(const char* mistake) {
  skip_blanks();
  skip_comment();
  if (!reader_.at_break_or_end()) fail(mistake);
  if (reader_.at_break()) reader_.skip_break();
}

}  // namespace jibe::data
