// A YAML text as a stream of events (libfyaml underneath). Knows structure, not meaning.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct fy_token;

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

// The text is no YAML. what() is go-yaml's sentence without a line; line 0: go-yaml names none.
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
  void read_scalar(fy_token* token);
  void repair_quotes(fy_token* token);
  void refuse_tab_as_indent(fy_token* token) const;

  struct Parser;
  std::unique_ptr<Parser> parser_;
  int lines_before_;
  YamlEvent event_;
};

}  // namespace jibe::data
