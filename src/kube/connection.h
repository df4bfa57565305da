// From the three entries of a kubeconfig that a context names to a Connection: files read, data
// decoded, contradictions refused (clientcmd/validation.go v0.36). Internal to kube.
#pragma once
#include <string>

#include "kube/kubeconfig.h"

namespace jibe::kube {

struct NamedPart {
  std::string name;
  const Kubeconfig::Part* part = nullptr;
};
// `user.part` may be null: a context without a user sends no credentials.
Connection resolve_connection(const NamedPart& cluster, const NamedPart& user, std::string origin);

// The whole file. Throws base::InvalidInput("cannot read <what> <path>: …").
std::string read_file(const std::string& path, const std::string& what);

}  // namespace jibe::kube
