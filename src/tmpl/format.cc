#include "tmpl/format.h"

#include "tmpl/collections.h"
#include "tmpl/printer.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

// Widths and precisions beyond this are refused.
constexpr int kTooLarge = 1000000;

// Walks a format string, as fmt.Sprintf does.
class Formatter {
 public:
  Formatter(std::string_view format, std::span<const Any> args, std::string& out)
      : format_(format), args_(args), out_(out), printer_(out) {}

  void run() {
    while (at_ < format_.size()) {
      size_t percent = format_.find('%', at_);
      out_ += format_.substr(at_, percent - at_);
      if (percent == std::string_view::npos) break;
      at_ = percent + 1;
      if (!directive()) break;
    }
    if (!reordered_ && next_ < args_.size()) extra();
  }

 private:
  bool directive() {
    printer_.flags = PrintFlags();
    good_index_ = true;
    after_index_ = false;
    flags();
    index();
    width();
    precision();
    if (!after_index_) index();
    if (at_ >= format_.size()) {
      out_ += "%!(NOVERB)";
      return false;
    }
    Rune verb = decode_rune(format_.substr(at_));
    at_ += verb.width;
    print(verb.value);
    return true;
  }

  void flags() {
    PrintFlags& f = printer_.flags;
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '#':
          f.sharp = true;
          continue;
        case '0':
          f.zero = true;
          continue;
        case '+':
          f.plus = true;
          continue;
        case '-':
          f.minus = true;
          continue;
        case ' ':
          f.space = true;
          continue;
        default:
          return;
      }
    }
  }

  // "[3]": the operand to take next.
  void index() {
    after_index_ = false;
    if (at_ >= format_.size() || format_[at_] != '[') return;
    reordered_ = true;
    size_t close = format_.find(']', at_);
    if (format_.size() - at_ < 3 || close == std::string_view::npos) {
      good_index_ = false;
      ++at_;
      return;
    }
    size_t from = at_ + 1;
    auto number = digits(from, close);
    at_ = close + 1;
    after_index_ = number && from == close;
    if (after_index_ && *number >= 1 && static_cast<size_t>(*number) <= args_.size())
      next_ = static_cast<size_t>(*number) - 1;
    else
      good_index_ = false;
  }

  std::optional<int> digits(size_t& at, size_t end) {
    std::optional<int> out;
    for (; at < end && format_[at] >= '0' && format_[at] <= '9'; ++at) {
      if (out.value_or(0) > kTooLarge) {
        at = end;
        return std::nullopt;
      }
      out = out.value_or(0) * 10 + (format_[at] - '0');
    }
    return out;
  }

  // The operand for a '*'.
  std::optional<int> from_operand() {
    if (next_ >= args_.size()) return std::nullopt;
    const Any& any = args_[next_++];
    if (!any.is_integer()) return std::nullopt;
    int64_t i = any.as_int();
    if (i > kTooLarge || i < -kTooLarge) return std::nullopt;
    return static_cast<int>(i);
  }

  void width() {
    PrintFlags& f = printer_.flags;
    std::optional<int> width;
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      width = from_operand();
      if (!width) out_ += "%!(BADWIDTH)";
      if (width && *width < 0) {
        width = -*width;
        f.minus = true;
        f.zero = false;
      }
      after_index_ = false;
    } else {
      width = digits(at_, format_.size());
      if (after_index_ && width) good_index_ = false;
    }
    f.has_width = width.has_value();
    f.width = width.value_or(0);
  }

  void precision() {
    if (at_ + 1 >= format_.size() || format_[at_] != '.') return;
    PrintFlags& f = printer_.flags;
    ++at_;
    if (after_index_) good_index_ = false;
    index();
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      auto precision = from_operand();
      if (precision && *precision < 0) precision.reset();
      if (!precision) out_ += "%!(BADPREC)";
      f.has_precision = precision.has_value();
      f.precision = precision.value_or(0);
      after_index_ = false;
      return;
    }
    f.precision = digits(at_, format_.size()).value_or(0);
    f.has_precision = true;
  }

  void print(char32_t verb) {
    if (verb == '%') {
      out_ += '%';
      return;
    }
    if (!good_index_) return complain(verb, "(BADINDEX)");
    if (next_ >= args_.size()) return complain(verb, "(MISSING)");
    PrintFlags& f = printer_.flags;
    if (verb == 'v') {
      f.sharp_v = std::exchange(f.sharp, false);
      f.plus_v = std::exchange(f.plus, false);
    }
    printer_.operand(args_[next_++], verb);
  }

  void complain(char32_t verb, std::string_view what) {
    out_ += "%!";
    append_rune(out_, verb);
    out_ += what;
  }

  void extra() {
    printer_.flags = PrintFlags();
    out_ += "%!(EXTRA ";
    for (size_t i = next_; i < args_.size(); ++i) {
      if (i > next_) out_ += ", ";
      if (!args_[i].is_nil()) {
        out_ += type_name(args_[i]);
        out_ += '=';
      }
      printer_.operand(args_[i], 'v');
    }
    out_ += ')';
  }

  std::string_view format_;
  std::span<const Any> args_;
  std::string& out_;
  Printer printer_;
  size_t at_ = 0;
  size_t next_ = 0;
  bool reordered_ = false;
  bool good_index_ = true;
  bool after_index_ = false;
};

bool is_string_kind(const Any& any) {
  return any.is_string() || (any.is_host() && any.type()->kind == Kind::kString);
}

}  // namespace

std::string sprintf(std::string_view format, std::span<const Any> args) {
  std::string out;
  Formatter(format, args, out).run();
  return out;
}

std::string sprint(std::span<const Any> args) {
  std::string out;
  bool previous = false;
  for (size_t i = 0; i < args.size(); ++i) {
    bool text = is_string_kind(args[i]);
    if (i > 0 && !text && !previous) out += ' ';
    append_text(out, args[i]);
    previous = text;
  }
  return out;
}

std::string sprintln(std::span<const Any> args) {
  std::string out;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) out += ' ';
    append_text(out, args[i]);
  }
  return out + '\n';
}

void append_text(std::string& out, const Any& any) {
  if (any.is_string()) {
    out += any.as_string();
    return;
  }
  Printer(out).operand(any, 'v');
}

std::string to_text(const Any& any) {
  std::string out;
  append_text(out, any);
  return out;
}

std::string_view type_name(const Any& any) {
  const Type* type = any.type();
  return type == nullptr ? "<nil>" : type->name;
}

std::string_view kind_name(const Any& any) {
  const Type* type = any.type();
  return kind_name(type == nullptr ? Kind::kNil : type->kind);
}

std::string_view kind_name(Kind kind) {
  constexpr std::string_view kNames[] = {"invalid", "bool",   "int",   "int64", "uint8",  "uint64",
                                         "float64", "string", "slice", "map",   "struct", "ptr"};
  return kind == Kind::kHost ? "struct" : kNames[static_cast<size_t>(kind)];
}

}  // namespace jibe::tmpl
