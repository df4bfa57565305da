#include "kube/status.h"

#include <gtest/gtest.h>

namespace jibe::kube {
namespace {

using data::Value;

TEST(Status, MessagesAreThoseThatKubectlPrints) {
  EXPECT_STREQ(not_found("deployments.apps", "a").what(), "deployments.apps \"a\" not found");
  EXPECT_STREQ(already_exists("pods", "a").what(), "pods \"a\" already exists");
  EXPECT_STREQ(conflict("pods", "a", "the object has been modified").what(),
               "Operation cannot be fulfilled on pods \"a\": the object has been modified");
  EXPECT_STREQ(forbidden("pods", "a", "no").what(), "pods \"a\" is forbidden: no");
  EXPECT_STREQ(forbidden("pods", "", "no").what(), "pods is forbidden: no");
  EXPECT_STREQ(forbidden("", "", "no").what(), "forbidden: no");
  EXPECT_STREQ(method_not_allowed("bindings", "list").what(),
               "list is not supported on resources of kind \"bindings\"");
  EXPECT_EQ(gone("too old").reason(), "Expired");
  EXPECT_TRUE(gone("too old").is_gone());
}

TEST(Status, InvalidListsItsCauses) {
  Value one = Value::map({{"reason", "FieldValueRequired"},
                          {"message", "Required value"},
                          {"field", "spec.selector"}});
  Value two = Value::map({{"message", "Invalid value: \"x\": bad"}, {"field", "spec.a"}});
  EXPECT_STREQ(invalid("Deployment", "apps", "web", Value::list({one})).what(),
               "Deployment.apps \"web\" is invalid: spec.selector: Required value");
  EXPECT_STREQ(invalid("Pod", "", "web", Value::list({one, two, one})).what(),
               "Pod \"web\" is invalid: [spec.selector: Required value, spec.a: Invalid value: "
               "\"x\": bad]");
  EXPECT_STREQ(invalid("Pod", "", "web", nullptr).what(), "Pod \"web\" is invalid");
  auto error = invalid("Deployment", "apps", "web", Value::list({one}));
  EXPECT_EQ(error.details()["group"].text(), "apps");
  EXPECT_EQ(error.details()["kind"].text(), "Deployment");
  EXPECT_EQ(error.details()["causes"].size(), 1u);
}

TEST(Status, GoesThroughItsObjectUnchanged) {
  auto error = not_found("virtualservices.networking.istio.io", "a");
  Value object = error.to_value();
  EXPECT_EQ(object["kind"].text(), "Status");
  EXPECT_EQ(object["details"]["group"].text(), "networking.istio.io");
  EXPECT_EQ(object["details"]["kind"].text(), "virtualservices");
  auto back = StatusError::from_value(500, object);
  EXPECT_STREQ(back.what(), error.what());
  EXPECT_EQ(back.code(), 404);
  EXPECT_TRUE(back.is_not_found());
  EXPECT_EQ(back.to_value(), object);
}

TEST(Status, AnAnswerThatIsNoStatusStillSaysSomething) {
  EXPECT_STREQ(StatusError::from_value(404, nullptr).what(),
               "the server could not find the requested resource");
  EXPECT_STREQ(StatusError::from_value(403, "no entry").what(), "no entry");
  EXPECT_STREQ(
      StatusError::from_value(502, "bad gateway").what(),
      "an error on the server (\"bad gateway\") has prevented the request from succeeding");
  EXPECT_EQ(StatusError::from_value(418, nullptr).code(), 418);
}

}  // namespace
}  // namespace jibe::kube
