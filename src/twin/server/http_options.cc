#include "twin/server/http_options.h"

#include <charconv>

#include "base/strings.h"
#include "data/json.h"
#include "kube/status.h"
#include "twin/server/core.h"

namespace jibe::twin {

namespace {

[[noreturn]] void refuse_option(const char* kind, const char* field, const std::string& message) {
  const bool forbidden = message.starts_with("Forbidden: ");
  const char* reason = forbidden ? "FieldValueForbidden" : "FieldValueInvalid";
  throw kube::invalid(kind, "meta.k8s.io", "", data::Value::list({cause(reason, message, field)}));
}

// apimachinery pkg/apis/meta/internalversion/validation of 1.36.
void check_list_options(const ListOptions& options, bool watch_list) {
  const std::string& match = options.resource_version_match;
  const char* field = "resourceVersionMatch";
  if (match.empty()) return;
  if (options.resource_version.empty() && !watch_list) {
    refuse_option("ListOptions", field,
                  "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is "
                  "provided");
  }
  if (!options.continue_token.empty()) {
    refuse_option("ListOptions", field,
                  "Forbidden: resourceVersionMatch is forbidden when continue is provided");
  }
  if (match != "Exact" && match != "NotOlderThan") {
    refuse_option("ListOptions", field,
                  fmt::format("Unsupported value: {}: supported values: \"Exact\", "
                              "\"NotOlderThan\", \"\"",
                              data::go_quote(match)));
  }
  if (match == "Exact" && options.resource_version == "0") {
    refuse_option("ListOptions", field,
                  "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion "
                  "\"0\"");
  }
}

bool parse_dry_run(const std::string& value, const char* kind) {
  if (value.empty()) return false;
  if (value == "All") return true;
  throw kube::invalid(
      kind, "meta.k8s.io", "",
      data::Value::list({cause(
          "FieldValueNotSupported",
          fmt::format("Unsupported value: {}: supported values: \"All\"", data::go_quote(value)),
          "dryRun")}));
}

}  // namespace

int64_t parse_integer(const http::Query& query, std::string_view name) {
  const std::string& text = query.get(name);
  if (text.empty()) return 0;
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw kube::bad_request(
        fmt::format("strconv.ParseInt: parsing {}: invalid syntax", data::go_quote(text)));
  }
  return value;
}

bool parse_boolean(const http::Query& query, std::string_view name, bool fallback) {
  if (!query.has(name)) return fallback;
  const std::string& text = query.get(name);
  return text != "false" && text != "0";
}

ListOptions parse_list_options(const http::Query& query) {
  ListOptions options;
  try {
    options.labels = kube::LabelSelector::parse(query.get("labelSelector"));
    options.fields = kube::FieldSelector::parse(query.get("fieldSelector"));
  } catch (const base::InvalidInput& error) {
    throw kube::bad_request(error.what());
  }
  options.limit = parse_integer(query, "limit");
  options.continue_token = query.get("continue");
  options.resource_version = query.get("resourceVersion");
  options.resource_version_match = query.get("resourceVersionMatch");
  check_list_options(options, query.has("sendInitialEvents"));
  return options;
}

void parse_write_options(const http::Query& query, const std::string& method,
                         WriteOptions& options) {
  const char* kind = method == "POST"    ? "CreateOptions"
                     : method == "PATCH" ? "PatchOptions"
                                         : "UpdateOptions";
  options.dry_run = parse_dry_run(query.get("dryRun"), kind);
  options.field_manager = query.get("fieldManager");
  options.force = parse_boolean(query, "force", false);
  constexpr size_t kLongestManager = 128;
  if (options.field_manager.size() > kLongestManager) {
    refuse_option(kind, "fieldManager",
                  fmt::format("Too long: may not be more than {} bytes", kLongestManager));
  }
  const std::string& validation = query.get("fieldValidation");
  if (validation.empty()) return;
  if (validation != "Strict" && validation != "Warn" && validation != "Ignore") {
    refuse_option(kind, "fieldValidation",
                  fmt::format("Unsupported value: {}: supported values: \"Ignore\", \"Strict\", "
                              "\"Warn\"",
                              data::go_quote(validation)));
  }
  options.field_validation = validation;
}

DeleteOptions parse_delete_options(const http::Query& query, const data::Value& body) {
  DeleteOptions options;
  options.propagation.clear();
  std::string dry_run;
  if (body.is_null()) {
    dry_run = query.get("dryRun");
    options.propagation = query.get("propagationPolicy");
    if (query.has("gracePeriodSeconds")) {
      options.grace_s = parse_integer(query, "gracePeriodSeconds");
    }
    if (query.has("orphanDependents")) {
      options.propagation =
          parse_boolean(query, "orphanDependents", false) ? "Orphan" : "Background";
    }
  } else {
    dry_run = body["dryRun"][0].text();
    options.propagation = body["propagationPolicy"].text();
    if (body["gracePeriodSeconds"].is_int()) options.grace_s = body["gracePeriodSeconds"].as_int();
    if (body["orphanDependents"].is_bool()) {
      options.propagation = body["orphanDependents"].as_bool() ? "Orphan" : "Background";
    }
    options.uid_precondition = body["preconditions"]["uid"].text();
    options.resource_version_precondition = body["preconditions"]["resourceVersion"].text();
  }
  options.dry_run = parse_dry_run(dry_run, "DeleteOptions");
  const std::string& policy = options.propagation;
  if (!policy.empty() && policy != "Background" && policy != "Foreground" && policy != "Orphan") {
    refuse_option("DeleteOptions", "propagationPolicy",
                  fmt::format("Unsupported value: {}: supported values: \"Background\", "
                              "\"Foreground\", \"Orphan\"",
                              data::go_quote(policy)));
  }
  return options;
}

}  // namespace jibe::twin
