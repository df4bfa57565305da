#include "kube/status.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "data/json.h"

namespace jibe::kube {

namespace {

data::Value details_of(std::string_view group_resource, std::string_view name) {
  auto [resource, group, found] = base::cut(group_resource, ".");
  data::Value out = data::Value::map();
  if (!name.empty()) out.set("name", name);
  if (found) out.set("group", group);
  if (!resource.empty()) out.set("kind", resource);
  return out;
}

std::string named(std::string_view resource, std::string_view name) {
  return std::string(resource) + " " + data::go_quote(name);
}

// field.ErrorList.ToAggregate: each sentence once; brackets where there are several.
std::string aggregate(const data::Value& causes) {
  std::vector<std::string> sentences;
  for (const data::Value& cause : causes.items()) {
    const std::string& field = cause["field"].text();
    std::string sentence = (field.empty() ? "<nil>" : field) + ": " + cause["message"].text();
    if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end())
      sentences.push_back(std::move(sentence));
  }
  if (sentences.size() == 1) return sentences[0];
  return "[" + base::join(sentences, ", ") + "]";
}

struct Generic {
  int code;
  const char* reason;
  const char* message;
};

// apimachinery NewGenericServerResponse: what clients say where the answer was no Status.
constexpr Generic kGeneric[] = {
    {400, "BadRequest", "the server rejected our request for an unknown reason"},
    {401, "Unauthorized", "the server has asked for the client to provide credentials"},
    {403, "Forbidden", ""},
    {404, "NotFound", "the server could not find the requested resource"},
    {405, "MethodNotAllowed", "the server does not allow this method on the requested resource"},
    {406, "NotAcceptable",
     "the server was unable to respond with a content type that the client supports"},
    {409, "Conflict", "the server reported a conflict"},
    {415, "UnsupportedMediaType", ""},
    {422, "Invalid", "the server rejected our request due to an error in our request"},
    {429, "TooManyRequests",
     "the server has received too many requests and has asked us to try again later"},
    {503, "ServiceUnavailable", "the server is currently unable to handle the request"},
    {504, "Timeout",
     "the server was unable to return a response in the time allotted, but may still be "
     "processing the request"},
};

StatusError generic(int code, const std::string& body) {
  for (const Generic& known : kGeneric) {
    if (known.code != code) continue;
    std::string message = *known.message ? known.message : body;
    if (message.empty()) message = "the server answered with " + std::to_string(code);
    return StatusError(code, known.reason, message);
  }
  if (code >= 500) {
    std::string quoted = data::go_quote(body.empty() ? "unknown" : body);
    return StatusError(
        code, "InternalError",
        "an error on the server (" + quoted + ") has prevented the request from succeeding");
  }
  return StatusError(code, "",
                     "the server responded with the status code " + std::to_string(code) +
                         " but did not return more information");
}

}  // namespace

StatusError StatusError::from_value(int http_code, const data::Value& status) {
  if (status["kind"].text() != "Status") return generic(http_code, status.text());
  int code = static_cast<int>(status["code"].int_or(http_code));
  std::string message = status["message"].text();
  if (message.empty()) message = generic(code, "").what();
  return StatusError(code, status["reason"].text(), message, status["details"]);
}

data::Value StatusError::to_value() const {
  data::Value out = data::Value::map({{"kind", "Status"},
                                      {"apiVersion", "v1"},
                                      {"metadata", data::Value::map()},
                                      {"status", "Failure"},
                                      {"message", what()},
                                      {"code", code_}});
  if (!reason_.empty()) out.set("reason", reason_);
  if (!details_.is_null()) out.set("details", details_);
  return out;
}

StatusError not_found(std::string_view resource, std::string_view name) {
  return StatusError(404, "NotFound", named(resource, name) + " not found",
                     details_of(resource, name));
}

StatusError already_exists(std::string_view resource, std::string_view name) {
  return StatusError(409, "AlreadyExists", named(resource, name) + " already exists",
                     details_of(resource, name));
}

StatusError conflict(std::string_view resource, std::string_view name, std::string_view message) {
  return StatusError(
      409, "Conflict",
      "Operation cannot be fulfilled on " + named(resource, name) + ": " + std::string(message),
      details_of(resource, name));
}

StatusError bad_request(const std::string& message) {
  return StatusError(400, "BadRequest", message);
}

StatusError forbidden(std::string_view resource, std::string_view name, std::string_view message) {
  std::string text(message);
  if (resource.empty())
    text = "forbidden: " + text;
  else if (name.empty())
    text = std::string(resource) + " is forbidden: " + text;
  else
    text = named(resource, name) + " is forbidden: " + text;
  return StatusError(403, "Forbidden", text, details_of(resource, name));
}

StatusError method_not_allowed(std::string_view resource, std::string_view verb) {
  return StatusError(
      405, "MethodNotAllowed",
      std::string(verb) + " is not supported on resources of kind " + data::go_quote(resource),
      details_of(resource, ""));
}

// NewResourceExpired: what kube-apiserver answers for a resourceVersion or continue token that is
// too old. (The reason "Gone" is deprecated.)
StatusError gone(const std::string& message) {
  return StatusError(410, "Expired", message);
}

StatusError invalid(std::string_view kind, std::string_view group, std::string_view name,
                    data::Value causes) {
  std::string group_kind(kind);
  if (!group.empty()) group_kind += "." + std::string(group);
  std::string message = named(group_kind, name) + " is invalid";
  if (!causes.empty()) message += ": " + aggregate(causes);
  data::Value details = details_of(group_kind, name);
  if (!causes.empty()) details.set("causes", std::move(causes));
  return StatusError(422, "Invalid", message, std::move(details));
}

StatusError unsupported_media_type(const std::string& message) {
  return StatusError(415, "UnsupportedMediaType", message);
}

}  // namespace jibe::kube
