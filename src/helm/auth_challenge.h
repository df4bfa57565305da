// How a registry asks for credentials: the WWW-Authenticate header (RFC 9110 §11.6.1) and the two
// schemes of the distribution specification. No I/O.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::helm {

struct AuthChallenge {
  enum class Scheme { kUnknown, kBasic, kBearer };
  Scheme scheme = Scheme::kUnknown;
  // Of Bearer: realm, service, scope. Names in lower case.
  std::map<std::string, std::string> parameters;
  const std::string& parameter(const std::string& name) const;
};
// The challenges of one header field in their order. What breaks the grammar ends the list.
std::vector<AuthChallenge> parse_challenges(std::string_view header);
// The one to answer: Bearer where there is one, else Basic.
AuthChallenge choose_challenge(const std::vector<AuthChallenge>& challenges);

// The token service's URL: the realm with service and scopes as its query. Every scope stands
// alone and once, those of `wanted` and those that the challenge names.
std::string token_url(const AuthChallenge& challenge, const std::string& wanted);

// The token in a token service's answer (access_token or token). Throws base::Error.
std::string token_of_answer(std::string_view json);

}  // namespace jibe::helm
