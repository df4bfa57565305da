#include "helm/render.h"

#include <gmock/gmock.h>

#include "helm/test_charts.h"
#include "helm/values.h"

namespace jibe::helm {
namespace {

using testing::HasSubstr;

class FixedClock : public base::Clock {
 public:
  base::Time now() const override { return base::Time(std::chrono::seconds(1'700'000'000)); }
};

class CountingRandom : public base::Random {
 public:
  uint64_t next() override { return ++last_ * 0x9E3779B97F4A7C15U; }

 private:
  uint64_t last_ = 0;
};

RenderResult rendered(std::vector<File> files, std::string_view values = "",
                      const RenderOptions& options = {}) {
  FixedClock clock;
  CountingRandom random;
  if (files.empty() || files[0].name != "Chart.yaml") {
    files.insert(files.begin(), chart_yaml("c"));
  }
  return render(*load_chart_files(std::move(files)), read_values(values), options, random, clock);
}

// The text of the only manifest of one template.
std::string text_of(const std::string& tpl, std::string_view values = "",
                    const RenderOptions& options = {}) {
  RenderResult result = rendered({{"templates/a.yaml", tpl}}, values, options);
  return result.manifests.empty() ? "" : result.manifests[0].text;
}

std::string mistake(const std::string& tpl, std::string_view values = "",
                    const RenderOptions& options = {}) {
  try {
    return "none: " + text_of(tpl, values, options);
  } catch (const ChartError& error) {
    return error.what();
  }
}

TEST(Render, ValuesAndTheirNumbers) {
  EXPECT_EQ(text_of("a: {{ .Values.m }} {{ int .Values.m }} {{ toJson .Values.m }}", "m: 1000000"),
            "a: 1e+06 1000000 1000000");
  EXPECT_EQ(text_of("a: {{ .Values.none }}{{ .Values.x.none }}", "x: {}"), "a: ");
}

TEST(Render, ValuesHaveMethods) {
  EXPECT_EQ(text_of("a: {{ dig \"x\" \"k\" 0 .Values.AsMap }} {{ typeOf .Values.AsMap }} "
                    "{{ (.Values.Table \"x.z\").v }} {{ .Values.PathValue \"x.k\" }} "
                    "{{ .AsMap.Release.Service }}\nb: {{ .Values.YAML | quote }}",
                    "x: {k: 1, z: {v: 2}}"),
            "a: 1 map[string]interface {} 2 1 Helm\nb: \"x:\\n  k: 1\\n  z:\\n    v: 2\\n\"");
  EXPECT_THAT(mistake("a: {{ .Values.Table \"x.k\" }}", "x: {k: 1}"),
              HasSubstr("at <.Values.Table>: error calling Table: \"k\" is not a table"));
  EXPECT_THAT(mistake("a: {{ .Values.PathValue \"x.k.v\" }}", "x: {k: 1}"),
              HasSubstr("error calling PathValue: \"v\" is not a value"));
  // A method hides a value of its name, and what is below the values has none.
  EXPECT_EQ(
      text_of("a: {{ kindOf .Values.AsMap }} {{ .Values.x.AsMap }}", "{AsMap: 1, x: {AsMap: 2}}"),
      "a: map 2");
}

TEST(Render, LaterTemplatesSeeWhatEarlierOnesSet) {
  RenderResult result = rendered({{"templates/a.yaml", "v: {{ .Values.x.z }}"},
                                  {"templates/zz.yaml", "{{ $_ := set .Values.x \"z\" 2 }}"}},
                                 "x: {z: 1}");
  EXPECT_EQ(result.manifests[0].text, "v: 2");
}

// The file that is parsed last wins; deeper and later names come first.
TEST(Render, DuplicateDefinitions) {
  std::vector<File> files = {{"templates/_a.tpl", "{{ define \"d\" }}from a{{ end }}"},
                             {"templates/_b.tpl", "{{ define \"d\" }}from b{{ end }}"},
                             {"templates/x.yaml", "v: {{ include \"d\" . }}"},
                             {"charts/s/Chart.yaml", chart_yaml("s").data},
                             {"charts/s/templates/_a.tpl", "{{ define \"d\" }}sub{{ end }}"}};
  EXPECT_EQ(rendered(files).manifests[0].text, "v: from a");
}

TEST(Render, SubchartsHaveTheirOwnScope) {
  RenderResult result = rendered(
      {{"charts/s/Chart.yaml", chart_yaml("s").data},
       {"charts/s/values.yaml", "own: 1"},
       {"charts/s/templates/s.yaml",
        "v: {{ .Chart.Name }} {{ .Chart.IsRoot }} {{ .Values.own }} {{ .Values.global.g }} "
        "{{ .Values.other }}|{{ .Template.Name }}|{{ .Template.BasePath }}"},
       {"templates/r.yaml", "v: {{ .Subcharts.s.Values.own }} {{ .Subcharts.s.Chart.Name }}"}},
      "global: {g: 2}\nother: 3");
  EXPECT_EQ(result.manifests[0].text,
            "v: s false 1 2 |c/charts/s/templates/s.yaml|c/charts/s/templates");
  EXPECT_EQ(result.manifests[1].text, "v: 1 s");
}

TEST(Render, LibrariesGiveOnlyPartials) {
  RenderResult result = rendered({{"charts/l/Chart.yaml", chart_yaml("l", "type: library\n").data},
                                  {"charts/l/templates/_x.tpl", "{{ define \"x\" }}lib{{ end }}"},
                                  {"charts/l/templates/y.yaml", "kind: Y"},
                                  {"templates/r.yaml", "v: {{ include \"x\" . }}"}});
  ASSERT_EQ(result.manifests.size(), 1u);
  EXPECT_EQ(result.manifests[0].text, "v: lib");
}

TEST(Render, TplHasAScopeOfItsOwn) {
  EXPECT_EQ(text_of("a: {{ tpl \"{{ define `i` }}<{{ .x }}>{{ end }}{{ include `i` . }}{{ .no }}\" "
                    "(dict \"x\" 1) }}"),
            "a: <1>");
  EXPECT_THAT(mistake("{{ tpl \"{{ define `i` }}{{ end }}\" . }}{{ include \"i\" . }}"),
              HasSubstr("no template \"i\" associated with template \"gotpl\""));
}

TEST(Render, ReleaseAndCapabilities) {
  RenderOptions options;
  options.release = {"r", "n", 3, true};
  options.capabilities.kube_version = parse_kube_version("1.27.4-gke.1");
  options.capabilities.api_versions.push_back("x.io/v1");
  EXPECT_EQ(text_of("a: {{ with .Release }}{{ .Name }} {{ .Namespace }} {{ .Revision }} "
                    "{{ .IsUpgrade }} {{ .IsInstall }} {{ .Service }}{{ end }}",
                    "", options),
            "a: r n 3 true false Helm");
  EXPECT_EQ(text_of("a: {{ with .Capabilities.KubeVersion }}{{ . }} {{ .Version }} {{ .Major }} "
                    "{{ .Minor }} {{ .GitVersion }}{{ end }} {{ .Capabilities.APIVersions.Has "
                    "\"x.io/v1\" }} {{ .Capabilities.HelmVersion.Version }}",
                    "", options),
            "a: v1.27.4 v1.27.4-gke.1 1 27 v1.27.4-gke.1 true v4.2.3");
}

TEST(Render, ErrorsInHelmsWords) {
  EXPECT_EQ(mistake("{{ fail \"told: to\" }}"),
            "execution error at (c/templates/a.yaml:1:3): told: to");
  EXPECT_EQ(mistake("{{ required \"need it\" .Values.x }}"),
            "execution error at (c/templates/a.yaml:1:3): need it");
  EXPECT_EQ(mistake("{{ .Values.x.y.z }}"),
            "c/templates/a.yaml:1:10\n  executing \"c/templates/a.yaml\" at <.Values.x.y.z>:\n    "
            "nil pointer evaluating interface {}.y\n    .Values.x is not set");
  EXPECT_EQ(mistake("{{ nothing }}"),
            "parse error at (c/templates/a.yaml:1): function \"nothing\" not defined");
}

TEST(Render, ErrorsSayWhatWasNil) {
  for (auto [tpl, nil] : std::vector<std::pair<const char*, const char*>>{
           {"{{ (index .Values.l 0).z.x }}", ".Values.l[0].z is null"},
           {"{{ .Values.q.x }}", ".Values.q is not set"},
           {"{{ with .Values.m }}{{ .q.x }}{{ end }}", ".Values.m.q is not set"},
           {"{{ range .Values.l }}{{ .b.c.d }}{{ end }}", ".Values.l[0].b.c is not set"},
           {"{{ define \"d\" }}{{ .q.x }}{{ end }}{{ include \"d\" .Values.m }}",
            ".Values.m.q is not set"},
           {"{{ tpl \"{{ .n.x }}\" .Values }}", ".Values.n is not set"},
           {"{{ $v := dict \"a\" nil }}{{ $v.a.x }}", "$v.a is null"},
           {"{{ range list nil }}{{ .x }}{{ end }}", ". is null"}}) {
    EXPECT_THAT(mistake(tpl, "m: {k: 1}\nl: [{b: {}, z: null}]"),
                testing::EndsWith(std::string("\n    ") + nil))
        << tpl;
  }
}

TEST(Render, EndlessInclusionIsAnError) {
  EXPECT_THAT(mistake("{{ define \"x\" }}{{ include \"x\" . }}{{ end }}{{ include \"x\" . }}"),
              HasSubstr("rendering template has a nested reference name: x"));
}

// Each of these is included less often than the limit, but together they would end the stack.
TEST(Render, LongCyclesAreErrors) {
  std::string cycle;
  for (int i = 0; i < 50; ++i) {
    cycle += fmt::format("{{{{ define \"t{}\" }}}}{{{{ include \"t{}\" . }}}}{{{{ end }}}}", i,
                         (i + 1) % 50);
  }
  EXPECT_THAT(mistake(cycle + "{{ include \"t0\" . }}"), HasSubstr("nested"));
  EXPECT_THAT(mistake("{{ tpl .Values.t . }}", "t: '{{ tpl .Values.t . }}'"), HasSubstr("nested"));
}

TEST(Render, StrictAndLint) {
  RenderOptions options;
  options.strict = true;
  EXPECT_THAT(mistake("{{ .Values.none }}", "", options), HasSubstr("map has no entry for key"));
  options = {};
  options.lint = true;
  EXPECT_EQ(text_of("a: {{ required \"x\" .Values.none }}{{ fail \"y\" }}b", "", options), "a: b");
}

class OneObject : public Lookup {
 public:
  data::Value lookup(const std::string& api_version, const std::string& kind,
                     const std::string& object_namespace, const std::string& name) override {
    return data::Value::map({{"is", api_version + kind + object_namespace + name}});
  }
};

TEST(Render, LooksUpWhereItCan) {
  constexpr const char* kTemplate = "a: {{ (lookup \"v1\" \"Pod\" \"ns\" \"n\").is }}.";
  EXPECT_EQ(text_of(kTemplate), "a: .");
  OneObject objects;
  RenderOptions options;
  options.lookup = &objects;
  EXPECT_EQ(text_of(kTemplate, "", options), "a: v1Podnsn.");
}

TEST(Render, ChecksWhatTheChartDemands) {
  EXPECT_THROW(rendered({chart_yaml("c", "kubeVersion: <1.20\n")}), ChartError);
  EXPECT_THROW(rendered({chart_yaml("c", "type: library\n")}), ChartError);
  EXPECT_THROW(rendered({chart_yaml("c"), {"values.schema.json", R"({"required": ["x"]})"}}),
               ChartError);
  RenderOptions options;
  options.release.name = "Not-Valid";
  EXPECT_THROW(text_of("a: b", "", options), ChartError);
}

TEST(TemplateText, IsWhatHelmPrints) {
  RenderResult result =
      rendered({{"templates/d.yaml", "kind: Deployment\n---\nkind: Service\n"},
                {"templates/NOTES.txt", "notes"},
                {"templates/t.yaml", "kind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n"},
                {"crds/x.yaml", "kind: CRD\n"}});
  EXPECT_EQ(result.notes, "notes");
  EXPECT_EQ(template_text(result),
            "---\n# Source: c/templates/d.yaml\nkind: Service\n\n---\n"
            "# Source: c/templates/d.yaml\nkind: Deployment\n---\n"
            "# Source: c/templates/t.yaml\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: "
            "test}}\n\n");
  EXPECT_THAT(template_text(result, {.include_crds = true}),
              HasSubstr("# Source: c/crds/x.yaml\nkind: CRD\n"));
  EXPECT_THAT(template_text(result, {.skip_tests = true}), testing::Not(HasSubstr("Pod")));
  EXPECT_EQ(template_text(result, {.show_only = {"templates/t.yaml"}}),
            "---\n# Source: c/templates/t.yaml\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: "
            "test}}\n\n\n");
  EXPECT_THROW(template_text(result, {.show_only = {"templates/no.yaml"}}), ChartError);
}

}  // namespace
}  // namespace jibe::helm
