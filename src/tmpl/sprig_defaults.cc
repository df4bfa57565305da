// default, coalesce, ternary, JSON, reflection.
#include "base/error.h"
#include "data/json.h"
#include "tmpl/format.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

// Go decodes every JSON number as float64.
data::Value with_floats(const data::Value& value) {
  if (value.is_int()) return data::Value(static_cast<double>(value.as_int()));
  if (value.is_list()) {
    std::vector<data::Value> out;
    for (const data::Value& item : value.items()) out.push_back(with_floats(item));
    return data::Value::list(std::move(out));
  }
  if (value.is_map()) {
    std::vector<data::Entry> out;
    for (const data::Entry& e : value.entries()) out.push_back({e.key, with_floats(e.value)});
    return data::Value::map(std::move(out));
  }
  return value;
}

Any decode(const std::string& text) {
  return Any::from(with_floats(data::parse_json(text)));
}

// What cannot be written as JSON gives "" unless the caller wants the error.
Any encode(const Any& any, data::JsonStyle style, bool must) {
  try {
    return Any(data::to_json(to_value(any), style));
  } catch (const InvalidInput&) {
    if (must) throw;
    return Any("");
  }
}

Any coalesce(CallContext&, Args a) {
  for (const Any& any : a)
    if (!is_empty(any)) return any;
  return Any();
}

}  // namespace

void add_defaults(FunctionTable& table) {
  table.add("default", "any, any...",
            [](CallContext&, Args a) { return a.size() < 2 || is_empty(a[1]) ? a[0] : a[1]; });
  table.add("empty", "any", [](CallContext&, Args a) { return Any(is_empty(a[0])); });
  table.add("coalesce", "any...", coalesce);
  table.add("all", "any...", [](CallContext&, Args a) {
    for (const Any& any : a)
      if (is_empty(any)) return Any(false);
    return Any(true);
  });
  table.add("any", "any...", [](CallContext&, Args a) {
    for (const Any& any : a)
      if (!is_empty(any)) return Any(true);
    return Any(false);
  });
  table.add("ternary", "any, any, bool",
            [](CallContext&, Args a) { return a[2].as_bool() ? a[0] : a[1]; });
}

void add_json(FunctionTable& table) {
  table.add("fromJson", "string", [](CallContext&, Args a) {
    try {
      return decode(a[0].as_string());
    } catch (const InvalidInput&) {
      return Any();
    }
  });
  table.add("mustFromJson", "string", [](CallContext&, Args a) {
    try {
      return decode(a[0].as_string());
    } catch (const InvalidInput& error) {
      // Go's message ends before the position that ours adds.
      std::string text = error.what();
      throw InvalidInput(text.substr(0, text.rfind(" (line ")));
    }
  });
  struct Form {
    const char* name;
    const char* must_name;
    data::JsonStyle style;
    bool panics;
  };
  const Form forms[] = {{"toJson", "mustToJson", {0, true}, false},
                        {"toPrettyJson", "mustToPrettyJson", {2, true}, false},
                        {"toRawJson", "mustToRawJson", {0, false}, true}};
  for (const Form& form : forms) {
    table.add(form.name, "any",
              [form](CallContext&, Args a) { return encode(a[0], form.style, form.panics); });
    table.add(form.must_name, "any",
              [form](CallContext&, Args a) { return encode(a[0], form.style, true); });
  }
}

void add_reflection(FunctionTable& table) {
  table.add("typeOf", "any", [](CallContext&, Args a) { return Any(type_name(a[0])); });
  table.add("typeIs", "string, any",
            [](CallContext&, Args a) { return Any(a[0].as_string() == type_name(a[1])); });
  table.add("typeIsLike", "string, any", [](CallContext&, Args a) {
    std::string_view type = type_name(a[1]);
    return Any(a[0].as_string() == type || "*" + a[0].as_string() == type);
  });
  table.add("kindOf", "any", [](CallContext&, Args a) { return Any(kind_name(a[0])); });
  table.add("kindIs", "string, any",
            [](CallContext&, Args a) { return Any(a[0].as_string() == kind_name(a[1])); });
  table.add("deepEqual", "any, any",
            [](CallContext&, Args a) { return Any(deep_equal(a[0], a[1])); });
}

}  // namespace jibe::tmpl
