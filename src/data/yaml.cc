#include "data/yaml.h"

#include <map>
#include <set>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml_events.h"
#include "data/yaml_scalar.h"

namespace jibe::data {

namespace {

using Type = YamlEvent::Type;

// A node with what is needed of it where it is used as a key or through an alias.
struct Node {
  Value value;
  // go-yaml's count of decoding steps, aliases expanded.
  double steps = 1;
  int line = 0;
  bool merge_key = false;
  bool is_alias = false;
};

struct Anchor {
  Node node;
  bool open = true;  // its node has not ended yet
};

// The share of decoding steps that aliases may cause (go-yaml's guard against "billion laughs").
double allowed_alias_share(double steps) {
  constexpr double kLow = 400'000;
  constexpr double kHigh = 4'000'000;
  if (steps <= kLow) return 0.99;
  if (steps >= kHigh) return 0.10;
  return 0.99 - 0.89 * ((steps - kLow) / (kHigh - kLow));
}

// A key as JSON wants it: text. Floats as 32-bit ones in sigs.k8s.io/yaml, of all things.
std::string key_text(const Value& key) {
  if (key.is_string()) return key.text();
  if (key.is_double()) {
    double number = key.as_double();
    if (number != number) return ".nan";
    std::string text = go_number32(static_cast<float>(number));
    if (text == "+Inf") return ".inf";
    return text == "-Inf" ? "-.inf" : text;
  }
  return to_json(key);
}

// fmt's %#v of what go-yaml made of a key.
std::string go_syntax(const Value& value) {
  if (value.is_null()) return "interface {}(nil)";
  if (value.is_string()) return go_quote(value.text());
  if (value.is_double()) return go_number(value.as_double());
  std::string out;
  auto separate = [&] {
    if (!out.empty()) out += ", ";
  };
  if (value.is_list()) {
    for (const Value& item : value.items()) {
      separate();
      out += go_syntax(item);
    }
    return "[]interface {}{" + out + "}";
  }
  if (!value.is_map()) return to_json(value);
  for (const Entry& entry : value.entries()) {
    separate();
    out += go_quote(entry.key) + ":" + go_syntax(entry.value);
  }
  return "map[interface {}]interface {}{" + out + "}";
}

// Floats as they come out of JSON.
Value jsonable(Value value) {
  if (value.is_double()) return through_json(value.as_double());
  return value;
}

class Decoder {
 public:
  Decoder(std::string_view text, int lines_before, YamlOptions options)
      : events_(text, lines_before), options_(options) {}

  // The first document.
  Value decode() {
    const YamlEvent& event = events_.next();
    if (event.type == Type::kEnd) return {};
    Value out;
    try {
      out = jsonable(read().value);
    } catch (const YamlMistake& mistake) {
      if (mistake.line() == 0 && !unknown_anchor_) finish_reading();
      throw;
    } catch (const base::InvalidInput&) {
      finish_reading();
      throw;
    }
    if (events_.next().type != Type::kDocumentEnd)
      throw YamlMistake(0, "did not find expected <document start>");
    if (!repeated_.empty())
      throw YamlMistake(0, "unmarshal errors:\n  " + base::join(repeated_, "\n  "));
    return out;
  }

 private:
  // go-yaml reads all of a document before it looks at the meaning, so what is wrong with its
  // structure comes first.
  void finish_reading() {
    while (true) {
      const YamlEvent& event = events_.next();
      if (event.type == Type::kDocumentEnd || event.type == Type::kEnd) return;
      if (event.type == Type::kAlias) known_anchor(event);
      if (!event.anchor.empty()) anchors_[event.anchor];
    }
  }

  Node read() { return read(events_.next()); }

