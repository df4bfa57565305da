// trim, quote, indent, replace … : one string in, one out.
#include "base/strings.h"
#include "tmpl/format.h"
#include "tmpl/sprig_parts.h"
#include "tmpl/unicode.h"

namespace jibe::tmpl {

namespace {

std::string trim_runes(std::string_view text, std::string_view cutset) {
  std::vector<char32_t> cut = to_runes(cutset);
  auto in_cutset = [&](char32_t r) { return std::find(cut.begin(), cut.end(), r) != cut.end(); };
  while (!text.empty()) {
    Rune r = decode_rune(text);
    if (!in_cutset(r.value)) break;
    text.remove_prefix(r.width);
  }
  while (!text.empty()) {
    size_t at = text.size() - 1;
    while (at > 0 && text.size() - at < 4 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
      --at;
    if (!in_cutset(decode_rune(text.substr(at)).value)) break;
    text = text.substr(0, at);
  }
  return std::string(text);
}

std::string trunc(int64_t count, const std::string& text) {
  auto size = static_cast<int64_t>(text.size());
  if (count < 0 && size + count > 0) return text.substr(static_cast<size_t>(size + count));
  if (count >= 0 && size > count) return text.substr(0, static_cast<size_t>(count));
  return text;
}

std::string substring(int64_t start, int64_t end, const std::string& text) {
  auto size = static_cast<int64_t>(text.size());
  if (start < 0) return go_slice(text, 0, end);
  if (end < 0 || end > size) return go_slice(text, start, size);
  return go_slice(text, start, end);
}

std::string indent(int64_t spaces, std::string_view text) {
  std::string pad = go_repeat(" ", spaces);
  return pad + base::replace_all(text, "\n", "\n" + pad);
}

std::string quoted(Args args, bool single) {
  std::vector<std::string> out;
  for (const Any& arg : args) {
    if (arg.is_nil()) continue;
    out.push_back(single ? "'" + to_text(arg) + "'" : quote(strval(arg)));
  }
  return base::join(out, " ");
}

std::string cat(Args args) {
  std::string out;
  bool first = true;
  for (const Any& arg : args) {
    if (arg.is_nil()) continue;
    if (!first) out += ' ';
    first = false;
    append_text(out, arg);
  }
  return out;
}

void add_trims(FunctionTable& table) {
  table.add("trim", "string",
            [](CallContext&, Args a) { return Any(trim_space(a[0].as_string())); });
  auto trim_all = [](CallContext&, Args a) {
    return Any(trim_runes(a[1].as_string(), a[0].as_string()));
  };
  table.add("trimAll", "string, string", trim_all);
  table.add("trimall", "string, string", trim_all);
  table.add("trimSuffix", "string, string", [](CallContext&, Args a) {
    std::string_view text = a[1].as_string();
    if (text.ends_with(a[0].as_string())) text.remove_suffix(a[0].as_string().size());
    return Any(text);
  });
  table.add("trimPrefix", "string, string", [](CallContext&, Args a) {
    std::string_view text = a[1].as_string();
    if (text.starts_with(a[0].as_string())) text.remove_prefix(a[0].as_string().size());
    return Any(text);
  });
  table.add("trunc", "int, string",
            [](CallContext&, Args a) { return Any(trunc(a[0].as_int(), a[1].as_string())); });
  table.add("substr", "int, int, string", [](CallContext&, Args a) {
    return Any(substring(a[0].as_int(), a[1].as_int(), a[2].as_string()));
  });
}

void add_tests(FunctionTable& table) {
  table.add("contains", "string, string", [](CallContext&, Args a) {
    return Any(base::contains(a[1].as_string(), a[0].as_string()));
  });
  table.add("hasPrefix", "string, string", [](CallContext&, Args a) {
    return Any(a[1].as_string().starts_with(a[0].as_string()));
  });
  table.add("hasSuffix", "string, string",
            [](CallContext&, Args a) { return Any(a[1].as_string().ends_with(a[0].as_string())); });
}

}  // namespace

void add_strings(FunctionTable& table) {
  add_trims(table);
  add_tests(table);
  table.add("hello", "", [](CallContext&, Args) { return Any("Hello!"); });
  table.add("upper", "string",
            [](CallContext&, Args a) { return Any(to_upper(a[0].as_string())); });
  table.add("lower", "string",
            [](CallContext&, Args a) { return Any(to_lower(a[0].as_string())); });
  table.add("repeat", "int, string",
            [](CallContext&, Args a) { return Any(go_repeat(a[1].as_string(), a[0].as_int())); });
  table.add("replace", "string, string, string", [](CallContext&, Args a) {
    return Any(go_replace(a[2].as_string(), a[0].as_string(), a[1].as_string()));
  });
  table.add("indent", "int, string",
            [](CallContext&, Args a) { return Any(indent(a[0].as_int(), a[1].as_string())); });
  table.add("nindent", "int, string", [](CallContext&, Args a) {
    return Any("\n" + indent(a[0].as_int(), a[1].as_string()));
  });
  table.add("quote", "any...", [](CallContext&, Args a) { return Any(quoted(a, false)); });
  table.add("squote", "any...", [](CallContext&, Args a) { return Any(quoted(a, true)); });
  table.add("cat", "any...", [](CallContext&, Args a) { return Any(cat(a)); });
  table.add("toString", "any", [](CallContext&, Args a) { return Any(strval(a[0])); });
  table.add("plural", "string, string, int",
            [](CallContext&, Args a) { return a[2].as_int() == 1 ? a[0] : a[1]; });
  table.add("fail", "string",
            [](CallContext&, Args a) -> Any { throw InvalidInput(a[0].as_string()); });
}

}  // namespace jibe::tmpl
