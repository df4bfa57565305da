// kube::Client: the verbs of one cluster's API on dynamic objects (data::Value).
//
// Everything goes through an http::Handler: a TLS client, or a twin's handler in memory; the client
// cannot tell which. Semantics are client-go's (v0.36): errors come as kube::StatusError built from
// the Status body, warnings go to the log, `list` pages transparently.
//
// Retry policy (retry.h): what a server refuses with Retry-After (429, 5xx) is sent again for every
// verb; broken connections and 502/503/504 only for reads. Everything happens within `deadline`.
//
// Throws: kube::StatusError (the server's answer), base::DeadlineExceeded, base::Cancelled, and
// what the transport throws (base::Error) where no answer came.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "data/value.h"
#include "http/message.h"
#include "kube/object.h"
#include "kube/status.h"
#include "rt/runtime.h"

namespace jibe::kube {

class Discovery;

struct ClientOptions {
  std::string field_manager = "jibe";
  std::string user_agent = "jibe";
  // "cluster cluster-1": where this client leads, for error sentences and log lines.
  std::string where = "the cluster";
  // For one call, all retries and, for a list, one page.
  base::Duration deadline = std::chrono::seconds(30);
  int64_t page_size = 500;
};

enum class PatchType { kJson, kMerge, kStrategic };
enum class Propagation { kDefault, kBackground, kForeground, kOrphan };

struct ListOptions {
  std::string labels;  // label selector as text
  std::string fields;  // field selector as text
  // "" = most recent (quorum), "0" = any, as in metav1.ListOptions.
  std::string resource_version;
};

struct ObjectList {
  std::vector<data::Value> items;  // each with apiVersion and kind
  std::string resource_version;
};

struct WriteOptions {
  bool dry_run = false;
  // Server-side apply only: takes fields that other managers own.
  bool force = false;
  std::string field_manager;     // "" = the client's
  std::string field_validation;  // "Strict", "Warn", "Ignore"; "" = the server's default
};

struct DeleteOptions {
  std::string uid;               // precondition where not empty
  std::string resource_version;  // precondition where not empty
  Propagation propagation = Propagation::kDefault;
  std::optional<int64_t> grace_s;
  bool dry_run = false;
};

struct WatchOptions {
  ListOptions selection;
  std::string resource_version;
  base::Duration timeout{};  // timeoutSeconds; 0 = the server's choice
};

class Client {
 public:
  // The transport must outlive the client and everything made with it.
  Client(http::Handler& transport, rt::Runtime& runtime, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Task<data::Value> get(Gvr gvr, ObjectName name, std::string subresource = "");
  // nullopt where the object (or the whole resource) does not exist.
  Task<std::optional<data::Value>> try_get(Gvr gvr, ObjectName name);
  // ns "" lists all namespaces. Starts again from the first page where a continue token expired.
  Task<ObjectList> list(Gvr gvr, std::string ns = "", ListOptions options = {});

  // Namespace and name are the object's own. The answer is the object as stored.
  Task<data::Value> create(Gvr gvr, data::Value object, WriteOptions options = {});
  // With metadata.resourceVersion in the object: refused with a conflict where it is stale.
  Task<data::Value> update(Gvr gvr, data::Value object, WriteOptions options = {});
  Task<data::Value> update_status(Gvr gvr, data::Value object, WriteOptions options = {});
  Task<data::Value> patch(Gvr gvr, ObjectName name, PatchType type, data::Value patch,
                          WriteOptions options = {}, std::string subresource = "");
  // Server-side apply.
  Task<data::Value> apply(Gvr gvr, data::Value object, WriteOptions options = {});
  Task<data::Value> apply_status(Gvr gvr, data::Value object, WriteOptions options = {});
  // The object as it is afterwards, or a Status with status: Success where it is gone at once.
  Task<data::Value> remove(Gvr gvr, ObjectName name, DeleteOptions options = {});
  // False where there was nothing to delete.
  Task<bool> remove_if_exists(Gvr gvr, ObjectName name, DeleteOptions options = {});
  Task<void> remove_collection(Gvr gvr, std::string ns, ListOptions which,
                               DeleteOptions options = {});
  // POST to a subresource that is an action: pods/eviction, serviceaccounts/token.
  Task<data::Value> create_subresource(Gvr gvr, ObjectName name, std::string subresource,
                                       data::Value body, WriteOptions options = {});

  // The same with the kind's resource looked up in discovery (discovery.h: NoKindMatch).
  Task<data::Value> apply_object(data::Value object, WriteOptions options = {});

  // The answer to a watch, its body still streaming; see watch.h. Throws StatusError as usual.
  Task<http::Response> open_watch(Gvr gvr, std::string ns, WatchOptions options);

  // GET of any path ("/version", "/livez?verbose"), with the usual errors and retries.
  Task<std::string> get_raw(std::string target, std::string accept = "application/json");

  Discovery& discovery() { return *discovery_; }
  rt::Runtime& runtime() { return runtime_; }
  const ClientOptions& options() const { return options_; }

 private:
  http::Request make_request(std::string method, std::string target, std::string accept) const;
  Task<http::Response> exchange_once(http::Request request);
  Task<http::Response> open_stream(http::Request request);
  Task<std::string> exchange_until_answered(http::Request request);
  Task<std::string> exchange(http::Request request);
  Task<data::Value> exchange_json(http::Request request);
  Task<data::Value> send(std::string method, std::string target, data::Value body,
                         std::string type);
  Task<ObjectList> list_pages(Gvr gvr, std::string ns, ListOptions options, int64_t limit);
  Task<data::Value> apply_to(Gvr gvr, data::Value object, WriteOptions options,
                             std::string subresource);

  http::Handler& transport_;
  rt::Runtime& runtime_;
  ClientOptions options_;
  std::unique_ptr<Discovery> discovery_;
};

// "/api/v1/namespaces/ns/pods/name/sub", percent-encoded; ns and name may be empty.
std::string resource_path(const Gvr& gvr, std::string_view ns, std::string_view name = "",
                          std::string_view subresource = "");

}  // namespace jibe::kube
