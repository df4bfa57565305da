// Who a request comes from: bearer tokens held in memory, or a client certificate that the
// transport has verified. What that somebody may do is authorize.h's business.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "data/value.h"
#include "http/message.h"
#include "twin/server/api.h"

namespace jibe::twin {

class Authenticator {
 public:
  void add(std::string token, Caller caller);

  struct TokenRequest {
    std::string ns;
    std::string account;
    std::string account_uid;
    std::vector<std::string> audiences;
    base::Time now;
    // Lasts as long as the server where absent.
    std::optional<base::Duration> lifetime;
  };
  // Shaped like the JWT that kube-apiserver issues; its signature means nothing.
  std::string issue(base::Random& random, const TokenRequest& request);

  // Of a token that is known and has not expired.
  std::optional<Caller> find(const std::string& token, base::Time now) const;
  // Of a request; nullopt where it proves nothing.
  std::optional<Caller> identify(const http::Request& request, base::Time now) const;

 private:
  struct Entry {
    Caller caller;
    std::optional<base::Time> end;
  };
  std::map<std::string, Entry> tokens_;
};

// system:serviceaccount:<ns>:<name> with its groups.
Caller service_account_caller(const std::string& ns, const std::string& name);

}  // namespace jibe::twin
