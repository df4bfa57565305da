#include "api/names.h"

#include <fmt/core.h>

#include "base/strings.h"

namespace jibe::api {
namespace {

constexpr size_t kLabelLimit = 63;

std::string shared_problem(std::string_view what, std::string_view name) {
  if (name.empty()) return fmt::format("the {} is missing", what);
  if (name.size() > kLabelLimit) {
    return fmt::format("the {} \"{}\" has {} characters; at most {} fit into a label", what, name,
                       name.size(), kLabelLimit);
  }
  return "";
}

std::string try_instead(std::string_view name) {
  std::string better = suggest_label(name);
  return better.empty() ? "" : fmt::format("; try \"{}\"", better);
}

}  // namespace

std::string suggest_label(std::string_view name) {
  std::string out;
  for (char c : base::lower(name)) {
    bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!fine) c = '-';
    if (c == '-' && (out.empty() || out.back() == '-')) continue;
    out += c;
  }
  if (out.size() > kLabelLimit) out.resize(kLabelLimit);
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string revision_problem(std::string_view revision) {
  std::string problem = shared_problem("revision", revision);
  if (!problem.empty()) return problem;
  if (base::is_dns_label(revision)) return "";
  if (base::contains(revision, ".")) {
    return fmt::format(
        "the revision \"{}\" has a dot, which cannot stand in the names of Services and "
        "namespaces that carry the revision (istiod-<revision>){}",
        revision, try_instead(revision));
  }
  return fmt::format(
      "the revision \"{}\" must consist of lower-case letters, digits and '-', and begin and end "
      "with a letter or digit{}",
      revision, try_instead(revision));
}

std::string cluster_name_problem(std::string_view name) {
  std::string problem = shared_problem("cluster name", name);
  if (!problem.empty()) return problem;
  if (base::is_dns_label(name)) return "";
  if (base::contains(name, "_")) {
    return fmt::format(
        "the cluster name \"{}\" has an underscore; the name goes into certificates as a DNS name, "
        "where underscores are not allowed{}",
        name, try_instead(name));
  }
  return fmt::format(
      "the cluster name \"{}\" must consist of lower-case letters, digits and '-', and begin and "
      "end with a letter or digit{}",
      name, try_instead(name));
}

std::string context_name_problem(std::string_view context) {
  if (context.empty()) return "the context name is missing";
  if (!base::contains(context, "_")) return "";
  return fmt::format(
      "the context name \"{0}\" has an underscore; it becomes a SAN in the certificate that "
      "connects the cluster, where underscores are not allowed; rename it: "
      "kubectl config rename-context \"{0}\" {1}",
      context, base::replace_all(context, "_", "-"));
}

std::string gateway_name_problem(std::string_view gateway, std::string_view revision) {
  std::string problem = shared_problem("gateway name", gateway);
  if (!problem.empty()) return problem;
  if (!base::is_dns_label(gateway)) {
    return fmt::format(
        "the gateway name \"{}\" must consist of lower-case letters, digits and '-', and begin and "
        "end with a letter or digit{}",
        gateway, try_instead(gateway));
  }
  size_t length = gateway.size() + 1 + revision.size();
  if (length > kLabelLimit) {
    return fmt::format(
        "the gateway's Deployment would be called \"{}-{}\", which has {} characters; at most {} "
        "are allowed",
        gateway, revision, length, kLabelLimit);
  }
  return "";
}

}  // namespace jibe::api
