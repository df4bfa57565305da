#include "base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace jibe::base {
namespace {

namespace fs = std::filesystem;

TEST(ReadFile, GivesEveryByte) {
  fs::path path = fs::temp_directory_path() / ("jibe_read_file_" + std::to_string(getpid()));
  std::string bytes("a\0b\r\n\xFF", 6);
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_EQ(read_file(path.string()), bytes);
  std::ofstream(path, std::ios::trunc).close();
  EXPECT_EQ(read_file(path.string()), "");
  fs::remove(path);
}

TEST(ReadFile, TakesWhatTellsNoSize) {
  EXPECT_FALSE(read_file("/proc/self/cmdline").empty());
}

TEST(ReadFile, SaysWhyNotAsGoDoes) {
  auto refused = [](const std::string& path, const std::string& why) {
    EXPECT_THAT([&] { read_file(path); }, testing::ThrowsMessage<InvalidInput>(why));
  };
  refused("/not/there", "open /not/there: no such file or directory");
  refused("/proc/self/cmdline/x", "open /proc/self/cmdline/x: not a directory");
  refused("/tmp", "read /tmp: is a directory");
}

}  // namespace
}  // namespace jibe::base
