#include "tmpl/function.h"

#include "base/strings.h"
#include "tmpl/collections.h"

namespace jibe::tmpl {

namespace {

Signature::Param param_of(std::string_view word) {
  struct Known {
    std::string_view word;
    Signature::Word kind;
    std::string_view name;
  };
  using Word = Signature::Word;
  constexpr Known kKnown[] = {
      {"any", Word::kAny, "interface {}"},
      {"value", Word::kValue, "reflect.Value"},
      {"string", Word::kString, "string"},
      {"bool", Word::kBool, "bool"},
      {"int", Word::kInt, "int"},
      {"int64", Word::kInt64, "int64"},
      {"uint32", Word::kUint32, "uint32"},
      {"float64", Word::kFloat64, "float64"},
      {"map", Word::kMap, "map[string]interface {}"},
      {"list", Word::kList, "[]interface {}"},
  };
  for (const Known& known : kKnown)
    if (known.word == word) return {known.kind, std::string(known.name)};
  return {Word::kHost, std::string(word)};
}

}  // namespace

Signature::Signature(std::string_view text) {
  if (base::trim(text).empty()) return;
  for (std::string_view part : base::split(text, ',')) {
    part = base::trim(part);
    if (part.ends_with("...")) {
      variadic = true;
      part.remove_suffix(3);
    }
    params.push_back(param_of(part));
  }
}

void FunctionTable::add(std::string name, Signature signature, Function call) {
  FunctionEntry entry{name, std::move(signature), std::move(call)};
  entries_.insert_or_assign(std::move(name), std::move(entry));
}

void FunctionTable::erase(const std::string& name) {
  entries_[name] = std::nullopt;
}

const FunctionEntry* FunctionTable::find(std::string_view name) const {
  if (auto at = entries_.find(name); at != entries_.end())
    return at->second ? &*at->second : nullptr;
  return base_ ? base_->find(name) : nullptr;
}

std::optional<Any> Host::field(std::string_view name) const {
  for (auto& [key, value] : entries())
    if (key == name) return value;
  return std::nullopt;
}

Any Host::call(CallContext&, std::string_view method, std::span<Any>) {
  throw base::Error("no method " + std::string(method));
}

data::Value Host::to_value() const {
  std::vector<data::Entry> out;
  for (const auto& [key, value] : entries()) out.push_back({key, tmpl::to_value(value)});
  return data::Value::map(std::move(out));
}

}  // namespace jibe::tmpl
