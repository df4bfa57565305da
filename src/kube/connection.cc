#include "kube/connection.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/strings.h"

namespace jibe::kube {
namespace {

using base::InvalidInput;

std::string absolute(const std::string& path, const std::string& folder) {
  if (path.empty() || path.front() == '/' || folder.empty()) return path;
  return folder + "/" + path;
}

// An entry of a kubeconfig with the words for sentences about it.
class Entry {
 public:
  Entry(const char* what, const NamedPart& named) : what_(what), named_(named) {}

  const data::Value& field(std::string_view key) const { return named_.part->body[key]; }
  const std::string& folder() const { return named_.part->folder; }

  std::string text(std::string_view key) const {
    const data::Value& value = field(key);
    if (value.is_null() || value.is_string()) return value.text();
    throw InvalidInput(fmt::format("{}: {} must be a string", where(), key));
  }
  bool flag(std::string_view key) const {
    const data::Value& value = field(key);
    if (value.is_null() || value.is_bool()) return value.bool_or(false);
    throw InvalidInput(fmt::format("{}: {} must be true or false", where(), key));
  }
  // `key` names a file, `key`-data is its content in base64.
  std::string pem(const std::string& key) const {
    std::string path = text(key);
    std::string data = text(key + "-data");
    if (!path.empty() && !data.empty()) {
      throw InvalidInput(
          fmt::format("{}: {} and {}-data are both given; keep one", where(), key, key));
    }
    if (!path.empty()) {
      return read_file(absolute(path, folder()), fmt::format("the {} of {},", key, where()));
    }
    try {
      return base::base64_decode(data);
    } catch (const InvalidInput& error) {
      throw InvalidInput(fmt::format("{}: {}-data is not base64: {}", where(), key, error.what()));
    }
  }
  std::string where() const {
    return fmt::format("{} \"{}\" in {}", what_, named_.name, named_.part->file);
  }

