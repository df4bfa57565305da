// Where a chart comes from: everything that `helm template RELEASE CHART` takes as CHART
// (action.LocateChart and pkg/downloader of helm 4.2.3). Provenance is not looked at.
//
//   ./dir, file.tgz          a path that exists
//   NAME with repository     the chart of that name in an HTTP repository
//   http(s)://…/file.tgz     one archive
//   oci://HOST/PATH[:TAG][@sha256:…]
//   REPO/NAME                a repository of helm's repositories.yaml
#pragma once
#include <string>
#include <vector>

#include "helm/chart.h"
#include "helm/oci.h"
#include "http/fetch.h"
#include "rt/runtime.h"

namespace jibe::helm {

struct SourceOptions {
  std::string version;     // a version or a range
  std::string repository;  // an HTTP repository's URL (--repo)
  std::string username;
  std::string password;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  bool insecure = false;          // any certificate will do
  bool plain_http = false;        // of OCI registries
  bool pass_credentials = false;  // to every host
};

// Helm's and Docker's own files. None has to exist.
struct SourceFiles {
  std::string repositories;             // repositories.yaml
  std::string repository_cache;         // folder with NAME-index.yaml
  std::vector<std::string> registries;  // config.json of helm and of docker
  // Image pull secrets: the text of .dockerconfigjson; they come before the files.
  std::vector<std::string> pull_secrets;
};

// What reaches the network and other programs.
struct SourceWorld {
  rt::Runtime& runtime;
  // Makes the clients for given TLS options; network_clients where it is empty.
  std::function<http::ClientFactory(const net::TlsClientOptions&)> clients;
  rt::CommandRunner* commands = nullptr;
};

struct ChartBytes {
  std::string path;             // a local chart; then there are no bytes
  std::string bytes;            // the .tgz
  std::string from;             // the URL or reference it came from
  std::string digest;           // of the bytes, "sha256:…"
  std::string manifest_digest;  // of an OCI manifest
  std::vector<std::string> warnings;
};

// Brings a chart, verified against the digest where one is known. Throws base::Error.
Task<ChartBytes> bring_chart(const SourceWorld& world, std::string reference, SourceOptions options,
                             SourceFiles files);
// Throws ChartError.
ChartPtr load_chart(const ChartBytes& chart);

}  // namespace jibe::helm
