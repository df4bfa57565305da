// URLs and query strings.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jibe::http {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // without brackets
  int port = 0;        // the scheme's default where the text names none
  std::string target;  // path and query, at least "/"
};
// Throws base::InvalidInput with a sentence that quotes the text.
Url parse_url(std::string_view text);

// "https://charts.example.com:8443": scheme, host and port, the last only where it is not the
// scheme's own. Two URLs of one origin are one party, which is what credentials are bound to.
std::string origin_of(const Url& url);

// What `reference` means in a document at `base` (RFC 3986 §5): an absolute URL, "//host/path",
// "/path", "path", "?query". A fragment is dropped. Throws base::InvalidInput where `base` is no
// URL; the result may still be one that parse_url refuses.
std::string resolve_url(std::string_view base, std::string_view reference);

std::string percent_decode(std::string_view text);
// Everything but unreserved characters is encoded; '/' too.
std::string percent_encode(std::string_view text);

// Decoded pairs in order.
class Query {
 public:
  Query() = default;
  explicit Query(std::string_view text);  // without '?'
  void add(std::string name, std::string value);
  // The first value or "".
  const std::string& get(std::string_view name) const;
  bool has(std::string_view name) const;
  // "a=b&c=d"; "" where there are no pairs.
  std::string str() const;
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace jibe::http
