#include "data/json.h"

#include <simdjson.h>

#include <charconv>
#include <cstdlib>
#include <unordered_set>

#include "base/strings.h"
#include "data/json_mistake.h"
#include "data/utf8.h"

namespace jibe::data {

namespace {

namespace od = simdjson::ondemand;

class Reader {
 public:
  explicit Reader(std::vector<std::string>* duplicates) : duplicates_(duplicates) {}

  // The text must be an array or object.
  Value read(const simdjson::padded_string& text) {
    od::document document = parser_.iterate(text);
    Value out = container(document.get_value());
    // An answer here means that something stands behind the value.
    if (document.current_location().error() == simdjson::SUCCESS)
      throw simdjson::simdjson_error(simdjson::TRAILING_CONTENT);
    return out;
  }

 private:
  Value container(od::value value) {
    if (depth_ == kMaxDepth) throw base::InvalidInput("exceeded max depth");
    ++depth_;
    Value out = value.type() == od::json_type::object ? map(value) : list(value);
    --depth_;
    return out;
  }

  Value any(od::value value) {
    switch (value.type()) {
      case od::json_type::array:
      case od::json_type::object:
        return container(value);
      default:
        return scalar(value);
    }
  }

  Value list(od::value value) {
    std::vector<Value> items;
    for (auto item : value.get_array()) {
      size_t length = path_.size();
      if (duplicates_) path_ += "[" + std::to_string(items.size()) + "]";
      items.push_back(any(item.value()));
      path_.resize(length);
    }
    return Value::list(std::move(items));
  }

  Value map(od::value value) {
    std::vector<Entry> entries;
    std::unordered_set<std::string> seen;
    for (auto field : value.get_object()) {
      std::string key(std::string_view(field.unescaped_key()));
      size_t length = path_.size();
      if (duplicates_) {
        if (!path_.empty()) path_ += '.';
        path_ += key;
        if (!seen.insert(key).second) report();
      }
      entries.push_back({std::move(key), any(field.value())});
      path_.resize(length);
    }
    return Value::map(std::move(entries));
  }

  void report() {
    if (reported_.insert(path_).second) duplicates_->push_back(path_);
  }

  static Value scalar(od::value source) {
    switch (source.type()) {
      case od::json_type::string:
        return Value(std::string_view(source.get_string()));
      case od::json_type::boolean:
        return Value(bool(source.get_bool()));
      case od::json_type::number:
        return number(base::trim(std::string_view(source.raw_json_token())));
      default:
        if (!source.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
        return Value();
    }
  }

  static Value number(std::string_view token) {
    const char* end = token.data() + token.size();
    size_t first = token.starts_with('-') ? 1 : 0;
    // A zero in front may be a mistake, and -0 keeps its sign as a float only.
    if (token == "0" || (first < token.size() && token[first] != '0')) {
      int64_t integer = 0;
      auto parsed = std::from_chars(token.data(), end, integer);
      if (parsed.ec == std::errc() && parsed.ptr == end) return Value(integer);
    }
    if (json_mistake(token)) throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
    double real = 0;
    if (std::from_chars(token.data(), end, real).ec == std::errc::result_out_of_range) {
      real = std::strtod(std::string(token).c_str(), nullptr);
      if (real > 1 || real < -1)
        throw base::InvalidInput("json: cannot unmarshal number " + std::string(token) +
                                 " into Go value of type float64");
    }
    return Value(real);
  }

  od::parser parser_;
  std::vector<std::string>* duplicates_;
  std::unordered_set<std::string> reported_;
  std::string path_;
  int depth_ = 0;
};

// The code of \uXXXX at `at`, or 0.
uint32_t escaped_code(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
  uint32_t code = 0;
  std::from_chars(text.data() + at + 2, text.data() + at + 6, code, 16);
  return code;
}

// Go reads broken UTF-8 and lone surrogates as U+FFFD; simdjson refuses them.
std::string repair(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    uint32_t code = text[i] == '\\' ? escaped_code(text, i) : 0;
    if (code >= 0xd800 && code <= 0xdfff) {
      uint32_t next = escaped_code(text, i + 6);
      bool pair = code < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
      out += pair ? text.substr(i, 12) : "\\ufffd";
      i += pair ? 12 : 6;
    } else if (text[i] == '\\') {
      out += text.substr(i, 2);
      i += 2;
    } else {
      Rune rune = decode_rune(text.substr(i));
      append_rune(out, rune.code);
      i += rune.size;
    }
  }
  return out;
}

Value read(std::string_view text, std::vector<std::string>* duplicates) {
  size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '['))
    return Reader(duplicates).read(simdjson::padded_string(text));
  // simdjson reads a scalar of its own by other rules, so it gets an array around it.
  std::string wrapped = "[" + std::string(text) + "]";
  Value items = Reader(duplicates).read(simdjson::padded_string(wrapped));
  if (items.size() != 1) throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
  return items[0];
}

Value parse(std::string_view text, std::vector<std::string>* duplicates) {
  try {
    return read(text, duplicates);
  } catch (const simdjson::simdjson_error& error) {
    if (auto mistake = json_mistake(text)) throw base::InvalidInput(*mistake);
    if (error.error() == simdjson::DEPTH_ERROR) throw base::InvalidInput("exceeded max depth");
  }
  if (duplicates) duplicates->clear();
  try {
    return read(repair(text), duplicates);
  } catch (const simdjson::simdjson_error& error) {
    throw base::InvalidInput(std::string("the text is no JSON: ") + error.what());
  }
}

}  // namespace

Value parse_json(std::string_view text) {
  return parse(text, nullptr);
}

JsonDocument parse_json_reporting_duplicates(std::string_view text) {
  JsonDocument out;
  out.value = parse(text, &out.duplicates);
  return out;
}

}  // namespace jibe::data