  Node read(const YamlEvent& event) {
    count(1, false);
    std::string anchor = event.anchor;
    if (event.type == Type::kAlias) return alias(event);
    if (!anchor.empty()) anchors_[anchor] = Anchor();
    Node out;
    out.line = event.line;
    if (event.type == Type::kScalar) {
      out.merge_key = is_merge_key(event);
      out.value = scalar(event);
    } else {
      if (++depth_ > kMaxDepth)
        throw YamlMistake(0, "exceeded max depth of " + std::to_string(kMaxDepth));
      event.type == Type::kMapStart ? map(out) : list(out);
      --depth_;
    }
    if (!anchor.empty()) anchors_[anchor] = {out, false};
    return out;
  }

  static bool is_merge_key(const YamlEvent& event) {
    if (event.text != "<<") return false;
    return event.tag.empty() ? event.plain : event.tag == "!" || event.tag == "!!merge";
  }

  // Counts decoding steps as go-yaml does, all at once for what an alias stands for.
  void count(double steps, bool by_alias) {
    steps_ += steps;
    if (by_alias) alias_steps_ += steps;
    if (alias_steps_ > 100 && steps_ > 1000 && alias_steps_ / steps_ > allowed_alias_share(steps_))
      throw YamlMistake(0, "document contains excessive aliasing");
  }

  const Anchor& known_anchor(const YamlEvent& event) {
    auto found = anchors_.find(std::string(event.text));
    unknown_anchor_ = found == anchors_.end();
    if (!unknown_anchor_) return found->second;
    throw YamlMistake(0, "unknown anchor '" + std::string(event.text) + "' referenced");
  }

  Node alias(const YamlEvent& event) {
    const Anchor& anchor = known_anchor(event);
    if (anchor.open)
      throw YamlMistake(0, "anchor '" + std::string(event.text) + "' value contains itself");
    Node out = anchor.node;
    count(out.steps, true);
    out.steps += 1;
    out.line = event.line;
    out.merge_key = false;
    out.is_alias = true;
    return out;
  }

  static Value scalar(const YamlEvent& event) {
    std::string_view text = event.text;
    const std::string& tag = event.tag;
    if (tag.empty()) {
      if (!event.plain) return Value(text);
      auto resolved = resolve_yaml(text);
      return resolved ? std::move(*resolved) : Value(text);
    }
    if (tag == "!!binary") {
      try {
        return Value(base::base64_decode(text));
      } catch (const base::InvalidInput&) {
        throw YamlMistake(0, "!!binary value contains invalid base64 data");
      }
    }
    return tag == "!!str" ? Value(text) : tagged_scalar(text, tag);
  }

  static Value tagged_scalar(std::string_view text, const std::string& tag) {
    static const std::map<std::string, Kind, std::less<>> kKinds = {{"!!bool", Kind::kBool},
                                                                    {"!!int", Kind::kInt},
                                                                    {"!!float", Kind::kDouble},
                                                                    {"!!null", Kind::kNull},
                                                                    {"!!timestamp", Kind::kString}};
    auto wanted = kKinds.find(tag);
    if (wanted == kKinds.end()) return Value(text);
    auto resolved = resolve_yaml(text);
    Value value = resolved ? *resolved : Value(text);
    bool wants_time = tag == "!!timestamp";
    bool is_time = wants_time && value.is_string() && is_yaml_timestamp(text);
    if (value.kind() == wanted->second && is_time == wants_time) return value;
    if (tag == "!!float" && value.is_int()) return Value(value.as_double());
    static constexpr std::string_view kTags[] = {"!!null", "!!bool", "!!int", "!!float", "!!str"};
    std::string found(kTags[static_cast<size_t>(value.kind())]);
    throw YamlMistake(0, "cannot decode " + found + " `" + std::string(text) + "` as a " + tag);
  }

  void list(Node& out) {
    std::vector<Value> items;
    while (true) {
      const YamlEvent& event = events_.next();
      if (event.type == Type::kListEnd) break;
      Node item = read(event);
      out.steps += item.steps;
      items.push_back(jsonable(std::move(item.value)));
    }
    out.value = Value::list(std::move(items));
  }

