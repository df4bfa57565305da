// Identities that are all strings, and whose confusion would be an outage.
#pragma once
#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace jibe::base {

template <class Tag>
class Name {
 public:
  Name() = default;
  explicit Name(std::string text) : text_(std::move(text)) {}
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const Name&) const = default;

 private:
  std::string text_;
};

// The name under which a cluster is registered; appears in ILM specs, statuses and certificates.
using ClusterName = Name<struct ClusterNameTag>;
// A context of a kubeconfig file. Not a cluster name, even where both read the same.
using ContextName = Name<struct ContextNameTag>;
using Namespace = Name<struct NamespaceTag>;
// An Istio revision (`istio.io/rev`); empty means an installation without one.
using Revision = Name<struct RevisionTag>;

}  // namespace jibe::base

template <class Tag>
struct std::hash<jibe::base::Name<Tag>> {
  size_t operator()(const jibe::base::Name<Tag>& n) const { return hash<string>()(n.str()); }
};
