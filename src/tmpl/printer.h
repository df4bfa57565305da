// The state behind format.h: one pass of Go's fmt over some operands.
#pragma once
#include <string>
#include <string_view>

#include "tmpl/any.h"

namespace jibe::tmpl {

struct PrintFlags {
  bool plus = false;
  bool minus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool plus_v = false;   // %+v
  bool sharp_v = false;  // %#v
  bool has_width = false;
  bool has_precision = false;
  int width = 0;
  int precision = 0;
};

// Appends operands to `out`, each by a verb under the present flags.
class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}
  PrintFlags flags;

  void operand(const Any& any, char32_t verb);
  void pad(std::string_view text);

 private:
  void value(const Any& any, char32_t verb, int depth);
  void boolean(bool b, char32_t verb, const Any& any);
  void integer(const Any& any, char32_t verb);
  void digits(uint64_t u, int base, bool is_signed, char32_t verb, bool upper);
  void prefixed_hex(uint64_t u, bool prefix);
  void unicode_point(uint64_t u);
  void number(double d, char verb, int precision);
  std::string with_point(std::string number, char verb, int precision) const;
  void floating(const Any& any, char32_t verb);
  void string(std::string_view text, char32_t verb, const Any& any);
  void hex(std::string_view bytes, bool upper);
  std::string_view truncated(std::string_view text) const;
  void list(const Any& any, char32_t verb, int depth);
  void bytes(const Any& any, char32_t verb, int depth);
  void map(const Any& any, char32_t verb, int depth);
  void host(const Any& any, char32_t verb, int depth);
  void pointer(const Any& any, char32_t verb);
  void bad_verb(char32_t verb, const Any& any);
  void padding(int count);

  std::string& out_;
  bool erroring_ = false;
};

std::string quote_with(std::string_view text, char mark, bool ascii_only);
std::string quote_rune(char32_t rune, bool ascii_only);

// One character of a literal's body, as strconv.UnquoteChar takes it; throws base::InvalidInput.
struct UnquotedChar {
  char32_t value;
  bool multibyte;
};
UnquotedChar unquote_char(std::string_view& text, char mark);

}  // namespace jibe::tmpl