  void map(Node& out) {
    std::vector<Entry> entries;
    std::set<std::string> seen;
    while (true) {
      const YamlEvent& event = events_.next();
      if (event.type == Type::kMapEnd) break;
      Node key = read(event);
      Node value = read();
      out.steps += key.steps + value.steps;
      if (key.merge_key) {
        merge(value, entries, seen);
        continue;
      }
      bool collection = key.value.is_map() || key.value.is_list();
      // go-yaml has forgotten where a collection without entries started.
      if (collection && key.value.empty())
        throw YamlMistake(key.line - 1, "did not find expected key");
      if (collection) throw YamlMistake(0, "invalid map key: " + go_syntax(key.value));
      if (key.value.is_null())
        throw base::InvalidInput("unsupported map key of type: %!s(<nil>), key: <nil>, value: " +
                                 (value.value.is_null() ? "<nil>" : go_syntax(value.value)));
      add(key_text(key.value), key.value, value, entries, seen);
    }
    out.value = Value::map(std::move(entries));
  }

  void add(std::string text, const Value& key, Node& value, std::vector<Entry>& entries,
           std::set<std::string>& seen) {
    if (options_.strict && !seen.insert(text).second) {
      repeated_.push_back("line " + std::to_string(value.line) + ": key " + go_syntax(key) +
                          " already set in map");
      return;
    }
    entries.push_back({std::move(text), jsonable(std::move(value.value))});
  }

  // What `<<` brings overwrites what stood before it and is overwritten by what follows, as in
  // go-yaml v2. Of several maps the first one wins.
  void merge(const Node& from, std::vector<Entry>& entries, std::set<std::string>& seen) {
    auto take = [&](const Value& map) {
      if (!map.is_map()) fail_merge();
      for (const Entry& entry : map.entries()) {
        Node value{.value = entry.value, .line = from.line};
        add(entry.key, entry.key, value, entries, seen);
      }
    };
    if (!from.value.is_list()) return take(from.value);
    if (from.is_alias) fail_merge();
    auto maps = from.value.items();
    for (size_t i = maps.size(); i > 0; --i) take(maps[i - 1]);
  }

  [[noreturn]] static void fail_merge() {
    throw YamlMistake(0, "map merge requires map or sequence of maps as the value");
  }

  YamlEvents events_;
  YamlOptions options_;
  std::map<std::string, Anchor> anchors_;
  std::vector<std::string> repeated_;
  double steps_ = 0;
  double alias_steps_ = 0;
  int depth_ = 0;
  // Of all mistakes in meaning, the one that go-yaml finds while it reads.
  bool unknown_anchor_ = false;
};

std::string place(std::string_view source) {
  return source.empty() ? "" : std::string(source) + ": ";
}

Value decode(std::string_view text, int lines_before, std::string_view source,
             YamlOptions options) {
  std::string start = place(source) + "error converting YAML to JSON: ";
  try {
    return Decoder(text, lines_before, options).decode();
  } catch (const YamlMistake& mistake) {
    std::string line = mistake.line() > 0 ? "line " + std::to_string(mistake.line()) + ": " : "";
    throw base::InvalidInput(start + "yaml: " + line + mistake.what());
  } catch (const base::InvalidInput& e) {
    throw base::InvalidInput(start + e.what());
  }
}

}  // namespace

Value parse_yaml(std::string_view text, std::string_view source, YamlOptions options) {
  return decode(text, 0, source, options);
}

std::vector<YamlDocument> parse_yaml_documents(std::string_view text, std::string_view source,
                                               YamlOptions options) {
  std::vector<YamlText> pieces;
  try {
    pieces = split_yaml(text);
  } catch (const base::InvalidInput& e) {
    throw base::InvalidInput(place(source) + e.what());
  }
  std::vector<YamlDocument> out;
  for (const YamlText& piece : pieces) {
    Value value = decode(piece.text, piece.line - 1, source, options);
    if (!value.is_null()) out.push_back({std::move(value), piece.line});
  }
  return out;
}

}  // namespace jibe::data
