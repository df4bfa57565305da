#include "istio/pulled_release.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"
#include "base/files.h"
#include "data/json.h"
#include "data/yaml.h"
#include "helm/archive.h"
#include "pki/digest.h"

namespace jibe::istio {

namespace fs = std::filesystem;

namespace {

constexpr OfficialChart kCharts[] = {
    {"base", "charts/base", true},        {"istiod", "charts/istio-control/istio-discovery", true},
    {"gateway", "charts/gateway", false}, {"cni", "charts/istio-cni", false},
    {"ztunnel", "charts/ztunnel", false},
};

constexpr const char* kProfileHead =
    "# Written by `jibe charts pull`: Helm repositories hold no profiles. What is not said here "
    "is\n"
    "# the charts' own default.\n"
    "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n";

// Where Istio's profiles differ from the charts' defaults: above all, the operator leaves the
// default revision's validator to `istioctl tag`.
constexpr const char* kValues =
    "    defaultRevision: \"\"\n"
    "    global:\n"
    "      istioNamespace: istio-system\n"
    "      configValidation: true\n"
    "    gateways:\n"
    "      istio-ingressgateway: {}\n"
    "      istio-egressgateway: {}\n";
// istioctl installs an ingress gateway where a profile says nothing of it; Helm repositories hold
// no chart for that one.
constexpr const char* kGateways =
    "    ingressGateways:\n"
    "    - name: istio-ingressgateway\n"
    "      enabled: false\n"
    "    egressGateways:\n"
    "    - name: istio-egressgateway\n"
    "      enabled: false\n";
constexpr const char* kZtunnelValues = "    ztunnel:\n      resourceName: ztunnel\n";

std::string profile(std::string_view components, std::string_view values) {
  return fmt::format("{}  components:\n{}{}  values:\n{}{}", kProfileHead, components, kGateways,
                     kValues, values);
}

std::string component(std::string_view name, bool enabled) {
  return fmt::format("    {}:\n      enabled: {}\n", name, enabled);
}

std::map<std::string, std::string> profiles(bool ambient) {
  std::string both = component("base", true) + component("pilot", true);
  std::string values = ambient ? kZtunnelValues : "";
  std::map<std::string, std::string> out;
  out["default.yaml"] = profile(both, values);
  out["minimal.yaml"] = profile(both, values);
  out["empty.yaml"] = profile(component("base", false) + component("pilot", false), values);
  if (ambient)
    out["ambient.yaml"] = profile(both + component("cni", true) + component("ztunnel", true),
                                  values + "    profile: ambient\n");
  return out;
}

void write_file(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  if (!out) throw base::Error(fmt::format("cannot write {}", path.string()));
}

std::map<std::string, std::string> read_tree(const fs::path& folder) {
  std::map<std::string, std::string> out;
  if (!fs::is_directory(folder)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      out[fs::relative(entry.path(), folder).generic_string()] = base::read_file(entry.path());
  return out;
}

// Removes what is half written, unless it has been moved to its place.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) {}
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

std::span<const OfficialChart> official_charts() {
  return kCharts;
}

ReleaseLock ReleaseLock::parse(std::string_view text, const std::string& source) {
  data::Value document;
  try {
    document = data::parse_json(text);
  } catch (const base::InvalidInput& error) {
    throw base::InvalidInput(fmt::format("{} is no lock file of charts: {}", source, error.what()));
  }
  auto version = parse_version(document["version"].text());
  if (!version)
    throw base::InvalidInput(
        fmt::format("{} is no lock file of charts: it names no version", source));
  ReleaseLock out;
  out.version = *version;
  for (const data::Value& item : document["charts"].items())
    out.charts.push_back({item["name"].text(), item["folder"].text(), item["from"].text(),
                          item["digest"].text(), item["files"].text()});
  return out;
}

std::string ReleaseLock::text() const {
  data::Value list = data::Value::list();
  for (const PinnedChart& chart : charts)
    list.push_back(data::Value::map({{"name", chart.name},
                                     {"folder", chart.folder},
                                     {"from", chart.from},
                                     {"digest", chart.digest},
                                     {"files", chart.files}}));
  auto document = data::Value::map({{"version", version.str()}, {"charts", list}});
  return data::to_json(document, {2, false}) + "\n";
}

const PinnedChart* ReleaseLock::find(const std::string& name) const {
  auto found = std::find_if(charts.begin(), charts.end(),
                            [&](const PinnedChart& chart) { return chart.name == name; });
  return found == charts.end() ? nullptr : &*found;
}

std::string files_digest(const std::map<std::string, std::string>& files) {
  std::string lines;
  for (const auto& [name, bytes] : files) lines += pki::sha256_hex(bytes) + "  " + name + "\n";
  return "sha256:" + pki::sha256_hex(lines);
}

std::map<std::string, std::string> by_name(std::vector<helm::File> files) {
  std::map<std::string, std::string> out;
  for (helm::File& file : files) out[file.name] = std::move(file.data);
  return out;
}

std::map<std::string, std::string> read_release_archive(std::string_view bytes) {
  constexpr std::string_view kTop = "manifests/";
  // The programs in it are large, but are not unpacked.
  helm::ArchiveLimits limits;
  limits.whole = int64_t{512} << 20;
  auto wanted = [&](std::string_view name) {
    if (!name.starts_with(kTop)) return false;
    name.remove_prefix(kTop.size());
    return name.starts_with("charts/") || name.starts_with("profiles/") ||
           name.starts_with("helm-profiles/");
  };
  std::map<std::string, std::string> out;
  for (helm::File& file : helm::read_archive(bytes, limits, wanted))
    out[file.name.substr(kTop.size())] = std::move(file.data);
  return out;
}

Version version_of_release(const std::map<std::string, std::string>& files) {
  auto chart = files.find("charts/base/Chart.yaml");
  if (chart == files.end())
    throw base::InvalidInput("the archive is no release of Istio: it has no manifests/charts/base");
  auto text = data::parse_yaml(chart->second, "charts/base/Chart.yaml")["version"].text();
  auto version = parse_version(text);
  if (!version)
    throw base::InvalidInput(
        fmt::format("the chart base has the version \"{}\", which is none of Istio's", text));
  return *version;
}

PulledRelease::PulledRelease(fs::path store, const Version& version)
    : store_(std::move(store)),
      directory_(store_ / version.str()),
      lock_file_(store_ / (version.str() + ".lock.json")) {}

bool PulledRelease::exists() const {
  return fs::exists(directory_);
}

ReleaseLock PulledRelease::lock() const {
  if (!fs::exists(lock_file_)) return {};
  return ReleaseLock::parse(base::read_file(lock_file_), lock_file_.string());
}

std::vector<std::string> PulledRelease::changed_charts(const ReleaseLock& lock) const {
  std::vector<std::string> out;
  for (const PinnedChart& chart : lock.charts)
    if (files_digest(read_tree(directory_ / chart.folder)) != chart.files)
      out.push_back(chart.name);
  return out;
}

void PulledRelease::write(
    const ReleaseLock& lock,
    const std::map<std::string, std::map<std::string, std::string>>& files_by_folder,
    const std::string& scratch) const {
  try {
    // Before 1.24 the charts know no profiles of their own.
    bool has_ambient =
        files_by_folder.contains("charts/ztunnel") && !(lock.version < Version{1, 24, 0, ""});
    Scratch fresh(store_ / (".pull-" + scratch));
    for (const auto& [folder, files] : files_by_folder)
      for (const auto& [name, bytes] : files) write_file(fresh.path() / folder / name, bytes);
    if (!fs::exists(fresh.path() / "profiles"))
      for (const auto& [name, text] : profiles(has_ambient))
        write_file(fresh.path() / "profiles" / name, text);
    fs::path lock_text = store_ / (".lock-" + scratch);
    write_file(lock_text, lock.text());
    fs::rename(lock_text, lock_file_);
    fs::rename(fresh.path(), directory_);
  } catch (const fs::filesystem_error& error) {
    throw base::Error(
        fmt::format("cannot put the charts into {}: {}", store_.string(), error.code().message()));
  }
}

}  // namespace jibe::istio
