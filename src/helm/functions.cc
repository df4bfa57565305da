#include "helm/functions.h"

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "helm/render_cache.h"
#include "helm/toml.h"
#include "helm/values.h"
#include "helm/yaml_pretty.h"
#include "tmpl/format.h"
#include "tmpl/sprig.h"
#include "tmpl/template.h"

namespace jibe::helm {
namespace {

using data::Value;
using tmpl::Any;
using tmpl::CallContext;
using Args = std::span<Any>;

constexpr int kMaxIncludes = 1000;
constexpr std::string_view kNoValue = "<no value>";

RenderState& state_of(CallContext& context) {
  return *static_cast<RenderState*>(context.user());
}

std::string without_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

Any must_to_yaml(CallContext&, Args args) {
  return without_newline(data::to_yaml(tmpl::to_value(args[0])));
}
Any must_to_json(CallContext&, Args args) {
  return data::to_json(tmpl::to_value(args[0]));
}
Any must_to_toml(CallContext&, Args args) {
  if (args[0].is_nil()) {
    throw base::InvalidInput("reflect: call of reflect.Value.Type on zero Value");
  }
  return to_toml(args[0]);
}
Any to_yaml_pretty(CallContext&, Args args) {
  return without_newline(pretty_yaml(args[0]));
}

// What cannot be written gives nothing.
template <auto kWrite>
Any or_nothing(CallContext& context, Args args) {
  try {
    return kWrite(context, args);
  } catch (const base::InvalidInput&) {
    return "";
  }
}

Any to_toml_or_error(CallContext& context, Args args) {
  if (args[0].is_nil()) return must_to_toml(context, args);
  try {
    return must_to_toml(context, args);
  } catch (const base::InvalidInput& error) {
    return error.what();
  }
}

// "json: cannot unmarshal string into Go value of type …".
std::string mismatch(const Value& value, std::string_view type) {
  std::string_view found = value.is_bool() ? "bool" : data::to_string(value.kind());
  return fmt::format("json: cannot unmarshal {} into Go value of type {}",
                     value.is_number() ? "number" : found, type);
}

// Charts read the same text again and again, most of all their CRDs.
Value yaml_or_throw(CallContext& context, const std::string& text) {
  RenderCache* cache = state_of(context).cache;
  return cache != nullptr ? cache->values(text) : as_json_numbers(data::parse_yaml(text));
}
// Go's sentence alone: it has no line and column.
Value json_or_throw(CallContext&, const std::string& text) {
  try {
    return as_json_numbers(data::parse_json(text));
  } catch (const base::InvalidInput& error) {
    std::string_view sentence = error.what();
    throw base::InvalidInput(std::string(sentence.substr(0, sentence.rfind(" (line "))));
  }
}

constexpr std::string_view kYamlMismatch = "error unmarshaling JSON: while decoding JSON: ";

// A mistake becomes the entry "Error" of the result.
template <auto kParse>
Any to_map(CallContext& context, const std::string& text, std::string_view prefix,
           const Any& nothing) {
  std::string mistake;
  try {
    Value value = kParse(context, text);
    if (value.is_null()) return nothing;
    if (value.is_map()) return tmpl::Map::of(value);
    mistake = std::string(prefix) + mismatch(value, "map[string]interface {}");
  } catch (const base::InvalidInput& error) {
    mistake = error.what();
  }
  return tmpl::Map::of(Value::map({{"Error", mistake}}));
}

// A mistake becomes the only item of the result.
template <auto kParse>
Any to_list(CallContext& context, const std::string& text, std::string_view prefix,
            const Any& nothing) {
  std::string mistake;
  try {
    Value value = kParse(context, text);
    if (value.is_null()) return nothing;
    if (value.is_list()) return Any::from(value);
    mistake = std::string(prefix) + mismatch(value, "[]interface {}");
  } catch (const base::InvalidInput& error) {
    mistake = error.what();
  }
  return Any::from(Value::list({mistake}));
}

// Unlike in JSON, nothing (an empty text, null, comments) is an empty map or list (helm 4.2.3).
Any from_yaml(CallContext& context, Args args) {
  return to_map<yaml_or_throw>(context, args[0].as_string(), kYamlMismatch,
                               tmpl::Map::of(Value::map()));
}
Any from_yaml_array(CallContext& context, Args args) {
  return to_list<yaml_or_throw>(context, args[0].as_string(), kYamlMismatch, tmpl::List::of({}));
}
Any from_json(CallContext& context, Args args) {
  return to_map<json_or_throw>(context, args[0].as_string(), "", tmpl::Map::nil());
}
Any from_json_array(CallContext& context, Args args) {
  return to_list<json_or_throw>(context, args[0].as_string(), "", tmpl::List::nil());
}

Any from_toml(CallContext&, Args args) {
  try {
    return tmpl::Map::of(parse_toml(args[0].as_string()));
  } catch (const base::InvalidInput& error) {
    return tmpl::Map::of(Value::map({{"Error", error.what()}}));
  }
}

[[noreturn]] void fail_with(const std::string& message) {
  throw ChartError(std::string(kMessageStart) + message + std::string(kMessageEnd));
}

Any fail(CallContext& context, Args args) {
  if (state_of(context).options.lint) return "";
  fail_with(args[0].as_string());
}

Any required(CallContext& context, Args args) {
  const Any& value = args[1];
  bool missing = value.is_nil() || (value.is_string() && value.as_string().empty());
  if (!missing) return value;
  RenderState& state = state_of(context);
  if (!state.options.lint) fail_with(args[0].as_string());
  state.warnings.push_back("missing required value message=" + args[0].as_string());
  return "";
}

// Counts one inclusion while it lasts.
class Inclusion {
 public:
  Inclusion(RenderState& state, const std::string& name) : count_(state.included[name]) {
    if (count_ > kMaxIncludes) {
      throw ChartError(fmt::format(
          "rendering template has a nested reference name: {}: unable to execute template", name));
    }
    ++count_;
  }
  ~Inclusion() { --count_; }
  Inclusion(const Inclusion&) = delete;
  Inclusion& operator=(const Inclusion&) = delete;

