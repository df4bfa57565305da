// The tokens of a YAML text, by the rules and with the limits of go-yaml v2 (YAML 1.1).
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/yaml_reader.h"

namespace jibe::data {

struct YamlToken {
  enum class Type {
    kStreamEnd,
    kVersionDirective,
    kTagDirective,
    kDocumentStart,
    kDocumentEnd,
    kBlockSequenceStart,
    kBlockMappingStart,
    kBlockEnd,
    kFlowSequenceStart,
    kFlowSequenceEnd,
    kFlowMappingStart,
    kFlowMappingEnd,
    kBlockEntry,
    kFlowEntry,
    kKey,
    kValue,
    kAlias,
    kAnchor,
    kTag,
    kScalar
  };
  Type type = Type::kStreamEnd;
  YamlMark start;
  // Of a scalar; the name of an anchor or alias; the handle of a tag.
  std::string text = {};
  // Of a tag; the prefix of a %TAG directive.
  std::string suffix = {};
  bool plain = false;
};

class YamlScanner {
 public:
  explicit YamlScanner(std::string_view text) : reader_(text) {}

  // Both throw YamlMistake. After the token of the stream's end comes nothing.
  YamlToken& peek();
  void pop();

 private:
  using Type = YamlToken::Type;
  // Where a key without `?` may have started, which only a later `:` tells.
  struct SimpleKey {
    bool possible = false;
    bool required = false;
    size_t token = 0;
    YamlMark mark;
  };

  void fetch();
  bool fetch_structure();
  bool fetch_flow_indicator();
  bool fetch_node();
  bool fetch_scalar();
  void fetch_stream_end();
  void fetch_document_indicator();
  void fetch_flow_start(Type type);
  void fetch_flow_end(Type type);
  void fetch_block_entry();
  void fetch_key();
  void fetch_value();
  void scan_to_next_token();
  bool starts_plain() const;

  bool key_still_possible(SimpleKey& key);
  void save_simple_key();
  void remove_simple_key();
  void forget(SimpleKey& key);
  void roll_indent(int column, std::optional<size_t> token, Type type, const YamlMark& mark);
  void unroll_indent(int column);
  std::deque<YamlToken>::iterator place_of(size_t token);
  void add_indicator(Type type);
  void add(Type type, const YamlMark& start);

  void scan_anchor(Type type);
  void scan_tag();
  std::string scan_tag_handle(bool directive);
  std::string scan_tag_uri(std::string_view head);
  void scan_uri_escape(std::string& into);
  void scan_directive();
  void scan_version();
  void scan_version_number(std::string& into);
  void scan_tag_directive(const YamlMark& start);

  void scan_block_scalar(bool literal);
  int scan_block_indicators(int& chomping);
  void scan_block_breaks(int& indent, std::string& breaks);
  void scan_quoted(bool single);
  // True where it ended with an escaped line break.
  bool scan_quoted_word(bool single, std::string& text);
  void scan_escape(std::string& text);
  void scan_code_point(size_t digits, std::string& text);
  void scan_plain();
  bool ends_plain() const;

  void skip_blanks();
  void skip_comment();
  void end_line(const char* mistake);
  [[noreturn]] void fail(const std::string& sentence) const;

  YamlReader reader_;
  std::deque<YamlToken> tokens_;
  size_t popped_ = 0;
  bool ended_ = false;
  bool key_allowed_ = true;
  int flow_level_ = 0;
  int indent_ = -1;
  std::vector<int> indents_;
  // One per level of flow collections.
  std::vector<SimpleKey> keys_{SimpleKey()};
  // The levels of the possible ones by the number of their token.
  std::map<size_t, size_t> key_levels_;
};

// What stands between two words of a scalar that goes over several lines.
class YamlGap {
 public:
  bool has_break() const { return has_break_; }
  bool empty() const { return !has_break_ && blanks_.empty(); }
  // Over blanks and breaks. Returns false at a tab that stands for indentation below `indent`.
  bool read(YamlReader& reader, int indent);
  // An escaped line break: what follows in the next line is not part of the text.
  void start_line() { has_break_ = true; }
  // A single break becomes a space, of several the first one is left out.
  void fold_into(std::string& text);

 private:
  std::string blanks_;
  std::string first_break_;
  std::string more_breaks_;
  bool has_break_ = false;
};

}  // namespace jibe::data
