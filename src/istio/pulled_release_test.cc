#include "istio/pulled_release.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"
#include "istio/chart_store.h"
#include "istio/release.h"

namespace jibe::istio {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PulledReleaseTest : public testing::Test {
 protected:
  PulledReleaseTest() {
    for (auto& [folder, files] : files_)
      lock_.charts.push_back(
          {folder, folder, "https://x/" + folder, "sha256:00", files_digest(files)});
  }
  ~PulledReleaseTest() override { fs::remove_all(store_); }

  std::vector<std::string> seen() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(store_))
      out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }

  fs::path store_ = fs::path(testing::TempDir()) /
                    ("pulled-" + std::to_string(reinterpret_cast<uintptr_t>(this)));
  Version version_{1, 30, 3, ""};
  PulledRelease release_{store_, version_};
  std::map<std::string, std::map<std::string, std::string>> files_ = {
      {"charts/base", {{"Chart.yaml", "name: base"}, {"templates/a.yaml", "a"}}},
      {"charts/ztunnel", {{"Chart.yaml", "name: ztunnel"}}}};
  ReleaseLock lock_{version_, {}};
};

TEST_F(PulledReleaseTest, IsAReleaseOfTheStore) {
  release_.write(lock_, files_, "x");
  EXPECT_THAT(seen(), ElementsAre("1.30.3", "1.30.3.lock.json"));
  ChartStore store({store_});
  ASSERT_EQ(store.versions().size(), 1u);
  auto loaded = Release::load_directory(version_, store.manifests(version_));
  EXPECT_EQ(*loaded->file("charts/base/templates/a.yaml"), "a");
  for (const char* name : {"default", "minimal", "empty", "ambient"})
    EXPECT_NE(loaded->file(std::string("profiles/") + name + ".yaml"), nullptr) << name;
  EXPECT_THAT(release_.changed_charts(release_.lock()), IsEmpty());
  EXPECT_EQ(release_.lock().text(), lock_.text());
}

TEST_F(PulledReleaseTest, NoticesEveryChange) {
  release_.write(lock_, files_, "x");
  std::ofstream(release_.directory() / "charts/base/templates/a.yaml") << "b";
  EXPECT_THAT(release_.changed_charts(lock_), ElementsAre("charts/base"));
  fs::remove_all(release_.directory() / "charts/base/templates/a.yaml");
  EXPECT_THAT(release_.changed_charts(lock_), ElementsAre("charts/base"));
  std::ofstream(release_.directory() / "charts/ztunnel/more.yaml") << "b";
  EXPECT_THAT(release_.changed_charts(lock_), ElementsAre("charts/base", "charts/ztunnel"));
}

TEST_F(PulledReleaseTest, LeavesNothingHalfWritten) {
  // A file cannot be where a folder is.
  files_["charts/base"]["templates"] = "not a folder";
  EXPECT_THROW(release_.write(lock_, files_, "x"), base::Error);
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(PulledReleaseTest, MayBeAWholeRelease) {
  std::map<std::string, std::string> all = {{"charts/base/Chart.yaml", "version: 1.30.3"},
                                            {"profiles/default.yaml", "Istio's own"}};
  EXPECT_EQ(version_of_release(all), version_);
  EXPECT_THROW(version_of_release({}), base::InvalidInput);
  ReleaseLock lock{version_, {{"manifests", ".", "x", "sha256:00", files_digest(all)}}};
  release_.write(lock, {{".", all}}, "x");
  EXPECT_THAT(release_.changed_charts(lock), IsEmpty());
  EXPECT_FALSE(fs::exists(release_.directory() / "profiles/minimal.yaml"));
  std::ofstream(release_.directory() / "profiles/default.yaml") << "changed";
  EXPECT_THAT(release_.changed_charts(lock), ElementsAre("manifests"));
}

TEST_F(PulledReleaseTest, WantsARealLockFile) {
  fs::create_directories(store_);
  EXPECT_THAT(release_.lock().charts, IsEmpty());
  std::ofstream(release_.lock_file()) << "{";
  EXPECT_THAT([&] { release_.lock(); },
              testing::ThrowsMessage<base::InvalidInput>(HasSubstr("is no lock file of charts")));
}

TEST(FilesDigest, IsThatOfSha256sum) {
  // printf a > a; printf bb > b; sha256sum a b | sha256sum
  EXPECT_EQ(files_digest({{"a", "a"}, {"b", "bb"}}),
            "sha256:f773902206a1f6f79c745f395b0c1bc6bc2330a4c0309fffc7cd49be9377a65f");
}

}  // namespace
}  // namespace jibe::istio
