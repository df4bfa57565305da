// Small string helpers that the standard library lacks.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace jibe::base {

// "a,b,,c" → {"a","b","","c"}; the empty text gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
// At the first separator; the second half is empty (and found false) where there is none.
struct Cut {
  std::string_view before;
  std::string_view after;
  bool found;
};
Cut cut(std::string_view text, std::string_view separator);
std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// ASCII only.
std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool contains(std::string_view text, std::string_view part);

std::string base64_encode(std::string_view bytes);
// Throws InvalidInput on characters outside the alphabet or wrong padding.
std::string base64_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);

// RFC 1123 label: lower-case alphanumerics and '-', at most 63 characters, as Kubernetes demands
// of namespaces and as a Service name suffix (k8s.io/apimachinery validation.IsDNS1123Label).
bool is_dns_label(std::string_view text);
// RFC 1123 subdomain: labels joined by dots, at most 253 characters.
bool is_dns_subdomain(std::string_view text);

}  // namespace jibe::base
