// The password hash bcrypt, as golang.org/x/crypto/bcrypt writes it ("$2a$10$…").
#pragma once
#include <string>
#include <string_view>

namespace jibe::tmpl {

// `salt` has 16 bytes; the work doubles with every step of `cost`. Passwords longer than 72 bytes
// throw base::InvalidInput, as in Go.
std::string bcrypt_hash(std::string_view password, std::string_view salt, int cost);

}  // namespace jibe::tmpl
