#include "helm/auth_challenge.h"

#include <algorithm>

#include "base/error.h"
#include "base/strings.h"
#include "data/json.h"
#include "http/url.h"

namespace jibe::helm {

namespace {

bool is_token_character(char c) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::vector<AuthChallenge> read() {
    std::vector<AuthChallenge> out;
    while (true) {
      skip(" \t,");
      std::string_view name = token();
      if (name.empty()) return out;
      skip(" \t");
      // A parameter of the challenge before, or the name of the next one.
      if (!out.empty() && starts_with('=')) {
        if (!read_value(name, out.back())) return out;
        continue;
      }
      AuthChallenge& challenge = out.emplace_back();
      if (base::equal_ignoring_case(name, "basic"))
        challenge.scheme = AuthChallenge::Scheme::kBasic;
      if (base::equal_ignoring_case(name, "bearer"))
        challenge.scheme = AuthChallenge::Scheme::kBearer;
    }
  }

 private:
  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }
  bool starts_with(char c) const { return !rest_.empty() && rest_.front() == c; }

  std::string_view token() {
    auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
    auto out = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
    rest_.remove_prefix(out.size());
    return out;
  }

  bool read_value(std::string_view name, AuthChallenge& challenge) {
    rest_.remove_prefix(1);
    skip(" \t");
    std::string value;
    if (starts_with('"')) {
      if (!quoted(value)) return false;
    } else {
      value = token();
      if (value.empty()) return false;
    }
    challenge.parameters.emplace(base::lower(name), value);
    return true;
  }

  bool quoted(std::string& out) {
    for (size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      out += rest_[i];
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

const std::string& AuthChallenge::parameter(const std::string& name) const {
  static const std::string kNone;
  auto found = parameters.find(name);
  return found == parameters.end() ? kNone : found->second;
}

std::vector<AuthChallenge> parse_challenges(std::string_view header) {
  return Reader(header).read();
}

AuthChallenge choose_challenge(const std::vector<AuthChallenge>& challenges) {
  for (auto scheme : {AuthChallenge::Scheme::kBearer, AuthChallenge::Scheme::kBasic})
    for (const AuthChallenge& challenge : challenges)
      if (challenge.scheme == scheme) return challenge;
  return {};
}

std::string token_url(const AuthChallenge& challenge, const std::string& wanted) {
  const std::string& realm = challenge.parameter("realm");
  base::Cut cut = base::cut(realm, "?");
  http::Query query(cut.after);
  const std::string& service = challenge.parameter("service");
  if (!service.empty()) query.add("service", service);
  std::vector<std::string> scopes = {wanted};
  for (std::string_view scope : base::split(challenge.parameter("scope"), ' ')) {
    bool known = std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
    if (!scope.empty() && !known) scopes.emplace_back(scope);
  }
  for (const std::string& scope : scopes)
    if (!scope.empty()) query.add("scope", scope);
  std::string text = query.str();
  return std::string(cut.before) + (text.empty() ? "" : "?" + text);
}

std::string token_of_answer(std::string_view json) {
  data::Value answer;
  try {
    answer = data::parse_json(json);
  } catch (const base::InvalidInput& error) {
    throw base::Error(std::string("its answer is no JSON: ") + error.what());
  }
  for (const char* name : {"access_token", "token"})
    if (!answer[name].text().empty()) return answer[name].text();
  throw base::Error("its answer holds no token");
}

}  // namespace jibe::helm
