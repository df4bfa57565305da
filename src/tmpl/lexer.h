// The scanner of Go's text/template/parse: template text → items.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace jibe::tmpl {

enum class ItemKind : uint8_t {
  kError,
  kBool,
  kChar,
  kCharConstant,
  kComplex,
  kAssign,
  kDeclare,
  kEof,
  kField,
  kIdentifier,
  kLeftDelim,
  kLeftParen,
  kNumber,
  kPipe,
  kRawString,
  kRightDelim,
  kRightParen,
  kSpace,
  kString,
  kText,
  kVariable,
  kKeyword,  // those behind are keywords
  kBlock,
  kBreak,
  kContinue,
  kDot,
  kDefine,
  kElse,
  kEnd,
  kIf,
  kNil,
  kRange,
  kTemplate,
  kWith,
};

struct Item {
  ItemKind kind = ItemKind::kEof;
  uint32_t pos = 0;
  std::string_view text;  // of the source, or of the lexer's error
  int line = 0;
};

// As error messages name it: `EOF`, `<end>`, `"}"`.
std::string describe(const Item& item);

class Lexer {
 public:
  // `input` must outlive the lexer. `break` and `continue` are keywords unless functions of
  // these names exist.
  Lexer(std::string_view input, bool break_is_keyword, bool continue_is_keyword)
      : input_(input), break_(break_is_keyword), continue_(continue_is_keyword) {}
  Item next();

 private:
  static constexpr char32_t kEnd = 0xFFFFFFFF;

  bool text();
  bool left_delim();
  bool comment();
  bool inside_action();
  void right_delim();
  void space();
  void identifier();
  void field_or_variable(ItemKind kind);
  void character(char32_t rune);
  bool delimited(char mark, const char* complaint);
  void raw_quote();
  void number();
  bool scan_number();
  ItemKind keyword(std::string_view word) const;

  char32_t take();
  char32_t peek();
  void back();
  bool accept(std::string_view valid);
  void accept_run(std::string_view valid);
  bool at_terminator();
  bool at_right_delim(bool& trims) const;
  bool starts_with(size_t at, std::string_view prefix) const;
  void emit(ItemKind kind);
  void ignore();
  void fail(std::string message);

  std::string_view input_;
  Item item_;
  std::string error_;
  size_t pos_ = 0;
  size_t start_ = 0;
  size_t last_width_ = 0;
  int line_ = 1;
  int start_line_ = 1;
  int parens_ = 0;
  bool inside_ = false;
  bool break_;
  bool continue_;
};

}  // namespace jibe::tmpl
