#include "helm/manifest.h"

#include <charconv>

#include "base/strings.h"
#include "data/json.h"
#include "data/yaml.h"
#include "helm/chart.h"
#include "helm/render_cache.h"
#include "tmpl/unicode.h"

namespace jibe::helm {
namespace {

// As Go prints the type.
constexpr const char* kMetadataField =
    "struct field SimpleHead.metadata of type struct { Name string \"json:\\\"name\\\"\"; "
    "Annotations "
    "map[string]string \"json:\\\"annotations\\\"\" }";

using data::Value;

constexpr std::string_view kEvents[] = {"pre-install",  "post-install",  "pre-delete",
                                        "post-delete",  "pre-upgrade",   "post-upgrade",
                                        "pre-rollback", "post-rollback", "test"};

bool blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    tmpl::Rune rune = tmpl::decode_rune(text);
    if (!tmpl::is_space(rune.value)) break;
    text.remove_prefix(rune.width);
  }
  return text;
}

// What Helm reads of a document before it knows anything else of it.
struct Head {
  std::string api_version;
  std::string kind;
  std::string name;
  std::map<std::string, std::string> annotations;
};

class HeadReader {
 public:
  HeadReader(const std::string& source, RenderCache* cache) : source_(source), cache_(cache) {}

  Value parse(const std::string& text) const {
    try {
      return cache_ != nullptr ? cache_->document(text) : data::parse_yaml(text);
    } catch (const base::InvalidInput& error) {
      refuse(error.what());
    }
  }

  Head read(const Value& document) const {
    Head head;
    if (document.is_null()) return head;
    if (!document.is_map()) mismatch(document, "value of type util.SimpleHead");
    head.api_version = string(document["apiVersion"], "SimpleHead.apiVersion");
    head.kind = string(document["kind"], "SimpleHead.kind");
    const Value& metadata = document["metadata"];
    if (metadata.is_null()) return head;
    if (!metadata.is_map()) mismatch(metadata, kMetadataField);
    head.name = string(metadata["name"], ".metadata.name");
    const Value& annotations = metadata["annotations"];
    if (!annotations.is_null() && !annotations.is_map()) {
      mismatch(annotations, "struct field .metadata.annotations of type map[string]string");
    }
    for (const data::Entry& entry : annotations.entries()) {
      head.annotations[entry.key] = string(entry.value, ".metadata.annotations");
    }
    return head;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw ChartError(fmt::format("YAML parse error on {}: {}", source_, why));
  }

  [[noreturn]] void mismatch(const Value& value, const std::string& target) const {
    std::string_view found = value.is_bool() ? "bool" : data::to_string(value.kind());
    refuse(fmt::format(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go {}",
        value.is_number() ? "number" : found, target));
  }

  std::string string(const Value& value, const std::string& path) const {
    switch (value.kind()) {
      case data::Kind::kBool:
        return value.as_bool() ? "true" : "false";
      case data::Kind::kInt:
        return std::to_string(value.as_int());
      case data::Kind::kDouble:
        return data::go_number(value.as_double());
      case data::Kind::kList:
      case data::Kind::kMap:
        mismatch(value, "struct field " + path + " of type string");
      default:
        return value.text();
    }
  }

  const std::string& source_;
  RenderCache* cache_;
};

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::string_view word : base::split(text, ',')) {
    words.push_back(tmpl::to_lower(tmpl::trim_space(word)));
  }
  return words;
}

int weight_of(const Head& head) {
  auto found = head.annotations.find("helm.sh/hook-weight");
  if (found == head.annotations.end()) return 0;
  std::string_view digits = found->second;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int weight = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  return error == std::errc() && end == digits.data() + digits.size() ? weight : 0;
}

std::vector<std::string> policies_of(const Head& head, const std::string& annotation) {
  auto found = head.annotations.find(annotation);
  return found == head.annotations.end() ? std::vector<std::string>() : words_of(found->second);
}

void add_hook(SortedManifests& out, Manifest manifest, const Head& head, const std::string& types) {
  Hook hook;
  for (std::string& word : words_of(types)) {
    if (word == "test-success") word = "test";  // Helm 2's name
    if (std::find(std::begin(kEvents), std::end(kEvents), word) == std::end(kEvents)) {
      out.warnings.push_back(fmt::format("skipping unknown hooks hookTypes={}", types));
      return;
    }
    hook.events.push_back(std::move(word));
  }
  hook.manifest = std::move(manifest);
  hook.weight = weight_of(head);
  hook.delete_policies = policies_of(head, "helm.sh/hook-delete-policy");
  hook.output_log_policies = policies_of(head, "helm.sh/hook-output-log-policy");
  out.hooks.push_back(std::move(hook));
}

