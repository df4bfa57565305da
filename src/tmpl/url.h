// URLs as Go's net/url takes them apart and puts them together.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace jibe::tmpl {

struct UserInfo {
  std::string name;
  std::optional<std::string> password;
  std::string text() const;
};

struct Url {
  std::string scheme;
  std::string opaque;
  std::optional<UserInfo> user;
  std::string host;
  std::string path;
  std::string query;
  std::string fragment;

  // Throws base::InvalidInput with Go's words, as `parse "…": …`.
  static Url parse(std::string_view text);
  std::string host_name() const;
  std::string text() const;
};

}  // namespace jibe::tmpl
