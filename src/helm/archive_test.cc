#include "helm/archive.h"

#include <gmock/gmock.h>

#include "helm/test_charts.h"
#include "http/gzip.h"

namespace jibe::helm {
namespace {

using testing::HasSubstr;

std::string archive_mistake(const std::string& bytes, ArchiveLimits limits = {}) {
  try {
    read_archive(bytes, limits);
  } catch (const ChartError& error) {
    return error.what();
  }
  return "none";
}

TEST(ReadArchive, RefusesWhatLeavesTheChart) {
  EXPECT_EQ(archive_mistake(make_tgz({{"../../x", "a"}})),
            "chart illegally references parent directory");
  EXPECT_EQ(archive_mistake(make_tgz({{"c/a/../../../x", "a"}})),
            "chart illegally references parent directory");
  EXPECT_EQ(archive_mistake(make_tgz({{"loose", "a"}})),
            R"(chart illegally contains content outside the base directory: "loose")");
  EXPECT_EQ(archive_mistake(make_tgz({{"c//etc/passwd", "a"}})),
            "chart illegally contains absolute paths");
  EXPECT_EQ(archive_mistake(make_tgz({{"\\..\\..\\foo", "a"}})),
            "chart illegally references parent directory");
  EXPECT_EQ(archive_mistake(make_tgz({{"/./c://foo", "a"}})),
            "chart contains illegally named files");
  EXPECT_EQ(archive_mistake(make_tgz({{"Chart.yaml/x", "a"}})), "chart yaml not in base directory");
}

TEST(ReadArchive, RefusesLinks) {
  EXPECT_THAT(archive_mistake(make_tgz({{"c/x", "/etc/passwd", '2'}})), HasSubstr("is a link"));
  EXPECT_THAT(archive_mistake(make_tgz({{"c/a", "a"}, {"c/x", "c/a", '1'}})),
              HasSubstr("is a link"));
}

TEST(ReadArchive, KeepsToTheLimits) {
  std::string bytes = make_tgz({{"c/a", std::string(600, 'a')}, {"c/b", std::string(600, 'b')}});
  EXPECT_EQ(archive_mistake(bytes), "none");
  EXPECT_EQ(archive_mistake(bytes, {1000, 1000}),
            "decompressed chart is larger than the maximum size 1000");
  EXPECT_EQ(archive_mistake(bytes, {10000, 500}),
            R"(decompressed chart file "c/a" is larger than the maximum file size 500)");
}

TEST(ReadArchive, RefusesDamage) {
  std::string bytes = make_tgz({{"c/a", std::string(60000, 'a')}});
  EXPECT_NE(archive_mistake(bytes.substr(0, bytes.size() / 2)), "none");
  EXPECT_EQ(archive_mistake("not gzip"), "gzip: invalid header");
  EXPECT_EQ(archive_mistake(make_tgz({{"c/", "", '5'}})), "no files in chart archive");
}

// One ustar header, as an archive's author could write it.
std::string header(const std::string& name, char type, const std::string& size,
                   const std::string& link = "") {
  std::string out(512, '\0');
  out.replace(0, name.size(), name);
  out.replace(100, 7, "0000644");
  out.replace(124, size.size(), size);
  out.replace(136, 11, "00000000000");
  out[156] = type;
  out.replace(157, link.size(), link);
  out.replace(257, 8, std::string("ustar\00000", 8));
  out.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (char c : out) sum += static_cast<unsigned char>(c);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  out.replace(148, 7, std::string(text, 7));
  return out;
}

std::string block(std::string text) {
  text.resize((text.size() + 511) / 512 * 512);
  return text;
}

std::string packed(const std::string& tar) {
  return http::gzip(tar + std::string(1024, '\0'));
}

TEST(ReadArchive, ReadsHeadersMadeByHand) {
  auto files = read_archive(packed(header("c/a", '0', "00000000003") + block("abc")));
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].name, "a");
  EXPECT_EQ(files[0].data, "abc");
}

TEST(ReadArchive, RefusesDevicesAndLinksOfEveryKind) {
  for (char type : {'1', '2', '3', '4', '6'}) {
    EXPECT_THAT(archive_mistake(packed(header("c/x", type, "00000000000", "/etc/passwd"))),
                HasSubstr("\"c/x\", which is a link or a device"))
        << type;
  }
}