// The place of a kind: known ones by their rank, then unknown ones by name.
std::pair<size_t, std::string_view> place(const std::string& kind) {
  const auto& order = install_order();
  auto found = std::find(order.begin(), order.end(), kind);
  if (found == order.end()) return {order.size(), kind};
  return {static_cast<size_t>(found - order.begin()), ""};
}

}  // namespace

bool Hook::is_test() const {
  return std::find(events.begin(), events.end(), "test") != events.end();
}

// Helm's separator is a regular expression: (?:^|\s*\n)---\s*
std::vector<std::string> split_documents(std::string_view text) {
  text = trim_left(text);
  std::vector<std::string> documents;
  auto add = [&documents](std::string_view piece) {
    piece = trim_left(piece);
    if (!piece.empty()) documents.emplace_back(piece);
  };
  size_t start = 0;
  for (size_t at = 0; (at = text.find("---", at)) != std::string_view::npos;) {
    // The line break must not have been eaten by the separator before.
    if (at != 0 && (at == start || text[at - 1] != '\n')) {
      ++at;
      continue;
    }
    size_t end = at;
    while (end > start && blank(text[end - 1])) --end;
    add(text.substr(start, end - start));
    start = at + 3;
    while (start < text.size() && blank(text[start])) ++start;
    at = start;
  }
  add(text.substr(start));
  return documents;
}

SortedManifests sort_manifests(const std::map<std::string, std::string>& files,
                               RenderCache* cache) {
  SortedManifests out;
  for (const auto& [source, content] : files) {
    std::string_view name = std::string_view(source).substr(source.rfind('/') + 1);
    if (name.starts_with('_') || tmpl::trim_space(content).empty()) continue;
    HeadReader reader(source, cache);
    for (std::string& text : split_documents(content)) {
      Value object = reader.parse(text);
      Head head = reader.read(object);
      Manifest manifest{source,    std::move(text), head.api_version,
                        head.kind, head.name,       std::move(object)};
      auto types = head.annotations.find("helm.sh/hook");
      if (types == head.annotations.end()) {
        out.manifests.push_back(std::move(manifest));
      } else {
        add_hook(out, std::move(manifest), head, types->second);
      }
    }
  }
  std::stable_sort(
      out.manifests.begin(), out.manifests.end(),
      [](const Manifest& a, const Manifest& b) { return place(a.kind) < place(b.kind); });
  std::stable_sort(out.hooks.begin(), out.hooks.end(), [](const Hook& a, const Hook& b) {
    return place(a.manifest.kind) < place(b.manifest.kind);
  });
  return out;
}

const std::vector<std::string_view>& install_order() {
  static const std::vector<std::string_view> kOrder = {
      "PriorityClass",
      "Namespace",
      "NetworkPolicy",
      "ResourceQuota",
      "LimitRange",
      "PodSecurityPolicy",
      "PodDisruptionBudget",
      "ServiceAccount",
      "Secret",
      "SecretList",
      "ConfigMap",
      "StorageClass",
      "PersistentVolume",
      "PersistentVolumeClaim",
      "CustomResourceDefinition",
      "ClusterRole",
      "ClusterRoleList",
      "ClusterRoleBinding",
      "ClusterRoleBindingList",
      "Role",
      "RoleList",
      "RoleBinding",
      "RoleBindingList",
      "Service",
      "DaemonSet",
      "Pod",
      "ReplicationController",
      "ReplicaSet",
      "Deployment",
      "HorizontalPodAutoscaler",
      "StatefulSet",
      "Job",
      "CronJob",
      "IngressClass",
      "Ingress",
      "APIService",
      "MutatingWebhookConfiguration",
      "ValidatingWebhookConfiguration",
  };
  return kOrder;
}

const std::vector<std::string_view>& uninstall_order() {
  static const std::vector<std::string_view> kOrder = {
      "ValidatingWebhookConfiguration",
      "MutatingWebhookConfiguration",
      "APIService",
      "Ingress",
      "IngressClass",
      "Service",
      "CronJob",
      "Job",
      "StatefulSet",
      "HorizontalPodAutoscaler",
      "Deployment",
      "ReplicaSet",
      "ReplicationController",
      "Pod",
      "DaemonSet",
      "RoleBindingList",
      "RoleBinding",
      "RoleList",
      "Role",
      "ClusterRoleBindingList",
      "ClusterRoleBinding",
      "ClusterRoleList",
      "ClusterRole",
      "CustomResourceDefinition",
      "PersistentVolumeClaim",
      "PersistentVolume",
      "StorageClass",
      "ConfigMap",
      "SecretList",
      "Secret",
      "ServiceAccount",
      "PodDisruptionBudget",
      "PodSecurityPolicy",
      "LimitRange",
      "ResourceQuota",
      "NetworkPolicy",
      "Namespace",
      "PriorityClass",
  };
  return kOrder;
}

}  // namespace jibe::helm
