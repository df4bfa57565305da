// Host objects: structs, pointers and named maps made in C++.
#include <gtest/gtest.h>

#include "tmpl/test_support.h"

namespace jibe::tmpl {
namespace {

constexpr Type kFiles{Kind::kMap, "engine.files", &kByteList, true};
constexpr Type kVersion{Kind::kPointer, "*common.KubeVersion", nullptr, true};

class Files : public Host {
 public:
  const Type& type() const override { return kFiles; }
  std::vector<std::pair<std::string, Any>> entries() const override {
    return {{"a.txt", Any("A")}, {"b.txt", Any("B")}};
  }
  const Signature* method(std::string_view name) const override {
    static const Signature kOne("string");
    return name == "Get" ? &kOne : nullptr;
  }
  Any call(CallContext&, std::string_view, std::span<Any> args) override {
    if (args[0].as_string() == "broken") throw base::Error("cannot read it");
    return Any("<" + args[0].as_string() + ">");
  }
};

class Version : public Host {
 public:
  const Type& type() const override { return kVersion; }
  std::vector<std::pair<std::string, Any>> entries() const override {
    return {{"Major", Any("1")}, {"Minor", Any("36")}};
  }
};

std::string with_hosts(const std::string& text) {
  Ref<Map> dot(new Map());
  dot->set("Files", Any(Ref<Host>(new Files())));
  dot->set("Version", Any(Ref<Host>(new Version())));
  try {
    return render(text, Any(dot));
  } catch (const std::exception& error) {
    return error.what();
  }
}

TEST(Host, methods_take_arguments) {
  EXPECT_EQ(with_hosts("{{ .Files.Get \"x\" }}{{ \"y\" | .Files.Get }}"), "<x><y>");
  EXPECT_EQ(with_hosts("{{ .Files.Get }}"),
            "template: t:1:9: executing \"t\" at <.Files.Get>: wrong number of args for Get: "
            "want 1 got 0");
  EXPECT_EQ(with_hosts("{{ .Files.Get 3 }}"),
            "template: t:1:14: executing \"t\" at <3>: expected string; found 3");
  EXPECT_EQ(with_hosts("{{ .Files.Get \"broken\" }}"),
            "template: t:1:9: executing \"t\" at <.Files.Get>: error calling Get: cannot read it");
}

TEST(Host, named_maps_are_maps) {
  EXPECT_EQ(with_hosts("{{ range $k, $v := .Files }}{{ $k }}={{ $v }},{{ end }}"),
            "a.txt=A,b.txt=B,");
  EXPECT_EQ(with_hosts("{{ len .Files }}{{ index .Files \"a.txt\" }}{{ kindOf .Files }}"), "2Amap");
  EXPECT_EQ(with_hosts("{{ typeOf .Files }}{{ .Files }}"), "engine.filesmap[a.txt:A b.txt:B]");
}

TEST(Host, structs_have_fields_alone) {
  EXPECT_EQ(with_hosts("{{ .Version.Minor }}{{ .Version }}"), "36&{1 36}");
  EXPECT_EQ(with_hosts("{{ printf \"%+v\" .Version }}"), "&{Major:1 Minor:36}");
  EXPECT_EQ(with_hosts("{{ .Version.Nope }}"),
            "template: t:1:11: executing \"t\" at <.Version.Nope>: can't evaluate field Nope in "
            "type interface {}");
  EXPECT_EQ(with_hosts("{{ .Version.Major 1 }}"),
            "template: t:1:11: executing \"t\" at <.Version.Major>: Major has arguments but "
            "cannot be invoked as function");
  EXPECT_EQ(with_hosts("{{ toJson .Version }}"), R"({"Major":"1","Minor":"36"})");
}

}  // namespace
}  // namespace jibe::tmpl