 private:
  const char* what_;
  const NamedPart& named_;
};

std::vector<std::string> texts(const data::Value& list) {
  std::vector<std::string> out;
  for (const data::Value& item : list.items()) out.push_back(item.text());
  return out;
}

void read_cluster(const Entry& cluster, Connection& out) {
  out.server = cluster.text("server");
  if (out.server.empty()) throw InvalidInput(cluster.where() + " has no server");
  if (!cluster.text("proxy-url").empty()) {
    throw InvalidInput(cluster.where() +
                       " has a proxy-url; jibe does not speak through proxies, "
                       "give it a server that it can reach directly");
  }
  out.tls_server_name = cluster.text("tls-server-name");
  out.insecure = cluster.flag("insecure-skip-tls-verify");
  out.ca_pem = cluster.pem("certificate-authority");
  if (out.insecure && !out.ca_pem.empty()) {
    throw InvalidInput(cluster.where() +
                       " has insecure-skip-tls-verify and a certificate-authority; keep one");
  }
  if (!base::contains(out.server, "://")) {
    bool tls = out.insecure || !out.ca_pem.empty();
    out.server = (tls ? "https://" : "http://") + out.server;
  }
  for (const data::Value& extension : cluster.field("extensions").items()) {
    if (extension["name"].text() == "client.authentication.k8s.io/exec") {
      out.cluster_extension = extension["extension"];
    }
  }
}

void refuse_what_jibe_cannot(const Entry& user) {
  if (!user.field("auth-provider").is_null()) {
    throw InvalidInput(fmt::format(
        "{} uses the auth-provider \"{}\", which kubectl no longer has either; use an exec plugin",
        user.where(), user.field("auth-provider")["name"].text()));
  }
  if (!user.text("username").empty() || !user.text("password").empty()) {
    throw InvalidInput(user.where() +
                       " logs in with username and password, which Kubernetes removed in 1.19; "
                       "use a token, a client certificate or an exec plugin");
  }
}

ExecConfig read_exec(const Entry& user) {
  const data::Value& exec = user.field("exec");
  ExecConfig out;
  out.command = exec["command"].text();
  if (out.command.empty()) throw InvalidInput(user.where() + ": exec has no command");
  if (base::contains(out.command, "/")) out.command = absolute(out.command, user.folder());
  out.api_version = exec["apiVersion"].text();
  bool v1 = out.api_version == "client.authentication.k8s.io/v1";
  if (!v1 && out.api_version != "client.authentication.k8s.io/v1beta1") {
    throw InvalidInput(
        fmt::format("{}: exec has the apiVersion \"{}\"; known are client.authentication.k8s.io/v1 "
                    "and client.authentication.k8s.io/v1beta1",
                    user.where(), out.api_version));
  }
  out.args = texts(exec["args"]);
  for (const data::Value& variable : exec["env"].items()) {
    out.env.emplace_back(variable["name"].text(), variable["value"].text());
  }
  out.install_hint = exec["installHint"].text();
  out.interactive_mode = exec["interactiveMode"].text();
  if (out.interactive_mode.empty() && !v1) out.interactive_mode = "IfAvailable";
  if (out.interactive_mode != "Never" && out.interactive_mode != "IfAvailable" &&
      out.interactive_mode != "Always") {
    throw InvalidInput(fmt::format(
        "{}: exec has the interactiveMode \"{}\"; known are Never, IfAvailable and Always",
        user.where(), out.interactive_mode));
  }
  out.provide_cluster_info = exec["provideClusterInfo"].bool_or(false);
  return out;
}

void read_user(const Entry& user, Connection& out) {
  refuse_what_jibe_cannot(user);
  out.client_cert_pem = user.pem("client-certificate");
  out.client_key_pem = user.pem("client-key");
  if (out.client_cert_pem.empty() != out.client_key_pem.empty()) {
    throw InvalidInput(fmt::format("{} has a client-{} and no client-{}", user.where(),
                                   out.client_cert_pem.empty() ? "key" : "certificate",
                                   out.client_cert_pem.empty() ? "certificate" : "key"));
  }
  out.token = user.text("token");
  out.token_file = absolute(user.text("tokenFile"), user.folder());
  if (!user.field("exec").is_null()) {
    if (!out.token.empty() || !out.token_file.empty()) {
      throw InvalidInput(user.where() + " has a token and an exec plugin; keep one");
    }
    out.exec = read_exec(user);
  }
  out.impersonate_user = user.text("as");
  out.impersonate_uid = user.text("as-uid");
  out.impersonate_groups = texts(user.field("as-groups"));
}

}  // namespace

std::string read_file(const std::string& path, const std::string& what) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw InvalidInput(fmt::format("cannot read {} {}: {}", what, path, std::strerror(errno)));
  }
  if (std::filesystem::is_directory(path)) {
    throw InvalidInput(fmt::format("cannot read {} {}: it is a directory", what, path));
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Connection resolve_connection(const NamedPart& cluster, const NamedPart& user, std::string origin) {
  Connection out;
  out.origin = std::move(origin);
  read_cluster(Entry("the cluster", cluster), out);
  if (user.part != nullptr) read_user(Entry("the user", user), out);
  return out;
}

Connection in_cluster_connection(const std::string& folder, const std::string& host,
                                 const std::string& port) {
  if (host.empty() || port.empty()) {
    throw InvalidInput(
        "this process does not run in a pod (KUBERNETES_SERVICE_HOST and "
        "KUBERNETES_SERVICE_PORT are not set); name a kubeconfig file");
  }
  Connection out;
  out.origin = "the service account in " + folder;
  bool ipv6 = base::contains(host, ":");
  out.server = fmt::format("https://{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
  out.ca_pem = read_file(folder + "/ca.crt", "the cluster's certificate");
  out.token_file = folder + "/token";
  std::string token = read_file(out.token_file, "the service account's token");
  if (base::trim(token).empty()) throw InvalidInput(out.token_file + " is empty");
  std::ifstream in(folder + "/namespace");
  std::string ns;
  if (in >> ns) out.ns = ns;
  return out;
}

}  // namespace jibe::kube
