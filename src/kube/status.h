// A Kubernetes failure keeps its Status.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "data/value.h"

namespace jibe::kube {

// metav1.Status of a failed request. what() is its message.
class StatusError : public base::Error {
 public:
  StatusError(int code, std::string reason, const std::string& message,
              data::Value details = nullptr)
      : Error(message), code_(code), reason_(std::move(reason)), details_(std::move(details)) {}
  // From a Status object; falls back to the HTTP code where the body is none.
  static StatusError from_value(int http_code, const data::Value& status);

  int code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const data::Value& details() const { return details_; }
  data::Value to_value() const;

  bool is_not_found() const { return code_ == 404; }
  bool is_conflict() const { return reason_ == "Conflict"; }
  bool is_already_exists() const { return reason_ == "AlreadyExists"; }
  bool is_gone() const { return code_ == 410; }

 private:
  int code_;
  std::string reason_;
  data::Value details_;
};

// The messages are those of apimachinery pkg/api/errors, which kubectl prints.
// `resource` is the group resource: "pods", "deployments.apps".
StatusError not_found(std::string_view resource, std::string_view name);
StatusError already_exists(std::string_view resource, std::string_view name);
StatusError conflict(std::string_view resource, std::string_view name, std::string_view message);
StatusError bad_request(const std::string& message);
StatusError forbidden(std::string_view resource, std::string_view name, std::string_view message);
StatusError method_not_allowed(std::string_view resource, std::string_view verb);
StatusError gone(const std::string& message);
// `causes`: list of {reason, message, field}. `kind_group`: "Deployment.apps" or "Pod".
StatusError invalid(std::string_view kind, std::string_view group, std::string_view name,
                    data::Value causes);
StatusError unsupported_media_type(const std::string& message);

}  // namespace jibe::kube
