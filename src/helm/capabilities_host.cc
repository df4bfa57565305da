// .Capabilities as templates see it: the structs of Go with their methods.
#include "helm/scope.h"

namespace jibe::helm {
namespace {

using tmpl::Any;
using tmpl::CallContext;
using tmpl::Signature;

constexpr tmpl::Type kCapabilities{tmpl::Kind::kPointer, "*common.Capabilities", nullptr, true};
constexpr tmpl::Type kKubeVersion{tmpl::Kind::kStruct, "common.KubeVersion", nullptr, true};
constexpr tmpl::Type kHelmVersion{tmpl::Kind::kStruct, "version.BuildInfo", nullptr, true};
constexpr tmpl::Type kVersionSet{tmpl::Kind::kList, "common.VersionSet", &tmpl::kStringType, true};

const Signature& no_parameters() {
  static const Signature kNone("");
  return kNone;
}

using Entries = std::vector<std::pair<std::string, Any>>;

class KubeVersionHost : public tmpl::Host {
 public:
  explicit KubeVersionHost(const KubeVersion& version) : version_(version) {}
  const tmpl::Type& type() const override { return kKubeVersion; }
  // As fmt shows it, which also prints what templates cannot reach.
  Entries entries() const override {
    return {{"Version", version_.version},
            {"normalizedVersion", version_.normalized},
            {"Major", version_.major},
            {"Minor", version_.minor}};
  }
  std::optional<Any> field(std::string_view name) const override {
    return name == "normalizedVersion" ? std::nullopt : Host::field(name);
  }
  data::Value to_value() const override {
    return data::Value::map(
        {{"Version", version_.version}, {"Major", version_.major}, {"Minor", version_.minor}});
  }
  const Signature* method(std::string_view name) const override {
    return name == "String" || name == "GitVersion" ? &no_parameters() : nullptr;
  }
  Any call(CallContext&, std::string_view method, std::span<Any>) override {
    return method == "String" ? version_.normalized : version_.version;
  }
  std::optional<std::string> address_text() const override { return version_.normalized; }

 private:
  KubeVersion version_;
};

class HelmVersionHost : public tmpl::Host {
 public:
  explicit HelmVersionHost(std::string version) : version_(std::move(version)) {}
  const tmpl::Type& type() const override { return kHelmVersion; }
  Entries entries() const override {
    return {{"Version", version_},
            {"GitCommit", ""},
            {"GitTreeState", ""},
            {"GoVersion", ""},
            {"KubeClientVersion", "v1.36"}};
  }
  data::Value to_value() const override {
    return data::Value::map({{"version", version_}, {"kube_client_version", "v1.36"}});
  }

 private:
  std::string version_;
};

class VersionSetHost : public tmpl::Host {
 public:
  explicit VersionSetHost(const std::vector<std::string>& versions) : versions_(versions) {}
  const tmpl::Type& type() const override { return kVersionSet; }
  Entries entries() const override {
    Entries out;
    for (size_t i = 0; i < versions_.size(); ++i) {
      out.emplace_back(std::to_string(i), versions_[i]);
    }
    return out;
  }
  const Signature* method(std::string_view name) const override {
    static const Signature kHas("string");
    return name == "Has" ? &kHas : nullptr;
  }
  Any call(CallContext&, std::string_view, std::span<Any> args) override {
    return std::find(versions_.begin(), versions_.end(), args[0].as_string()) != versions_.end();
  }
  data::Value to_value() const override {
    data::Value out = data::Value::list();
    for (const std::string& version : versions_) out.push_back(version);
    return out;
  }

 private:
  std::vector<std::string> versions_;
};

// A struct inside of the one that .Capabilities points at.
Any host(tmpl::Host* made) {
  Any field{tmpl::Ref<tmpl::Host>(made)};
  field.set_addressable(true);
  return field;
}

class CapabilitiesHost : public tmpl::Host {
 public:
  explicit CapabilitiesHost(const Capabilities& c)
      : entries_{{"KubeVersion", host(new KubeVersionHost(c.kube_version))},
                 {"APIVersions", host(new VersionSetHost(c.api_versions))},
                 {"HelmVersion", host(new HelmVersionHost(c.helm_version))}} {}
  const tmpl::Type& type() const override { return kCapabilities; }
  Entries entries() const override { return entries_; }

 private:
  Entries entries_;
};

}  // namespace

tmpl::Ref<tmpl::Host> make_capabilities(const Capabilities& capabilities) {
  return tmpl::Ref<tmpl::Host>(new CapabilitiesHost(capabilities));
}

}  // namespace jibe::helm
