// .Files: the chart's other files, for templates (pkg/engine/files.go of helm 4.2.3).
#include <map>

#include "base/strings.h"
#include "data/yaml.h"
#include "helm/glob.h"
#include "helm/scope.h"

namespace jibe::helm {
namespace {

using tmpl::Any;
using tmpl::CallContext;
using tmpl::Signature;

constexpr tmpl::Type kFilesType{tmpl::Kind::kMap, "engine.files", &tmpl::kByteList, true};

Any bytes_of(const std::string& text) {
  std::vector<Any> bytes;
  bytes.reserve(text.size());
  for (char c : text) bytes.push_back(Any::uint8(static_cast<uint8_t>(c)));
  return tmpl::List::of(std::move(bytes), tmpl::kByteList);
}

class Files : public tmpl::Host {
 public:
  using Contents = std::map<std::string, const std::string*, std::less<>>;

  explicit Files(Contents contents) : contents_(std::move(contents)) {}

  const tmpl::Type& type() const override { return kFilesType; }

  std::vector<std::pair<std::string, Any>> entries() const override {
    std::vector<std::pair<std::string, Any>> out;
    for (const auto& [name, text] : contents_) out.emplace_back(name, bytes_of(*text));
    return out;
  }

  std::optional<Any> field(std::string_view name) const override {
    auto found = contents_.find(name);
    if (found == contents_.end()) return std::nullopt;
    return bytes_of(*found->second);
  }

  const Signature* method(std::string_view name) const override {
    static const Signature kName("string");
    static const Signature kNone("");
    if (name == "Get" || name == "GetBytes" || name == "Glob" || name == "Lines") return &kName;
    return name == "AsConfig" || name == "AsSecrets" ? &kNone : nullptr;
  }

  Any call(CallContext&, std::string_view method, std::span<Any> args) override {
    if (method == "AsConfig") return as_yaml([](const std::string& text) { return text; });
    if (method == "AsSecrets") {
      return as_yaml([](const std::string& text) { return base::base64_encode(text); });
    }
    const std::string& name = args[0].as_string();
    if (method == "Glob") return glob(name);
    auto found = contents_.find(name);
    static const std::string kEmpty;
    const std::string& text = found == contents_.end() ? kEmpty : *found->second;
    if (method == "Get") return text;
    return method == "GetBytes" ? bytes_of(text) : lines(text);
  }

  data::Value to_value() const override {
    data::Value out = data::Value::map();
    // As Go's encoder writes []byte.
    for (const auto& [name, text] : contents_) out.set(name, base::base64_encode(*text));
    return out;
  }

 private:
  Any glob(const std::string& pattern) const {
    Glob matcher(pattern);
    Contents matching;
    for (const auto& [name, text] : contents_) {
      if (matcher.matches(name)) matching.emplace(name, text);
    }
    return Any(tmpl::Ref<tmpl::Host>(new Files(std::move(matching))));
  }

  static Any lines(const std::string& text) {
    if (text.empty()) return tmpl::List::of_strings({});
    std::string_view rest = text;
    if (rest.ends_with('\n')) rest.remove_suffix(1);
    std::vector<std::string> out;
    for (std::string_view line : base::split(rest, '\n')) out.emplace_back(line);
    return tmpl::List::of_strings(out);
  }

  // Keys are the file names without their directories.
  template <class Convert>
  std::string as_yaml(const Convert& convert) const {
    data::Value out = data::Value::map();
    for (const auto& [name, text] : contents_) {
      out.set(std::string_view(name).substr(name.rfind('/') + 1), convert(*text));
    }
    std::string yaml = data::to_yaml(out);
    if (yaml.ends_with('\n')) yaml.pop_back();
    return yaml;
  }

  Contents contents_;
};

}  // namespace

tmpl::Ref<tmpl::Host> make_files(const std::vector<File>& files) {
  Files::Contents contents;
  for (const File& file : files) contents[file.name] = &file.data;
  return tmpl::Ref<tmpl::Host>(new Files(std::move(contents)));
}

}  // namespace jibe::helm