TEST(ReadArchive, RefusesWindowsPathsThatLeaveTheChart) {
  EXPECT_EQ(archive_mistake(make_tgz({{"c\\..\\..\\x", "a"}})),
            "chart illegally references parent directory");
  EXPECT_EQ(archive_mistake(make_tgz({{"c\\\\server\\share", "a"}})),
            "chart illegally contains absolute paths");
  EXPECT_EQ(archive_mistake(make_tgz({{"c\\C:\\x", "a"}})), "chart contains illegally named files");
  auto files = read_archive(make_tgz({{"c\\templates\\x.yaml", "a"}}));
  EXPECT_EQ(files.at(0).name, "templates/x.yaml");
}

TEST(ReadArchive, RefusesNamesThatComeTwice) {
  EXPECT_EQ(archive_mistake(make_tgz({{"c/a", "1"}, {"c/b", "2"}, {"c/./a", "3"}})),
            "chart archive contains \"c/./a\" more than once");
}

TEST(ReadArchive, RefusesSeveralTopDirectories) {
  EXPECT_EQ(archive_mistake(make_tgz({{"c/Chart.yaml", "1"}, {"d/b", "2"}})),
            "chart archive has more than one top directory: \"c\" and \"d\"");
}

TEST(ReadArchive, RefusesBombs) {
  // 6 MiB of zeros in a few kilobytes.
  std::string file(6 << 20, '\0');
  std::string tar = header("c/zeros", '0', "00030000000") + file;
  std::string bytes = packed(tar);
  EXPECT_LT(bytes.size(), 64u << 10);
  EXPECT_THAT(archive_mistake(bytes), HasSubstr("larger than the maximum file size 5242880"));
  // A size that the archive does not hold.
  EXPECT_THAT(archive_mistake(packed(header("c/huge", '0', "77777777777"))),
              HasSubstr("larger than the maximum size 104857600"));
  // Entries without content are not free.
  std::string folder = header("c/d", '5', "00000000000");
  std::string folders;
  for (int i = 0; i < 40000; ++i) folders += folder;
  EXPECT_THAT(archive_mistake(packed(folders), {1 << 20, 1 << 20}),
              HasSubstr("most of it without content"));
}

TEST(ReadArchive, RefusesEveryTruncation) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += std::to_string(i * 7919);
  std::string bytes = make_tgz({{"c/Chart.yaml", "x"}, {"c/a", text}});
  // The last bytes are the checksum and the padding of the tar file.
  for (size_t size = 1; size < bytes.size() - 200; size += 97)
    EXPECT_NE(archive_mistake(bytes.substr(0, size)), "none") << size;
}

TEST(ReadArchive, RefusesWhatIsNoTar) {
  EXPECT_NE(archive_mistake(http::gzip("kind: ConfigMap")), "none");
  EXPECT_NE(archive_mistake(http::gzip("")), "none");
  EXPECT_EQ(archive_mistake(""), "gzip: invalid header");
}

TEST(LoadChartArchive, NeedsAChartYaml) {
  EXPECT_THAT(
      [] {
        load_chart_archive(make_tgz({{"c/values.yaml", "a: 1"}}));
      },
      testing::ThrowsMessage<ChartError>("Chart.yaml file is missing"));
}

TEST(ReadArchive, OnlyChartsOfVersionsOneAndTwoAreRendered) {
  auto refusal = [](const char* version) -> std::string {
    std::string chart = std::string("name: c\nversion: 1.0.0\napiVersion: ") + version + "\n";
    try {
      load_chart_archive(make_tgz({{"c/Chart.yaml", chart}}));
      return "";
    } catch (const ChartError& error) {
      return error.what();
    }
  };
  EXPECT_EQ(refusal("v1"), "");
  EXPECT_EQ(refusal("v2"), "");
  EXPECT_EQ(refusal("v3"), "invalid chart apiVersion");
  EXPECT_EQ(refusal("v4"), "unsupported chart version");
}

}  // namespace
}  // namespace jibe::helm
