#include "base/strings.h"
#include "rt/task_group.h"
#include "twin/server/test_twin.h"

namespace jibe::twin {
namespace {

using data::Value;

std::vector<Value> lines_of(const std::string& text) {
  std::vector<Value> lines;
  for (std::string_view line : base::split(text, '\n')) {
    if (!line.empty()) lines.push_back(data::parse_json(line));
  }
  return lines;
}

std::string summary(const std::string& text) {
  std::string out;
  for (const Value& line : lines_of(text)) {
    if (!out.empty()) out += ' ';
    out += line["type"].text();
    const std::string& name = line["object"]["metadata"]["name"].text();
    if (!name.empty()) out += ":" + name;
  }
  return out;
}

class Watch : public testing::Test {
 protected:
  // Everything that the watch says until its timeoutSeconds are over, while `writes` run.
  std::string watch(const std::string& query, std::vector<std::function<Task<Value>()>> writes,
                    const std::string& accept = "application/json") {
    http::Request request;
    request.target = "/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=90&" + query;
    request.headers.set("Authorization", std::string("Bearer ") + kTestToken);
    request.headers.set("Accept", accept);
    Reply reply;
    twin_.runtime->run(both(std::move(request), reply, std::move(writes)));
    EXPECT_EQ(reply.status, 200) << reply.text;
    return reply.text;
  }

  Task<void> both(http::Request request, Reply& reply,
                  std::vector<std::function<Task<Value>()>> writes) {
    rt::TaskGroup group(*twin_.runtime);
    group.spawn("watch", exchange(twin_.server->http(), std::move(request), reply));
    co_await twin_.runtime->sleep(std::chrono::seconds(1));
    for (auto& write : writes) co_await write();
    co_await group.join();
  }

  std::function<Task<Value>()> create(const std::string& yaml) {
    return [this, yaml] {
      return twin_.server->create(twin_.target("configmaps"), data::parse_yaml(yaml), {});
    };
  }
  std::function<Task<Value>()> merge(const std::string& name, const std::string& patch) {
    return [this, name, patch] {
      return twin_.server->patch(twin_.target("configmaps", name), PatchType::kMerge,
                                 data::parse_yaml(patch), {});
    };
  }
  std::function<Task<Value>()> remove(const std::string& name) {
    return [this, name] { return twin_.server->remove(twin_.target("configmaps", name), {}); };
  }

  TestTwin twin_;
};

TEST_F(Watch, StartsWithWhatThereIs) {
  twin_.create("configmaps", "metadata: {name: a}");
  EXPECT_EQ(summary(watch("", {create("metadata: {name: b}"), remove("a")})),
            "ADDED:a ADDED:b DELETED:a");
}

TEST_F(Watch, GoesOnAfterARevision) {
  Value a = twin_.create("configmaps", "metadata: {name: a}");
  twin_.create("configmaps", "metadata: {name: b}");
  std::string from = a["metadata"]["resourceVersion"].text();
  EXPECT_EQ(summary(watch("resourceVersion=" + from, {create("metadata: {name: c}")})),
            "ADDED:b ADDED:c");
}

TEST_F(Watch, SelectorsTurnChangesIntoComingAndGoing) {
  twin_.create("configmaps", "metadata: {name: a, labels: {x: '1'}}");
  std::string text =
      watch("labelSelector=x%3D1",
            {create("metadata: {name: b}"), merge("b", "metadata: {labels: {x: '1'}}"),
             merge("a", "metadata: {labels: {x: '2'}}"), remove("a")});
  EXPECT_EQ(summary(text), "ADDED:a ADDED:b DELETED:a");
}

TEST_F(Watch, ListsAsAStream) {
  twin_.create("configmaps", "metadata: {name: a}");
  std::string text = watch(
      "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", {});
  std::vector<Value> lines = lines_of(text);
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(lines[1]["type"].text(), "BOOKMARK");
  EXPECT_EQ(lines[1]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"].text(),
            "true");
}

TEST_F(Watch, BookmarksComeEveryMinute) {
  std::string text = watch("allowWatchBookmarks=true", {});
  EXPECT_EQ(summary(text), "BOOKMARK BOOKMARK");
}

TEST_F(Watch, TablesNameColumnsOnce) {
  twin_.create("configmaps", "metadata: {name: a}");
  std::vector<Value> lines =
      lines_of(watch("", {create("metadata: {name: b}")},
                     "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_FALSE(lines[0]["object"]["columnDefinitions"].empty());
  EXPECT_TRUE(lines[1]["object"]["columnDefinitions"].empty());
  EXPECT_EQ(lines[1]["object"]["rows"][0]["cells"][0].text(), "b");
}

TEST(WatchHistory, TooOldIsAnErrorEvent) {
  ServerOptions options;
  options.watch_history = 1;
  TestTwin twin(options);
  for (char c = 'a'; c < 'e'; ++c) {
    twin.create("configmaps", std::string("metadata: {name: ") + c + "}");
  }
  Reply reply = twin.send("GET", "/api/v1/configmaps?watch=true&resourceVersion=2");
  std::vector<Value> lines = lines_of(reply.text);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["type"].text(), "ERROR");
  EXPECT_EQ(lines[0]["object"]["code"].int_or(0), 410);
  EXPECT_EQ(lines[0]["object"]["reason"].text(), "Expired");
}

}  // namespace
}  // namespace jibe::twin
