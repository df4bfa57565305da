// jibe charts pull: Istio's Helm charts into the user's chart store.
#include "cli/charts_pull.h"

#include <fmt/core.h>

#include <iostream>

#include "base/error.h"
#include "base/strings.h"
#include "cli/chart_source.h"
#include "cli/print.h"
#include "helm/archive.h"
#include "istio/pulled_release.h"
#include "pki/digest.h"
#include "rt/runtime.h"

namespace jibe::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* kIstioRepository = "https://istio-release.storage.googleapis.com/charts";

struct PullArguments {
  std::string version;
  std::string from;  // an OCI folder, or an archive's path or URL
  std::string directory;
  ChartSourceFlags source;
};

using Files = std::map<std::string, std::string>;

class Pull {
 public:
  Pull(const Environment& environment, const PullArguments& arguments)
      : environment_(environment), arguments_(arguments), runtime_(rt::make_real_runtime()) {}

  int run() {
    fs::path store =
        arguments_.directory.empty() ? own_charts(environment_) : fs::path(arguments_.directory);
    if (store.empty())
      throw base::InvalidInput(
          "there is no data directory: set HOME or XDG_DATA_HOME, or name a folder with --dir");
    if (auto exact = istio::parse_version(arguments_.version)) {
      istio::PulledRelease release(store, *exact);
      if (release.exists()) return verify(release);
    }
    if (!arguments_.from.empty() && !helm::is_oci(arguments_.from)) return unpack(store);
    // The first chart turns a range into a version, which the others must have.
    helm::ChartBytes first = bring("base", arguments_.version);
    std::string wanted = helm::load_chart_archive(first.bytes)->metadata.version;
    auto version = istio::parse_version(wanted);
    if (!version)
      throw base::InvalidInput(
          fmt::format("{} has the version {}, which is none of Istio's", first.from, wanted));
    istio::PulledRelease release(store, *version);
    return release.exists() ? verify(release) : pull(release, *version, first);
  }

 private:
  helm::ChartBytes bring(const std::string& name, const std::string& version) {
    ChartSourceFlags source = arguments_.source;
    source.options.version = version;
    if (arguments_.from.empty()) return bring_chart(environment_, name, source, *runtime_);
    source.options.repository.clear();
    std::string registry = arguments_.from;
    while (registry.ends_with('/')) registry.pop_back();
    return bring_chart(environment_, registry + "/" + name, source, *runtime_);
  }

  int pull(const istio::PulledRelease& release, const istio::Version& version,
           const helm::ChartBytes& first) {
    istio::ReleaseLock before = release.lock();
    istio::ReleaseLock lock{version, {}};
    std::map<std::string, Files> files;
    for (const auto& chart : istio::official_charts()) {
      bool is_first = std::string_view(chart.name) == "base";
      auto brought = is_first ? std::optional(first) : bring_other(chart, version.str());
      if (!brought) continue;
      files[chart.folder] = istio::by_name(helm::read_archive(brought->bytes));
      lock.charts.push_back({chart.name, chart.folder, brought->from, brought->digest,
                             istio::files_digest(files[chart.folder])});
      check(before, lock.charts.back(), release);
    }
    release.write(lock, files, scratch_name());
    report(release, lock);
    return 0;
  }

  // The archive that Istio publishes.
  int unpack(const fs::path& store) {
    ChartSourceFlags source = arguments_.source;
    source.options.repository.clear();
    helm::ChartBytes brought = bring_chart(environment_, arguments_.from, source, *runtime_);
    if (!brought.path.empty()) {
      brought.bytes = read_file(brought.path);
      brought.from = fs::absolute(brought.path).string();
      brought.digest = "sha256:" + pki::sha256_hex(brought.bytes);
    }
    Files files = istio::read_release_archive(brought.bytes);
    istio::Version version = istio::version_of_release(files);
    if (!arguments_.version.empty() && arguments_.version != version.str())
      throw base::InvalidInput(
          fmt::format("{} is Istio {}, not {}", brought.from, version.str(), arguments_.version));
    istio::PulledRelease release(store, version);
    if (release.exists()) return verify(release);
    istio::ReleaseLock lock{version, {}};
    lock.charts.push_back(
        {"manifests", ".", brought.from, brought.digest, istio::files_digest(files)});
    check(release.lock(), lock.charts.back(), release);
    release.write(lock, {{".", std::move(files)}}, scratch_name());
    report(release, lock);
    return 0;
  }

