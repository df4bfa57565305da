#include "helm/yaml_pretty.h"

#include <cmath>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "data/yaml_style.h"

namespace jibe::helm {
namespace {

using data::Value;

constexpr size_t kIndent = 2;

// go-yaml v2, which src/data speaks, breaks quoted text behind column 80; v3 does not.
std::string unfolded(const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\n') {
      out += text[at];
      continue;
    }
    while (at + 1 < text.size() && text[at + 1] == ' ') ++at;
    if (text.substr(at + 1).starts_with("\\ ")) ++at;
    out += ' ';
  }
  return out;
}

std::string one_line(const std::string& text, bool in_key) {
  switch (data::yaml_style(text, in_key)) {
    case data::YamlStyle::kPlain:
      return text;
    case data::YamlStyle::kSingleQuoted:
      return "'" + base::replace_all(text, "'", "''") + "'";
    default:
      break;
  }
  std::string quoted = data::to_yaml(Value(text));
  while (quoted.ends_with('\n')) quoted.pop_back();
  return unfolded(quoted);
}

// A text in a block: the header from go-yaml v2, the lines with our indentation.
std::string block(const std::string& text, size_t indent) {
  std::string yaml = data::to_yaml(Value(text));
  base::Cut cut = base::cut(yaml, "\n");
  std::string out(cut.before);
  std::string_view lines = cut.after;
  if (lines.ends_with('\n')) lines.remove_suffix(1);
  for (std::string_view line : base::split(lines, '\n')) {
    out += '\n';
    if (line.size() >= kIndent) {
      out += std::string(indent, ' ') + std::string(line.substr(kIndent));
    }
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  return data::go_number(value);
}

class Writer {
 public:
  std::string write(const Value& value) {
    if (value.is_map() && !value.empty()) {
      map(value, 0);
    } else if (value.is_list() && !value.empty()) {
      list(value, 0);
    } else {
      out_ += scalar(value, kIndent) + "\n";
    }
    return std::move(out_);
  }

 private:
  static std::string scalar(const Value& value, size_t indent) {
    switch (value.kind()) {
      case data::Kind::kNull:
        return "null";
      case data::Kind::kBool:
        return value.as_bool() ? "true" : "false";
      case data::Kind::kInt:
        return std::to_string(value.as_int());
      case data::Kind::kDouble:
        return number(value.as_double());
      case data::Kind::kString: {
        bool literal = data::yaml_style(value.as_string(), false) == data::YamlStyle::kLiteral;
        return literal ? block(value.as_string(), indent) : one_line(value.as_string(), false);
      }
      case data::Kind::kList:
        return "[]";
      case data::Kind::kMap:
        return "{}";
    }
    return "";
  }

  // The first entry goes on where the line is; the others start at `indent`.
  void map(const Value& value, size_t indent) {
    std::vector<const data::Entry*> order;
    for (const data::Entry& entry : value.entries()) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const data::Entry* a, const data::Entry* b) {
      return data::yaml_key_less(a->key, b->key);
    });
    for (size_t i = 0; i < order.size(); ++i) {
      if (i > 0) out_ += std::string(indent, ' ');
      out_ += one_line(order[i]->key, true) + ":";
      const Value& inner = order[i]->value;
      if ((inner.is_map() || inner.is_list()) && !inner.empty()) {
        out_ += "\n" + std::string(indent + kIndent, ' ');
        nested(inner, indent + kIndent);
      } else {
        out_ += " " + scalar(inner, indent + kIndent) + "\n";
      }
    }
  }

  void list(const Value& value, size_t indent) {
    for (size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out_ += std::string(indent, ' ');
      out_ += "- ";
      const Value& inner = value.items()[i];
      if ((inner.is_map() || inner.is_list()) && !inner.empty()) {
        nested(inner, indent + kIndent);
      } else {
        out_ += scalar(inner, indent + kIndent) + "\n";
      }
    }
  }

  void nested(const Value& value, size_t indent) {
    if (value.is_map()) {
      map(value, indent);
    } else {
      list(value, indent);
    }
  }

  std::string out_;
};

}  // namespace

std::string pretty_yaml(const tmpl::Any& value) {
  return Writer().write(tmpl::to_value(value));
}

}  // namespace jibe::helm
