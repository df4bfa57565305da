#include "kube/kubeconfig.h"

#include <fmt/core.h>

#include <filesystem>

#include "base/error.h"
#include "base/strings.h"
#include "data/yaml.h"
#include "kube/connection.h"

namespace jibe::kube {
namespace {

using base::InvalidInput;
using Parts = std::map<std::string, Kubeconfig::Part>;

// clusters: [{name, cluster: {…}}] and the like; the same name twice in one file is an error, as in
// clientcmd/api/v1/conversion.go.
Parts named_entries(const data::Value& document, const char* list, const char* key,
                    const std::string& file, const std::string& folder) {
  const data::Value& entries = document[list];
  if (!entries.is_null() && !entries.is_list()) {
    throw InvalidInput(fmt::format("{}: {} must be a list", file, list));
  }
  Parts out;
  for (const data::Value& entry : entries.items()) {
    const std::string& name = entry["name"].text();
    bool is_new = out.try_emplace(name, Kubeconfig::Part{entry[key], file, folder}).second;
    if (!is_new) throw InvalidInput(fmt::format("{}: {} has \"{}\" twice", file, list, name));
  }
  return out;
}

std::string names(const Parts& parts) {
  std::vector<std::string> out;
  for (const auto& [name, part] : parts) out.push_back(name);
  return out.empty() ? "none" : base::join(out, ", ");
}

}  // namespace

Kubeconfig Kubeconfig::parse(std::string_view text, const std::string& file) {
  data::Value document = data::parse_yaml(text, file);
  if (!document.is_null() && !document.is_map()) {
    throw InvalidInput(file + " is no kubeconfig: it is not a map");
  }
  const std::string& kind = document["kind"].text();
  if (!kind.empty() && kind != "Config") {
    throw InvalidInput(fmt::format("{} is no kubeconfig: its kind is {}", file, kind));
  }
  std::string folder = std::filesystem::path(file).parent_path().string();
  if (folder.empty()) folder = ".";
  Kubeconfig out;
  out.files_ = {file};
  out.current_ = document["current-context"].text();
  out.clusters_ = named_entries(document, "clusters", "cluster", file, folder);
  out.users_ = named_entries(document, "users", "user", file, folder);
  out.contexts_ = named_entries(document, "contexts", "context", file, folder);
  return out;
}

Kubeconfig Kubeconfig::load_file(const std::string& explicit_file) {
  return parse(read_file(explicit_file, "the kubeconfig"), explicit_file);
}

Kubeconfig Kubeconfig::load(const std::vector<std::string>& paths) {
  Kubeconfig out;
  for (const std::string& path : paths) {
    if (path.empty() || !std::filesystem::exists(path)) {
      if (!path.empty()) out.missing_.push_back(path);
      continue;
    }
    out.merge(load_file(path));
  }
  return out;
}

void Kubeconfig::merge(const Kubeconfig& later) {
  files_.insert(files_.end(), later.files_.begin(), later.files_.end());
  if (current_.empty()) current_ = later.current_;
  clusters_.insert(later.clusters_.begin(), later.clusters_.end());
  users_.insert(later.users_.begin(), later.users_.end());
  contexts_.insert(later.contexts_.begin(), later.contexts_.end());
}

std::string Kubeconfig::files() const {
  if (!files_.empty()) return base::join(files_, ", ");
  return missing_.empty() ? "the kubeconfig" : base::join(missing_, ", ") + " (no such file)";
}

std::vector<base::ContextName> Kubeconfig::contexts() const {
  std::vector<base::ContextName> out;
  for (const auto& [name, part] : contexts_) out.emplace_back(name);
  return out;
}

bool Kubeconfig::has_context(const base::ContextName& context) const {
  return contexts_.contains(context.str());
}

std::string Kubeconfig::cluster_of(const base::ContextName& context) const {
  auto it = contexts_.find(context.str());
  return it == contexts_.end() ? "" : it->second.body["cluster"].text();
}

std::string Kubeconfig::user_of(const base::ContextName& context) const {
  auto it = contexts_.find(context.str());
  return it == contexts_.end() ? "" : it->second.body["user"].text();
}

Connection Kubeconfig::connection(const base::ContextName& context) const {
  std::string name = context.empty() ? current_ : context.str();
  if (name.empty()) {
    throw InvalidInput(
        fmt::format("no context is chosen: {} has no current-context; name one with --context; "
                    "contexts there: {}",
                    files(), names(contexts_)));
  }
  auto found = contexts_.find(name);
  if (found == contexts_.end()) {
    throw InvalidInput(fmt::format("context \"{}\" does not exist in {}; contexts there: {}", name,
                                   files(), names(contexts_)));
  }
  const Part& part = found->second;
  NamedPart cluster{part.body["cluster"].text()};
  NamedPart user{part.body["user"].text()};
  auto cluster_found = clusters_.find(cluster.name);
  if (cluster_found == clusters_.end()) {
    throw InvalidInput(
        fmt::format("context \"{}\" in {} names the cluster \"{}\", which does not exist; "
                    "clusters there: {}",
                    name, part.file, cluster.name, names(clusters_)));
  }
  cluster.part = &cluster_found->second;
  auto user_found = users_.find(user.name);
  if (user_found != users_.end()) {
    user.part = &user_found->second;
  } else if (!user.name.empty()) {
    throw InvalidInput(fmt::format(
        "context \"{}\" in {} names the user \"{}\", which does not exist; users there: {}", name,
        part.file, user.name, names(users_)));
  }
  Connection out =
      resolve_connection(cluster, user, fmt::format("context {} of {}", name, part.file));
  const std::string& ns = part.body["namespace"].text();
  if (!ns.empty()) out.ns = ns;
  return out;
}

}  // namespace jibe::kube
