#include "helm/chart_cache.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace jibe::helm {
namespace {

namespace fs = std::filesystem;

std::vector<File> files_of(const std::string& value) {
  return {{"Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"},
          {"values.yaml", "a: " + value + "\n"}};
}

TEST(ChartCache, ParsesTheSameFilesOnce) {
  ChartCache cache;
  ChartPtr first = cache.load(files_of("one"));
  auto again = files_of("one");
  std::swap(again[0], again[1]);
  // The very same object: nothing was parsed for it.
  EXPECT_EQ(cache.load(std::move(again)), first);
  EXPECT_EQ(first->values["a"].text(), "one");
}

TEST(ChartCache, OtherFilesAreAnotherChart) {
  ChartCache cache;
  ChartPtr first = cache.load(files_of("one"));
  ChartPtr second = cache.load(files_of("two"));
  EXPECT_EQ(second->values["a"].text(), "two");
  auto renamed = files_of("one");
  renamed[1].name = "other.yaml";
  EXPECT_NE(cache.load(std::move(renamed)), first);
  EXPECT_EQ(cache.load(files_of("one")), first);
}

TEST(ChartCache, AFileChangedOnDiskIsNoticed) {
  fs::path folder = fs::temp_directory_path() / ("jibe_chart_cache_" + std::to_string(getpid()));
  fs::create_directories(folder);
  auto write = [&](const std::string& value) {
    for (const File& file : files_of(value)) std::ofstream(folder / file.name) << file.data;
  };
  ChartCache cache;
  write("one");
  ChartPtr first = cache.load_directory(folder);
  EXPECT_EQ(cache.load_directory(folder), first);
  // The same size, and perhaps the same second.
  write("two");
  EXPECT_EQ(cache.load_directory(folder)->values["a"].text(), "two");
  write("one");
  EXPECT_EQ(cache.load_directory(folder), first);
  fs::remove_all(folder);
}

TEST(ChartCache, ForgetsWhatWasUsedLongestAgo) {
  ChartCache cache(2 * (files_of("one")[0].data.size() + files_of("one")[1].data.size()));
  ChartPtr x = cache.load(files_of("one"));
  ChartPtr y = cache.load(files_of("two"));
  EXPECT_EQ(cache.load(files_of("one")), x);
  cache.load(files_of("six"));
  EXPECT_EQ(cache.load(files_of("one")), x);
  EXPECT_NE(cache.load(files_of("two")), y);
}

TEST(ChartCache, WhatIsNoChartIsNotKept) {
  ChartCache cache;
  EXPECT_THROW(cache.load({{"values.yaml", "a: 1\n"}}), ChartError);
  EXPECT_THROW(cache.load({{"values.yaml", "a: 1\n"}}), ChartError);
}

}  // namespace
}  // namespace jibe::helm
