#include "istio/chart_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.h"

namespace jibe::istio {
namespace {

namespace fs = std::filesystem;

class ChartStoreTest : public ::testing::Test {
 protected:
  ChartStoreTest() {
    fs::create_directories(root_ / "a" / "1.9.0" / "charts");
    fs::create_directories(root_ / "a" / "README" / "charts");
    fs::create_directories(root_ / "a" / "1.8.0");
    fs::create_directories(root_ / "b" / "1.9.0" / "charts");
    fs::create_directories(root_ / "b" / "1.10.0" / "charts");
  }
  ~ChartStoreTest() override { fs::remove_all(root_); }

  fs::path root_ = fs::path(::testing::TempDir()) /
                   ("charts-" + std::to_string(reinterpret_cast<uintptr_t>(this)));
};

TEST_F(ChartStoreTest, ReleasesOfAllFoldersInVersionOrder) {
  ChartStore store({root_ / "absent", root_ / "a", root_ / "b"});
  ASSERT_EQ(store.versions().size(), 2u);
  EXPECT_EQ(store.versions()[0].str(), "1.9.0");
  EXPECT_EQ(store.versions()[1].str(), "1.10.0");
}

TEST_F(ChartStoreTest, EarlierFoldersWin) {
  ChartStore store({root_ / "a", root_ / "b"});
  EXPECT_EQ(store.manifests(*parse_version("1.9.0")), root_ / "a" / "1.9.0");
  EXPECT_THROW(store.manifests(*parse_version("1.8.0")), base::InvalidInput);
}

}  // namespace
}  // namespace jibe::istio
