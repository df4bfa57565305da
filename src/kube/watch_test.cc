#include "kube/watch.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace jibe::kube {
namespace {

constexpr std::string_view kStream =
    "{\"type\":\"ADDED\",\"object\":{\"a\":\"}]\\\"{\",\"l\":[1,{}]}}\n"
    "  {\"type\":\"BOOKMARK\",\"object\":{}}{\"type\":\"DELETED\",\"object\":null}\r\n";

TEST(WatchDecoder, FindsDocumentsHoweverTheBytesAreCut) {
  for (size_t piece = 1; piece <= kStream.size(); ++piece) {
    WatchDecoder decoder;
    for (size_t i = 0; i < kStream.size(); i += piece) decoder.feed(kStream.substr(i, piece));
    auto first = decoder.next();
    ASSERT_TRUE(first) << piece;
    EXPECT_EQ(first->type, WatchEvent::Type::kAdded);
    EXPECT_EQ(first->object["a"].text(), "}]\"{");
    EXPECT_EQ(decoder.next()->type, WatchEvent::Type::kBookmark);
    EXPECT_EQ(decoder.next()->type, WatchEvent::Type::kDeleted);
    EXPECT_FALSE(decoder.next());
    EXPECT_FALSE(decoder.in_document());
  }
}

TEST(WatchDecoder, KnowsThatItIsInTheMiddle) {
  WatchDecoder decoder;
  decoder.feed("{\"type\":\"ADD");
  EXPECT_TRUE(decoder.in_document());
}

TEST(WatchDecoder, RefusesWhatIsNoEvent) {
  for (const char* text : {"x", "{\"type\":\"NEW\"}", "{]", "}", "{}", "\"text\" "}) {
    WatchDecoder decoder;
    EXPECT_THROW(decoder.feed(text), base::Error) << text;
  }
}

}  // namespace
}  // namespace jibe::kube
