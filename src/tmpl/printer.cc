#include "tmpl/printer.h"

#include <fmt/core.h>

#include "tmpl/collections.h"
#include "tmpl/format.h"
#include "tmpl/function.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

// Go's printing of a map that contains itself never ends; ours does.
constexpr int kMaxDepth = 1000;

bool stringable(char32_t verb) {
  return verb == 'v' || verb == 's' || verb == 'x' || verb == 'X' || verb == 'q';
}

}  // namespace

void Printer::operand(const Any& any, char32_t verb) {
  if (any.is_nil()) {
    if (verb == 'T' || verb == 'v') return pad("<nil>");
    return bad_verb(verb, any);
  }
  if (verb == 'T') return pad(truncated(type_name(any)));
  if (verb == 'p') return pointer(any, 'p');
  value(any, verb, 0);
}

void Printer::value(const Any& any, char32_t verb, int depth) {
  if (depth > kMaxDepth)
    throw base::InvalidInput("the value contains itself and cannot be printed");
  switch (any.kind()) {
    case Kind::kNil:
      if (flags.sharp_v && verb == 'v')
        out_ += "interface {}(nil)";
      else
        out_ += "<nil>";
      return;
    case Kind::kBool:
      return boolean(any.as_bool(), verb, any);
    case Kind::kInt:
    case Kind::kInt64:
    case Kind::kUint8:
    case Kind::kUint64:
      return integer(any, verb);
    case Kind::kFloat64:
      return floating(any, verb);
    case Kind::kString:
      return string(any.as_string(), verb, any);
    case Kind::kList:
      if (any.type() == &kByteList) return bytes(any, verb, depth);
      return list(any, verb, depth);
    case Kind::kMap:
      return map(any, verb, depth);
    default:
      return host(any, verb, depth);
  }
}

void Printer::boolean(bool b, char32_t verb, const Any& any) {
  if (verb != 't' && verb != 'v') return bad_verb(verb, any);
  pad(b ? "true" : "false");
}

void Printer::string(std::string_view text, char32_t verb, const Any& any) {
  switch (verb) {
    case 'v':
      if (!flags.sharp_v) return pad(truncated(text));
      [[fallthrough]];
    case 'q': {
      std::string_view cut = truncated(text);
      bool raw = flags.sharp && cut.find_first_of("`\x7f") == std::string_view::npos;
      for (char c : cut) raw = raw && (static_cast<unsigned char>(c) >= ' ' || c == '\t');
      if (raw) return pad("`" + std::string(cut) + "`");
      return pad(quote_with(cut, '"', flags.plus));
    }
    case 's':
      return pad(truncated(text));
    case 'x':
    case 'X':
      return hex(text, verb == 'X');
    default:
      return bad_verb(verb, any);
  }
}

void Printer::bytes(const Any& any, char32_t verb, int depth) {
  std::string text;
  for (size_t i = 0; i < any.list().size(); ++i)
    text += static_cast<char>(any.list().at(i).as_int());
  if (verb == 's' || verb == 'x' || verb == 'X' || verb == 'q') return string(text, verb, any);
  if (!flags.sharp_v) return list(any, verb, depth);
  out_ += "[]byte{";
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0) out_ += ", ";
    prefixed_hex(static_cast<unsigned char>(text[i]), true);
  }
  out_ += '}';
}

void Printer::list(const Any& any, char32_t verb, int depth) {
  const List& list = any.list();
  if (flags.sharp_v) {
    out_ += list.type().name;
    if (list.is_nil()) {
      out_ += "(nil)";
      return;
    }
  }
  out_ += flags.sharp_v ? '{' : '[';
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out_ += flags.sharp_v ? ", " : " ";
    value(list.at(i), verb, depth + 1);
  }
  out_ += flags.sharp_v ? '}' : ']';
}

void Printer::map(const Any& any, char32_t verb, int depth) {
  const Map& map = any.map();
  if (flags.sharp_v) {
    out_ += map.type().name;
    if (map.is_nil()) {
      out_ += "(nil)";
      return;
    }
    out_ += '{';
  } else {
    out_ += "map[";
  }
  for (size_t i = 0; i < map.size(); ++i) {
    if (i > 0) out_ += flags.sharp_v ? ", " : " ";
    std::string key(map.key_at(i));
    string(key, verb, Any(key));
    out_ += ':';
    value(map.value_at(i), verb, depth + 1);
  }
  out_ += flags.sharp_v ? '}' : ']';
}

void Printer::host(const Any& any, char32_t verb, int depth) {
  const Host& host = any.host();
  if (!erroring_ && !flags.sharp_v && stringable(verb)) {
    if (auto text = host.text()) return string(*text, verb, any);
  }
  Kind kind = host.type().kind;
  bool pointer_to_struct = kind == Kind::kPointer;
  if (pointer_to_struct && depth > 0) return pointer(any, verb);
  if (kind != Kind::kStruct && kind != Kind::kMap && !pointer_to_struct)
    return value(Any::from(host.to_value()), verb, depth + 1);
  if (pointer_to_struct) out_ += '&';
  if (flags.sharp_v) out_ += pointer_to_struct ? host.type().name.substr(1) : host.type().name;
  bool is_map = kind == Kind::kMap;
  if (is_map && !flags.sharp_v)
    out_ += "map[";
  else
    out_ += '{';
  bool first = true;
  for (const auto& [name, field] : host.entries()) {
    if (!first) out_ += flags.sharp_v ? ", " : " ";
    first = false;
    if (is_map)
      string(name, verb, Any(name));
    else if (flags.plus_v || flags.sharp_v)
      out_ += name;
    if (is_map || flags.plus_v || flags.sharp_v) out_ += ':';
    value(field, verb, depth + 1);
  }
  out_ += is_map && !flags.sharp_v ? ']' : '}';
}

void Printer::pointer(const Any& any, char32_t verb) {
  Ref<Object> object = any.object();
  if (!object) return bad_verb(verb, any);
  auto address = reinterpret_cast<uint64_t>(object.get());
  if (verb == 'v' || verb == 'p') return prefixed_hex(address, !flags.sharp);
  if (verb == 'b' || verb == 'o' || verb == 'd' || verb == 'x' || verb == 'X')
    return integer(Any::uint64(address), verb);
  bad_verb(verb, any);
}

void Printer::bad_verb(char32_t verb, const Any& any) {
  erroring_ = true;
  out_ += "%!";
  append_rune(out_, verb);
  out_ += '(';
  if (any.is_nil()) {
    out_ += "<nil>";
  } else {
    out_ += type_name(any);
    out_ += '=';
    operand(any, 'v');
  }
  out_ += ')';
  erroring_ = false;
}

void Printer::padding(int count) {
  if (count <= 0) return;
  out_.append(static_cast<size_t>(count), flags.zero && !flags.minus ? '0' : ' ');
}

void Printer::pad(std::string_view text) {
  if (!flags.has_width || flags.width == 0) {
    out_ += text;
    return;
  }
  int count = flags.width - static_cast<int>(rune_count(text));
  if (!flags.minus) padding(count);
  out_ += text;
  if (flags.minus) padding(count);
}

std::string_view Printer::truncated(std::string_view text) const {
  if (!flags.has_precision) return text;
  size_t at = 0;
  for (int left = flags.precision; at < text.size() && left > 0; --left)
    at += decode_rune(text.substr(at)).width;
  return text.substr(0, at);
}

}  // namespace jibe::tmpl
