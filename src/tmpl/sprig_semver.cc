// semver and semverCompare.
#include "tmpl/semver.h"
#include "tmpl/sprig_parts.h"

namespace jibe::tmpl {

namespace {

constexpr Type kVersionPointer{Kind::kPointer, "*semver.Version", nullptr, true};
constexpr Type kVersionStruct{Kind::kStruct, "semver.Version", nullptr, true};

class VersionObject : public Host {
 public:
  VersionObject(SemanticVersion version, const Type& type)
      : version_(std::move(version)), type_(&type) {}
  static Any make(SemanticVersion version, const Type& type) {
    return Any(Ref<Host>(new VersionObject(std::move(version), type)));
  }

  const Type& type() const override { return *type_; }
  std::optional<std::string> text() const override { return version_.text(); }
  data::Value to_value() const override { return data::Value(version_.text()); }
  bool equals(const Host& other) const override {
    const auto& o = static_cast<const VersionObject&>(other).version_;
    return version_.compare(o) == 0 && version_.metadata == o.metadata &&
           version_.original == o.original;
  }

  const Signature* method(std::string_view name) const override {
    static const Signature kNone("");
    static const Signature kOther("*semver.Version");
    static const Signature kText("string");
    for (std::string_view plain : {"Major", "Minor", "Patch", "Prerelease", "Metadata", "String",
                                   "IncMajor", "IncMinor", "IncPatch"})
      if (name == plain) return &kNone;
    // The rest belong to the pointer, and what IncMajor and the like return is no pointer.
    if (name == "Original") return type_ == &kVersionPointer ? &kNone : nullptr;
    for (std::string_view compare :
         {"Compare", "Equal", "LessThan", "LessThanEqual", "GreaterThan", "GreaterThanEqual"})
      if (name == compare) return type_ == &kVersionPointer ? &kOther : nullptr;
    for (std::string_view change : {"SetPrerelease", "SetMetadata"})
      if (name == change) return &kText;
    return nullptr;
  }

  Any call(CallContext&, std::string_view method, Args args) override {
    if (method == "Major") return Any::uint64(version_.major);
    if (method == "Minor") return Any::uint64(version_.minor);
    if (method == "Patch") return Any::uint64(version_.patch);
    if (method == "Prerelease") return Any(version_.prerelease);
    if (method == "Metadata") return Any(version_.metadata);
    if (method == "Original") return Any(version_.original);
    if (method == "String") return Any(version_.text());
    if (method.starts_with("Inc")) return incremented(method);
    if (method.starts_with("Set")) return changed(method, args[0].as_string());
    int order = version_.compare(static_cast<VersionObject&>(args[0].host()).version_);
    if (method == "Compare") return Any::integer(order);
    if (method == "Equal") return Any(order == 0);
    if (method == "LessThan") return Any(order < 0);
    if (method == "LessThanEqual") return Any(order <= 0);
    if (method == "GreaterThan") return Any(order > 0);
    return Any(order >= 0);
  }

 private:
  Any finished(SemanticVersion next) const {
    next.original = (version_.original.starts_with('v') ? "v" : "") + next.text();
    return make(std::move(next), kVersionStruct);
  }

  Any incremented(std::string_view method) const {
    SemanticVersion next = version_;
    if (method == "IncMajor") {
      next = {next.major + 1, 0, 0, "", "", ""};
    } else if (method == "IncMinor") {
      next = {next.major, next.minor + 1, 0, "", "", ""};
    } else if (next.prerelease.empty()) {
      ++next.patch;
    }
    next.prerelease.clear();
    next.metadata.clear();
    return finished(std::move(next));
  }

  Any changed(std::string_view method, const std::string& text) const {
    SemanticVersion next = version_;
    bool prerelease = method == "SetPrerelease";
    if (!text.empty()) prerelease ? check_prerelease(text) : check_metadata(text);
    (prerelease ? next.prerelease : next.metadata) = text;
    return finished(std::move(next));
  }

  SemanticVersion version_;
  const Type* type_;
};

}  // namespace

void add_versions(FunctionTable& table) {
  table.add("semver", "string", [](CallContext&, Args a) {
    return VersionObject::make(SemanticVersion::parse(a[0].as_string()), kVersionPointer);
  });
  table.add("semverCompare", "string, string", [](CallContext&, Args a) {
    VersionConstraint constraint = VersionConstraint::parse(a[0].as_string());
    return Any(constraint.allows(SemanticVersion::parse(a[1].as_string())));
  });
}

}  // namespace jibe::tmpl
