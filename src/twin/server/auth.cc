#include "twin/server/auth.h"

#include "base/strings.h"
#include "data/json.h"

namespace jibe::twin {

namespace {

std::string base64_url(std::string_view bytes) {
  std::string text = base::base64_encode(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

int64_t unix_seconds(base::Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

Caller service_account_caller(const std::string& ns, const std::string& name) {
  Caller caller;
  caller.user = "system:serviceaccount:" + ns + ":" + name;
  caller.groups = {"system:serviceaccounts", "system:serviceaccounts:" + ns,
                   "system:authenticated"};
  return caller;
}

void Authenticator::add(std::string token, Caller caller) {
  tokens_[std::move(token)] = Entry{std::move(caller), {}};
}

std::string Authenticator::issue(base::Random& random, const TokenRequest& request) {
  Caller caller = service_account_caller(request.ns, request.account);
  data::Value audiences = data::Value::list();
  for (const std::string& audience : request.audiences) audiences.push_back(audience);
  auto account = data::Value::map({{"name", request.account}, {"uid", request.account_uid}});
  auto claims = data::Value::map(
      {{"aud", audiences},
       {"iat", unix_seconds(request.now)},
       {"iss", "https://kubernetes.default.svc.cluster.local"},
       {"kubernetes.io",
        data::Value::map({{"namespace", request.ns}, {"serviceaccount", account}})},
       {"nbf", unix_seconds(request.now)},
       {"sub", caller.user}});
  std::optional<base::Time> end;
  if (request.lifetime) {
    end = request.now + *request.lifetime;
    claims.set("exp", unix_seconds(*end));
  }
  std::string signature;
  for (int i = 0; i < 32; ++i) signature += static_cast<char>(random.below(256));
  std::string token = base64_url(R"({"alg":"RS256","kid":"twin"})") + "." +
                      base64_url(data::to_json(claims)) + "." + base64_url(signature);
  tokens_[token] = Entry{std::move(caller), end};
  return token;
}

std::optional<Caller> Authenticator::find(const std::string& token, base::Time now) const {
  auto found = tokens_.find(token);
  if (found == tokens_.end()) return std::nullopt;
  if (found->second.end && *found->second.end <= now) return std::nullopt;
  return found->second.caller;
}

std::optional<Caller> Authenticator::identify(const http::Request& request, base::Time now) const {
  std::optional<Caller> caller;
  const std::string& header = request.headers.get("authorization");
  constexpr std::string_view kBearer = "bearer ";
  if (header.size() > kBearer.size() &&
      base::equal_ignoring_case(std::string_view(header).substr(0, kBearer.size()), kBearer)) {
    caller = find(std::string(base::trim(std::string_view(header).substr(kBearer.size()))), now);
  } else if (request.peer && !request.peer->common_name.empty()) {
    caller.emplace();
    caller->user = request.peer->common_name;
    caller->groups = request.peer->organizations;
    caller->groups.push_back("system:authenticated");
  }
  if (!caller) return std::nullopt;
  const std::string& agent = request.headers.get("user-agent");
  caller->user_agent = agent.empty() ? "unknown" : agent;
  return caller;
}

}  // namespace jibe::twin