  std::string scratch_name() { return pki::random_token(runtime_->random(), 8); }

  std::optional<helm::ChartBytes> bring_other(const istio::OfficialChart& chart,
                                              const std::string& version) {
    try {
      return bring(chart.name, version);
    } catch (const helm::ChartNotFound& error) {
      if (chart.required) throw;
      std::cerr << fmt::format("note: Istio {} is pulled without {}: {}\n", version, chart.name,
                               error.what());
    }
    return std::nullopt;
  }

  static void check(const istio::ReleaseLock& before, const istio::PinnedChart& chart,
                    const istio::PulledRelease& release) {
    const auto* pinned = before.find(chart.name);
    if (pinned == nullptr || pinned->digest == chart.digest) return;
    throw base::InvalidInput(
        fmt::format("{} is no longer what it was: {} pins {}, but now it has the digest {}. Where "
                    "that is meant "
                    "to be, remove the lock file and pull again",
                    chart.from, release.lock_file().string(), pinned->digest, chart.digest));
  }

  int verify(const istio::PulledRelease& release) {
    istio::ReleaseLock lock = release.lock();
    if (lock.charts.empty())
      throw base::InvalidInput(fmt::format(
          "{} is there already, but was not pulled: {} is missing. Remove the folder to pull it",
          release.directory().string(), release.lock_file().string()));
    auto changed = release.changed_charts(lock);
    if (!changed.empty())
      throw base::InvalidInput(
          fmt::format("{} was changed since it was pulled (charts: {}). Remove the folder and pull "
                      "again to have it as it was",
                      release.directory().string(), base::join(changed, ", ")));
    std::cout << fmt::format("Istio {} in {} is as it was pulled: {} charts verified\n",
                             lock.version.str(), release.directory().string(), lock.charts.size());
    return 0;
  }

  static void report(const istio::PulledRelease& release, const istio::ReleaseLock& lock) {
    std::vector<std::vector<std::string>> rows = {{"CHART", "DIGEST", "FROM"}};
    for (const auto& chart : lock.charts)
      rows.push_back({chart.name, chart.digest.substr(0, 19), chart.from});
    std::cout << fmt::format("Istio {} is in {}\n", lock.version.str(),
                             release.directory().string())
              << table(rows);
  }

  const Environment& environment_;
  const PullArguments& arguments_;
  std::unique_ptr<rt::Runtime> runtime_;
};

}  // namespace

void add_charts_pull(Program& program, CLI::App& charts) {
  auto* command = charts.add_subcommand("pull", "Istio's Helm charts into the data directory");
  auto a = std::make_shared<PullArguments>();
  a->source.options.repository = kIstioRepository;
  command->add_option("VERSION", a->version, "a version or a range; the newest where absent");
  auto* repo = command
                   ->add_option("--repo", a->source.options.repository,
                                "Helm repository with the charts base, istiod, gateway, cni "
                                "and ztunnel")
                   ->capture_default_str();
  command
      ->add_option("--from", a->from,
                   "instead: an OCI folder with these charts (oci://HOST/PATH), or the path or URL "
                   "of Istio's own archive, which has profiles and gateways, too")
      ->excludes(repo);
  command->add_option("--dir", a->directory, "a chart store other than the user's");
  add_server_flags(*command, a->source);
  command->callback([&program, a] {
    program.chosen = [&program, a] { return Pull(program.environment, *a).run(); };
  });
}

}  // namespace jibe::cli
