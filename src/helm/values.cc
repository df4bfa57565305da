#include "helm/values.h"

#include "data/json.h"
#include "data/yaml.h"
#include "helm/chart.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

using data::Value;

Value read_document(std::string_view yaml) {
  Value value;
  try {
    value = data::parse_yaml(yaml);
  } catch (const base::InvalidInput& error) {
    throw ChartError(fmt::format("cannot unmarshal yaml document: {}", error.what()));
  }
  if (value.is_null()) return Value::map();
  if (!value.is_map()) {
    std::string_view found = value.is_bool() ? "bool" : data::to_string(value.kind());
    throw ChartError(fmt::format(
        "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: "
        "cannot unmarshal {} into Go value of type map[string]interface {{}}",
        value.is_number() ? "number" : found));
  }
  return as_json_numbers(value);
}

void merge_json(const std::string& text, Value& values) {
  std::string_view trimmed = tmpl::trim_space(text);
  try {
    if (trimmed.starts_with('{')) {
      values = merge_maps(values, as_json_numbers(data::parse_json(trimmed)));
    } else {
      set_json_values(text, values);
    }
  } catch (const base::InvalidInput&) {
    throw ChartError(fmt::format("failed parsing --set-json data {}{}",
                                 trimmed.starts_with('{') ? "JSON: " : "", text));
  }
}

// Runs one --set… argument and names the flag where it fails.
template <class Step>
void apply(std::string_view flag, const std::vector<std::string>& arguments, const Step& step) {
  for (const std::string& argument : arguments) {
    try {
      step(argument);
    } catch (const base::InvalidInput& error) {
      throw ChartError(fmt::format("failed parsing {} data: {}", flag, error.what()));
    }
  }
}

}  // namespace

namespace {

bool may_hold_integers(const Value& value) {
  return value.is_int() || value.is_list() || value.is_map();
}

}  // namespace

Value as_json_numbers(const Value& value) {
  if (value.is_int()) return static_cast<double>(value.as_int());
  // What has no integers stays the storage that it is.
  Value out = value;
  for (size_t i = 0; i < value.items().size(); ++i) {
    const Value& item = value.items()[i];
    if (!may_hold_integers(item)) continue;
    Value number = as_json_numbers(item);
    if (item.is_int() || !number.same_storage(item)) out.edit(i) = std::move(number);
  }
  for (const data::Entry& entry : value.entries()) {
    if (!may_hold_integers(entry.value)) continue;
    Value number = as_json_numbers(entry.value);
    if (entry.value.is_int() || !number.same_storage(entry.value))
      out.set(entry.key, std::move(number));
  }
  return out;
}

Value merge_maps(const Value& a, const Value& b) {
  Value out = a.is_map() ? a : Value::map();
  for (const data::Entry& entry : b.entries()) {
    const Value* old = out.find(entry.key);
    bool both = old != nullptr && old->is_map() && entry.value.is_map();
    out.set(entry.key, both ? merge_maps(*old, entry.value) : entry.value);
  }
  return out;
}

Value read_values(std::string_view yaml) {
  Value values = Value::map();
  for (const data::YamlText& document : data::split_yaml(yaml)) {
    values = merge_maps(values, read_document(document.text));
  }
  return values;
}

Value merge_user_values(const ValueOptions& options, const ReadFile& read) {
  Value values = Value::map();
  for (const std::string& file : options.files) {
    std::string text = read(file);
    try {
      values = merge_maps(values, read_values(text));
    } catch (const ChartError& error) {
      throw ChartError(fmt::format("failed to parse {}: {}", file, error.what()));
    }
  }
  for (const std::string& text : options.json) merge_json(text, values);
  apply("--set", options.set, [&](const std::string& t) { set_values(t, values); });
  apply("--set-string", options.set_string,
        [&](const std::string& t) { set_string_values(t, values); });
  apply("--set-file", options.set_file,
        [&](const std::string& t) { set_file_values(t, values, read); });
  apply("--set-literal", options.set_literal,
        [&](const std::string& t) { set_literal_values(t, values); });
  return values;
}

}  // namespace jibe::helm
