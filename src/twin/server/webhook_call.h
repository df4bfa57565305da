// One call of one admission webhook: the AdmissionReview that goes out, and what its answer means.
#pragma once
#include <string>

#include "base/error.h"
#include "base/task.h"
#include "twin/server/webhook_rules.h"

namespace jibe::twin {

// The webhook could not be asked, or gave no proper answer: failurePolicy decides. what() is the
// sentence behind "failed calling webhook".
class WebhookCallFailed : public base::Error {
 public:
  using Error::Error;
};

// The `response` of the AdmissionReview. `as` is the resource that match_webhook() gave. Throws
// WebhookCallFailed.
Task<data::Value> call_webhook(const ServerCore& core, Webhook webhook, ApiWrite write,
                               ResourcePtr as);

// The request of an AdmissionReview, in `version` ("v1" or "v1beta1").
data::Value admission_review(const ApiWrite& write, const Resource& as, const std::string& version,
                             const std::string& uid);

// With the code and reason that the webhook's status gives, else 400:
// `admission webhook "x" denied the request: …`.
kube::StatusError denied(const std::string& webhook, const data::Value& status);

}  // namespace jibe::twin
