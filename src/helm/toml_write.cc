#include <cmath>

#include "base/strings.h"
#include "data/json.h"
#include "helm/toml.h"

namespace jibe::helm {
namespace {

using data::Value;
using Key = std::vector<std::string>;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\b' || c == '\t' || c == '\n' || c == '\f' || c == '\r') {
      out += {'\\', c == '\b' ? 'b' : c == '\t' ? 't' : c == '\n' ? 'n' : c == '\f' ? 'f' : 'r'};
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string key_part(const std::string& part) {
  bool bare = !part.empty();
  for (char c : part) {
    bare = bare && (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-');
  }
  return bare ? part : quoted(part);
}

std::string dotted(const Key& key) {
  std::vector<std::string> parts;
  for (const std::string& part : key) parts.push_back(key_part(part));
  return base::join(parts, ".");
}

std::string number(double value) {
  if (std::isnan(value)) return std::signbit(value) ? "-nan" : "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::string text = data::go_number(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

bool is_table_list(const Value& value) {
  if (!value.is_list() || value.empty()) return false;
  bool all = true;
  for (const Value& item : value.items()) {
    if (item.is_null()) {
      throw base::InvalidInput("toml: cannot encode array with nil element");
    }
    all = all && item.is_map();
  }
  return all;
}

class Writer {
 public:
  std::string write(const Value& value) {
    value_at({}, value);
    return std::move(out_);
  }

 private:
  static bool is_table(const Value& value) { return value.is_map() || is_table_list(value); }

  static std::string indent(const Key& key) { return std::string((key.size() - 1) * 2, ' '); }

  void newline() {
    if (!out_.empty()) out_ += '\n';
  }

  void value_at(const Key& key, const Value& value) {
    if (value.is_map()) {
      table(key, value);
    } else if (is_table_list(value)) {
      tables(key, value);
    } else if (key.empty()) {
      element(value);
    } else {
      out_ += indent(key) + key_part(key.back()) + " = ";
      element(value);
      newline();
    }
  }

  void table(const Key& key, const Value& value) {
    if (key.size() == 1) newline();
    if (!key.empty()) {
      out_ += indent(key) + "[" + dotted(key) + "]";
      newline();
    }
    entries(key, value);
  }

  void tables(const Key& key, const Value& value) {
    if (key.empty()) {
      throw base::InvalidInput("toml: top-level values must be Go maps or structs");
    }
    for (const Value& item : value.items()) {
      newline();
      out_ += indent(key) + "[[" + dotted(key) + "]]";
      newline();
      entries(key, item);
    }
  }

  // Plain values first: what follows a table's head belongs to it.
  void entries(const Key& key, const Value& map) {
    for (bool tables : {false, true}) {
      for (const data::Entry& entry : map.entries()) {
        if (entry.value.is_null() || is_table(entry.value) != tables) continue;
        Key inner = key;
        inner.push_back(entry.key);
        value_at(inner, entry.value);
      }
    }
  }

  void element(const Value& value) {
    switch (value.kind()) {
      case data::Kind::kNull:
        return;
      case data::Kind::kBool:
        out_ += value.as_bool() ? "true" : "false";
        return;
      case data::Kind::kInt:
        out_ += std::to_string(value.as_int());
        return;
      case data::Kind::kDouble:
        out_ += number(value.as_double());
        return;
      case data::Kind::kString:
        out_ += quoted(value.as_string());
        return;
      case data::Kind::kList:
        inline_list(value);
        return;
      case data::Kind::kMap:
        inline_table(value);
    }
  }

  void inline_list(const Value& list) {
    is_table_list(list);
    out_ += '[';
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ", ";
      element(list.items()[i]);
    }
    out_ += ']';
  }

  void inline_table(const Value& map) {
    std::vector<const data::Entry*> order;
    for (bool tables : {false, true}) {
      for (const data::Entry& entry : map.entries()) {
        if (!entry.value.is_null() && is_table(entry.value) == tables) order.push_back(&entry);
      }
    }
    out_ += '{';
    for (size_t i = 0; i < order.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += key_part(order[i]->key) + " = ";
      element(order[i]->value);
    }
    out_ += '}';
  }

  std::string out_;
};

}  // namespace

std::string to_toml(const tmpl::Any& value) {
  return Writer().write(tmpl::to_value(value));
}

}  // namespace jibe::helm
