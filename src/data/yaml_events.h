// A YAML text as a stream of events, as go-yaml v2 reads it. Knows structure, not meaning.
//
// libyaml does the reading: go-yaml v2 is its translation into Go, so the two take the same texts
// and refuse the others in the same words.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

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
  ~YamlEvents();
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  // Throws YamlMistake.
  const YamlEvent& next();

 private:
  [[noreturn]] void fail(int line, const char* sentence);

  struct Parser;
  std::unique_ptr<Parser> parser_;
  int lines_before_;
  YamlEvent event_;
};

}  // namespace jibe::data
