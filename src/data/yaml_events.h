// A YAML text as a stream of events, as go-yaml v2 reads it. Knows structure, not meaning.
#pragma once
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/yaml_scanner.h"

namespace jibe::data {

struct YamlEvent {
  enum class Type {
    kDocumentStart,
    kDocumentEnd,
    kMapStart,
    kMapEnd,
    kListStart,
    kListEnd,
    kScalar,
    kAlias,
    kEnd
  };
  Type type = Type::kEnd;
  int line = 0;  // from 1
  // Text of a scalar; name of an alias. Valid until the next event.
  std::string_view text;
  std::string anchor;
  // "!!str" for tags of YAML itself, else as written; empty where there is none.
  std::string tag;
  // A scalar without quotes that is no block.
  bool plain = false;
};

// The text is no YAML. what() is go-yaml's sentence without a line; line 0: go-yaml names none. The
// line is go-yaml's, too: that of the scanner counts from 1, that of the parser from 0.
class YamlMistake : public base::Error {
 public:
  YamlMistake(int line, const std::string& sentence) : Error(sentence), line_(line) {}
  int line() const { return line_; }

 private:
  int line_;
};

class YamlEvents {
 public:
  // `text` must outlive this object. Lines count from `lines_before` + 1.
  explicit YamlEvents(std::string_view text, int lines_before = 0);

  // Throws YamlMistake.
  const YamlEvent& next();

 private:
  using Token = YamlToken::Type;
  enum class State {
    kFirstDocument,
    kDocumentStart,
    kImplicitContent,
    kDocumentContent,
    kDocumentEnd,
    kBlockSequenceEntry,
    kIndentlessEntry,
    kBlockKey,
    kBlockValue,
    kFlowSequenceFirst,
    kFlowSequenceEntry,
    kPairKey,
    kPairValue,
    kPairEnd,
    kFlowKeyFirst,
    kFlowKey,
    kFlowValue,
    kFlowEmptyValue,
    kEnd
  };

  void step();
  void start_document();
  void read_directives();
  void node(bool block, bool indentless);
  bool collection(bool block, bool indentless);
  void read_properties();
  void resolve_tag(const YamlToken& tag);
  // A node where one may follow; else nothing, which is null.
  void node_or_empty(State after, bool block, bool indentless, bool follows, const YamlMark& mark);
  void block_sequence_entry();
  void indentless_entry();
  void block_key();
  void block_value();
  void flow_sequence_entry(bool first);
  void pair_key();
  void pair_value();
  void flow_key(bool first);
  void flow_value();

  bool at(Token type) { return scanner_.peek().type == type; }
  bool at_any(std::initializer_list<Token> types);
  void emit(YamlEvent::Type type, const YamlMark& mark);
  void emit_empty(const YamlMark& mark);
  // Ends a collection, with its token.
  void close(YamlEvent::Type type);
  void back();
  [[noreturn]] static void fail(const YamlMark& mark, const char* sentence);

  YamlScanner scanner_;
  int lines_before_;
  State state_ = State::kFirstDocument;
  std::vector<State> after_;
  std::map<std::string, std::string, std::less<>> tag_prefixes_;
  std::string text_;
  YamlEvent event_;
};

}  // namespace jibe::data