 private:
  int& count_;
};

Any include(CallContext& context, Args args) {
  const std::string name = args[0].as_string();
  Inclusion inclusion(state_of(context), name);
  if (!context.templates()->find(name)) {
    throw ChartError(fmt::format("template: no template {} associated with template \"gotpl\"",
                                 tmpl::quote(name)));
  }
  return context.execute(name, args[1]);
}

// Keeps what was nil in the text of the template.
class TplError : public ChartError, public tmpl::NilNote {
 public:
  using ChartError::ChartError;
};

Any tpl(CallContext& context, Args args) {
  const std::string text = args[0].as_string();
  // What the text defines is seen by what it includes, and by nobody else.
  auto set = std::make_shared<tmpl::TemplateSet>(context.templates());
  std::shared_ptr<const tmpl::Template> body;
  try {
    body = set->parse("gotpl", text);
  } catch (const tmpl::ParseError& error) {
    throw ChartError(fmt::format("cannot parse template {}: {}", tmpl::quote(text), error.what()));
  }
  try {
    return base::replace_all(context.execute(set, *body, args[1]), kNoValue, "");
  } catch (const tmpl::ExecError& error) {
    TplError wrapped(fmt::format("error during tpl function execution for {}: {}",
                                 tmpl::quote(text), error.what()));
    wrapped.set_nil_value(error.nil_value());
    throw wrapped;
  }
}

Any lookup(CallContext& context, Args args) {
  Lookup* source = state_of(context).options.lookup;
  if (source == nullptr) return tmpl::Map::of(Value::map());
  Value found = source->lookup(args[0].as_string(), args[1].as_string(), args[2].as_string(),
                               args[3].as_string());
  // Numbers stay as they are: objects of a cluster have Go's int64.
  return tmpl::Map::of(found.is_map() ? found : Value::map());
}

std::shared_ptr<const tmpl::FunctionTable> make_functions() {
  auto sprig = std::make_shared<tmpl::FunctionTable>();
  tmpl::add_sprig(*sprig);
  auto table = std::make_shared<tmpl::FunctionTable>(std::move(sprig));
  table->add("toYaml", "any", or_nothing<must_to_yaml>);
  table->add("mustToYaml", "any", must_to_yaml);
  table->add("toYamlPretty", "any", or_nothing<to_yaml_pretty>);
  table->add("fromYaml", "string", from_yaml);
  table->add("fromYamlArray", "string", from_yaml_array);
  table->add("toJson", "any", or_nothing<must_to_json>);
  table->add("mustToJson", "any", must_to_json);
  table->add("fromJson", "string", from_json);
  table->add("fromJsonArray", "string", from_json_array);
  table->add("toToml", "any", to_toml_or_error);
  table->add("mustToToml", "any", must_to_toml);
  table->add("fromToml", "string", from_toml);
  table->add("include", "string, any", include);
  table->add("tpl", "string, any", tpl);
  table->add("required", "string, any", required);
  table->add("fail", "string", fail);
  table->add("lookup", "string, string, string, string", lookup);
  return table;
}

}  // namespace

std::shared_ptr<const tmpl::FunctionTable> helm_functions() {
  static const std::shared_ptr<const tmpl::FunctionTable> kFunctions = make_functions();
  return kFunctions;
}

}  // namespace jibe::helm
