#include "istio/release.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>

#include "base/error.h"
#include "base/files.h"
#include "base/strings.h"
#include "helm/archive.h"
#include "helm/chart_cache.h"

namespace jibe::istio {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kVersionFile = "VERSION";
constexpr std::string_view kFolders[] = {"charts", "profiles", "helm-profiles"};

// Manifests that a release build generated from the charts; they are never rendered.
bool is_generated(const std::string& name) {
  return base::contains(name, "/files/gen-") || name.ends_with(".md");
}

struct ArchiveWriter {
  ArchiveWriter() : handle(archive_write_new()) {
    archive_write_set_format_ustar(handle);
    archive_write_add_filter_gzip(handle);
    // Without a time stamp the same files are the same bytes.
    archive_write_set_options(handle, "gzip:!timestamp,gzip:compression-level=9");
    archive_write_open(handle, &out, nullptr, append, nullptr);
  }
  ~ArchiveWriter() { archive_write_free(handle); }
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  static la_ssize_t append(struct archive*, void* out, const void* bytes, size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }

  void add(const std::string& name, const std::string& bytes) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, ("istio/" + name).c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(handle, entry);
    archive_write_data(handle, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }

  std::string finish() {
    archive_write_close(handle);
    return std::move(out);
  }

  std::string out;
  struct archive* handle;
};

}  // namespace

Release::Release(Version version, std::map<std::string, std::string> files)
    : version_(std::move(version)), files_(std::move(files)) {}

std::shared_ptr<const Release> Release::load_directory(const Version& version,
                                                       const fs::path& manifests) {
  std::map<std::string, std::string> files;
  for (auto folder : kFolders) {
    if (!fs::is_directory(manifests / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(manifests / folder)) {
      auto name = fs::relative(entry.path(), manifests).generic_string();
      if (entry.is_regular_file() && !is_generated(name))
        files[name] = base::read_file(entry.path());
    }
  }
  if (files.empty())
    throw base::InvalidInput(
        fmt::format("{} holds no charts of Istio {}", manifests.string(), version.str()));
  return std::shared_ptr<const Release>(new Release(version, std::move(files)));
}

std::shared_ptr<const Release> Release::from_bundle(std::string_view bytes) {
  std::map<std::string, std::string> files;
  for (auto& file : helm::read_archive(bytes)) files[file.name] = std::move(file.data);
  auto version = parse_version(base::trim(files[std::string(kVersionFile)]));
  if (!version) throw base::InvalidInput("the bundle of charts does not say its Istio version");
  files.erase(std::string(kVersionFile));
  return std::shared_ptr<const Release>(new Release(*version, std::move(files)));
}

const std::string& Release::bundle() const {
  if (!bundle_.empty()) return bundle_;
  ArchiveWriter writer;
  writer.add(std::string(kVersionFile), version_.str() + "\n");
  for (const auto& [name, bytes] : files_) writer.add(name, bytes);
  return bundle_ = writer.finish();
}

const std::string* Release::file(const std::string& name) const {
  auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

helm::ChartPtr Release::chart(const std::string& path) const {
  auto known = charts_.find(path);
  if (known != charts_.end()) return known->second;
  std::string prefix = "charts/" + path + "/";
  std::vector<helm::File> files;
  for (auto at = files_.lower_bound(prefix); at != files_.end() && at->first.starts_with(prefix);
       ++at)
    files.push_back({at->first.substr(prefix.size()), at->second});
  if (files.empty())
    throw helm::ChartError(fmt::format("Istio {} has no chart {}", version_.str(), path));
  return charts_[path] = helm::shared_charts().load(std::move(files));
}

}  // namespace jibe::istio
