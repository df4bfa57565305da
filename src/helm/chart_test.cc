#include "helm/chart.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "data/json.h"
#include "helm/test_charts.h"

namespace jibe::helm {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string mistake(const std::vector<File>& files) {
  try {
    load_chart_files(files);
  } catch (const ChartError& error) {
    return error.what();
  }
  return "none";
}

std::vector<std::string> names(const std::vector<File>& files) {
  std::vector<std::string> out;
  for (const File& file : files) out.push_back(file.name);
  return out;
}

TEST(LoadChartFiles, PutsFilesInTheirPlaces) {
  ChartPtr chart = load_chart_files({{"templates/a.yaml", "a"},
                                     chart_yaml("main", "appVersion: 1.10\ntype: application\n"),
                                     {"values.yaml", "x: 1\n"},
                                     {"values.schema.json", "{}"},
                                     {"crds/c.yaml", "c"},
                                     {"README.md", "r"},
                                     {"charts/sub/Chart.yaml", "name: sub\nversion: 1.2.3\n"},
                                     {"charts/sub/templates/s.yaml", "s"},
                                     {"charts/_off/Chart.yaml", "nonsense"},
                                     {"charts/x.prov", "p"}});
  EXPECT_EQ(chart->name(), "main");
  EXPECT_EQ(chart->metadata.app_version, "1.1");
  EXPECT_EQ(chart->schema, "{}");
  EXPECT_THAT(names(chart->templates), ElementsAre("templates/a.yaml"));
  EXPECT_THAT(names(chart->files), ElementsAre("crds/c.yaml", "README.md", "charts/x.prov"));
  ASSERT_EQ(chart->dependencies.size(), 1u);
  EXPECT_EQ(chart->dependencies[0]->metadata.api_version, "v1");
  EXPECT_THAT(names(chart->dependencies[0]->templates), ElementsAre("templates/s.yaml"));
}

TEST(LoadChartFiles, ReadsRequirementsOfOldCharts) {
  ChartPtr old = load_chart_files(
      {{"Chart.yaml", "name: old\nversion: 1.0.0\n"},
       {"requirements.yaml", "dependencies:\n- {name: a, version: 1, repository: x}\n"}});
  ASSERT_EQ(old->metadata.dependencies.size(), 1u);
  EXPECT_EQ(old->metadata.dependencies[0].version, "1");
  EXPECT_THAT(names(old->files), ElementsAre("requirements.yaml"));
  ChartPtr newer = load_chart_files({chart_yaml("n"), {"requirements.yaml", "dependencies: []"}});
  EXPECT_THAT(newer->warnings, ElementsAre(HasSubstr("since apiVersion \"v2\"")));
}

TEST(LoadChartFiles, RefusesInSentences) {
  EXPECT_EQ(mistake({{"values.yaml", ""}}), "Chart.yaml file is missing");
  EXPECT_EQ(mistake({{"Chart.yaml", "version: 1.0.0"}}),
            "validation: chart.metadata.name is required");
  EXPECT_EQ(mistake({{"Chart.yaml", "name: ../x\nversion: 1.0.0"}}),
            R"(validation: chart.metadata.name "../x" is invalid)");
  EXPECT_EQ(mistake({{"Chart.yaml", "name: x\nversion: one"}}),
            R"(validation: chart.metadata.version "one" is invalid)");
  EXPECT_EQ(mistake({chart_yaml("x", "type: odd\n")}),
            "validation: chart.metadata.type must be application or library");
  EXPECT_EQ(mistake({chart_yaml("x", "dependencies: [{name: a, alias: a b}]\n")}),
            R"(validation: dependency "a" has disallowed characters in the alias)");
  EXPECT_EQ(mistake({chart_yaml("x", "dependencies: [{name: a}, {name: b, alias: a}]\n")}),
            R"(validation: more than one dependency with name or alias "a")");
  EXPECT_EQ(mistake({chart_yaml("x", "keywords: text\n")}),
            "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot "
            "unmarshal string into Go struct field Metadata.keywords of type []string");
  EXPECT_THAT(mistake({chart_yaml("x"), {"values.yaml", "a: ["}}),
              HasSubstr("cannot load values.yaml: cannot unmarshal yaml document: "));
  EXPECT_EQ(mistake({chart_yaml("x"), {"charts/s/Chart.yaml", "name: s"}}),
            "error unpacking subchart s in x: validation: chart.metadata.version is required");
}

TEST(LoadChartArchive, ReadsPackedSubcharts) {
  std::string inner = make_tgz({{"sub/Chart.yaml", "name: sub\nversion: 2.0.0\n"}});
  std::string outer = make_tgz({{"main/", "", '5'},
                                {"main/Chart.yaml", chart_yaml("main").data},
                                {"main/values.yaml", "\xEF\xBB\xBFx: 1\n"},
                                {"main/charts/sub-2.0.0.tgz", inner}});
  ChartPtr chart = load_chart_archive(outer);
  EXPECT_EQ(data::to_json(chart->values), R"({"x":1})");
  ASSERT_EQ(chart->dependencies.size(), 1u);
  EXPECT_EQ(chart->dependencies[0]->metadata.version, "2.0.0");
}

class Directory : public testing::Test {
 protected:
  Directory() : path_(fs::path(testing::TempDir()) / "jibe_chart_test") {
    fs::remove_all(path_);
    write("Chart.yaml", chart_yaml("dir").data);
  }
  ~Directory() override { fs::remove_all(path_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }

  fs::path path_;
};

TEST_F(Directory, LeavesOutWhatIsIgnored) {
  write(".helmignore", "*.bak\nnotes/\n");
  write("templates/a.yaml", "a");
  write("templates/.swp", "a");
  write("templates/a.bak", "a");
  write("notes/n.txt", "a");
  ChartPtr chart = load_chart(path_.string());
  EXPECT_THAT(names(chart->templates), ElementsAre("templates/a.yaml"));
  EXPECT_THAT(names(chart->files), ElementsAre(".helmignore"));
}

TEST_F(Directory, FollowsLinks) {
  write("elsewhere/real.yaml", "linked");
  fs::create_directories(path_ / "templates");
  fs::create_symlink(path_ / "elsewhere/real.yaml", path_ / "templates/link.yaml");
  fs::create_directory_symlink(path_ / "elsewhere", path_ / "templates/sub");
  ChartPtr chart = load_chart(path_.string());
  EXPECT_THAT(names(chart->templates),
              ElementsAre("templates/link.yaml", "templates/sub/real.yaml"));
  fs::create_directory_symlink(path_, path_ / "loop");
  EXPECT_THROW(load_chart(path_.string()), ChartError);
}

TEST_F(Directory, RefusesWhatIsNoChart) {
  write("values.txt", "a: b");
  EXPECT_THROW(load_chart((path_ / "values.txt").string()), ChartError);
  EXPECT_THROW(load_chart((path_ / "absent").string()), ChartError);
  fs::create_symlink("nowhere", path_ / "dangling");
  EXPECT_THROW(load_chart(path_.string()), ChartError);
}

}  // namespace
}  // namespace jibe::helm
