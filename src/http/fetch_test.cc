#include "http/fetch.h"

#include <gmock/gmock.h>

#include "base/coroutine.h"
#include "base/error.h"
#include "rt/sync.h"

namespace jibe::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Several servers; each request is noted as "origin target authorization".
class World {
 public:
  struct Page {
    int status = 200;
    std::string body;
    std::string location;
    bool hangs = false;
  };

  std::map<std::string, Page> pages;
  std::vector<std::string> seen;
  std::unique_ptr<rt::SimulatedRuntime> runtime = rt::make_simulated_runtime();
  Fetcher fetcher{*runtime, [this](const std::string& origin) {
                    return std::make_unique<Server>(*this, origin);
                  }};

  Fetched fetch(FetchRequest request) {
    std::optional<Fetched> out;
    runtime->run(rt::store_result(fetcher.fetch(std::move(request)), out));
    return std::move(*out);
  }

 private:
  class Server : public Handler {
   public:
    Server(World& world, std::string origin) : world_(world), origin_(std::move(origin)) {}
    Task<Response> handle(Request request) override {
      std::string line = origin_ + request.target;
      const std::string* authorization = request.headers.find("Authorization");
      world_.seen.push_back(authorization ? line + " " + *authorization : line);
      EXPECT_EQ(request.headers.get("Accept-Encoding"), "identity");
      const Page& page = world_.pages.at(line);
      if (page.hangs) co_await world_.runtime->sleep(std::chrono::hours(1));
      Response response = make_response(page.status, "", page.body);
      if (!page.location.empty()) response.headers.set("Location", page.location);
      co_return response;
    }

   private:
    World& world_;
    std::string origin_;
  };
};

FetchRequest request_for(std::string url) {
  FetchRequest out;
  out.url = std::move(url);
  return out;
}

TEST(Fetch, FollowsRedirectsButLeavesCredentialsAtHome) {
  World world;
  world.pages["https://a/x"] = {302, "", "y"};
  world.pages["https://a/y"] = {307, "", "https://a:8443/z"};
  world.pages["https://a:8443/z"] = {301, "", "https://a/end?q=1"};
  world.pages["https://a/end?q=1"] = {200, "done", ""};
  auto request = request_for("https://a/x");
  request.authorization = "Basic abc";
  Fetched fetched = world.fetch(request);
  EXPECT_EQ(fetched.body, "done");
  EXPECT_EQ(fetched.url, "https://a/end?q=1");
  EXPECT_THAT(world.seen, ElementsAre("https://a/x Basic abc", "https://a/y Basic abc",
                                      "https://a:8443/z", "https://a/end?q=1"));
  world.seen.clear();
  request.pass_credentials = true;
  world.fetch(request);
  EXPECT_THAT(world.seen, testing::Contains("https://a:8443/z Basic abc"));
}

TEST(Fetch, StopsWhereRedirectsDoNotEnd) {
  World world;
  world.pages["https://a/x"] = {302, "", "/x"};
  EXPECT_THAT([&] { world.fetch(request_for("https://a/x")); },
              ThrowsMessage<base::Error>("https://a/x was redirected more than 10 times"));
}

TEST(Fetch, DoesNotLeaveEncryption) {
  World world;
  world.pages["https://a/x"] = {302, "", "http://a/x"};
  EXPECT_THAT([&] { world.fetch(request_for("https://a/x")); },
              ThrowsMessage<base::Error>(HasSubstr("not encrypted")));
  EXPECT_THAT(world.seen, ElementsAre("https://a/x"));
}

TEST(Fetch, BoundsSizesAndTimes) {
  World world;
  world.pages["https://a/big"] = {200, std::string(2000, 'x'), ""};
  auto request = request_for("https://a/big");
  request.max_bytes = 1999;
  EXPECT_THAT([&] { world.fetch(request); },
              ThrowsMessage<base::Error>(HasSubstr("larger than the 1999 bytes")));
  request.max_bytes = 2000;
  EXPECT_EQ(world.fetch(request).body.size(), 2000u);
  world.pages["https://a/bad"] = {500, std::string(100000, 'x'), ""};
  EXPECT_EQ(world.fetch(request_for("https://a/bad")).body.size(), 65536u);
  world.pages["https://a/slow"] = {200, "", "", true};
  EXPECT_THROW(world.fetch(request_for("https://a/slow")), base::DeadlineExceeded);
}

TEST(Fetch, GivesOtherStatusesAsTheyAre) {
  World world;
  world.pages["https://a/none"] = {404, "gone", ""};
  world.pages["https://a/odd"] = {304, "", ""};
  EXPECT_EQ(world.fetch(request_for("https://a/none")).body, "gone");
  EXPECT_EQ(world.fetch(request_for("https://a/odd")).status, 304);
}

TEST(Fetch, WritesBasicCredentials) {
  EXPECT_EQ(basic_authorization("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

}  // namespace
}  // namespace jibe::http
