// From files to a Chart (pkg/chart/v2/loader of helm 4.2.3).
#include <algorithm>
#include <filesystem>
#include <map>

#include "base/files.h"
#include "base/strings.h"
#include "data/yaml.h"
#include "helm/archive.h"
#include "helm/chart.h"
#include "helm/chart_cache.h"
#include "helm/ignore.h"
#include "helm/render_cache.h"
#include "helm/values.h"
#include "tmpl/format.h"

namespace jibe::helm {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kMaxFile = 5 * 1024 * 1024;
constexpr int kMaxDirectoryDepth = 64;
constexpr int kMaxChartDepth = 32;

std::string read_file(const fs::path& path) {
  try {
    return base::read_file(path.string());
  } catch (const base::InvalidInput& error) {
    throw ChartError(fmt::format("error reading {}: {}", path.string(), error.what()));
  }
}

class DirectoryReader {
 public:
  explicit DirectoryReader(fs::path top) : top_(std::move(top)) {
    std::error_code error;
    if (fs::exists(top_ / ".helmignore", error)) {
      rules_ = IgnoreRules(read_file(top_ / ".helmignore"));
    }
  }

  std::vector<File> read() {
    walk(top_, "", 0);
    return std::move(files_);
  }

 private:
  // Symbolic links are followed, as Helm does; a chart directory is the user's own.
  void walk(const fs::path& path, const std::string& name, int depth) {
    fs::file_status status = fs::status(path);
    bool directory = fs::is_directory(status);
    if (!name.empty() && rules_.ignores(name, directory)) return;
    if (!directory) {
      add(path, name, status);
      return;
    }
    if (depth > kMaxDirectoryDepth) {
      throw ChartError(
          fmt::format("{} is nested too deeply: is there a link to a parent directory?", name));
    }
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    for (const std::string& child : names) {
      walk(path / child, name.empty() ? child : name + "/" + child, depth + 1);
    }
  }

  void add(const fs::path& path, const std::string& name, fs::file_status status) {
    if (!fs::exists(status)) {
      throw ChartError(
          fmt::format("error evaluating symlink {}: no such file or directory", path.string()));
    }
    if (!fs::is_regular_file(status)) {
      throw ChartError(fmt::format(
          "cannot load irregular file {} as it has file mode type bits set", path.string()));
    }
    if (fs::file_size(path) > kMaxFile) {
      throw ChartError(fmt::format("chart file {} is larger than the maximum file size {}",
                                   tmpl::quote(path.filename().string()), kMaxFile));
    }
    std::string data = read_file(path);
    if (data.starts_with("\xEF\xBB\xBF")) data.erase(0, 3);
    files_.push_back({name, std::move(data)});
  }

  fs::path top_;
  IgnoreRules rules_;
  std::vector<File> files_;
};

data::Value parse(const File& file) {
  try {
    return data::parse_yaml(file.data);
  } catch (const base::InvalidInput& error) {
    throw ChartError(fmt::format("cannot load {}: {}", file.name, error.what()));
  }
}

// Files become a chart in two steps, because Chart.yaml must be known before everything else.
class Assembler {
 public:
  explicit Assembler(int depth) : depth_(depth) {
    // An archive can contain itself.
    if (depth > kMaxChartDepth) throw ChartError("subcharts are nested too deeply");
  }

  std::shared_ptr<Chart> assemble(std::vector<File> files) {
    for (const File& file : files) {
      if (file.name == "Chart.yaml") read_chart_yaml(file);
    }
    for (File& file : files) place(std::move(file));
    if (!has_metadata_) throw ChartError("Chart.yaml file is missing");
    validate(chart_.metadata);
    for (auto& [name, children] : subcharts_) add_subchart(name, std::move(children));
    return std::make_shared<Chart>(std::move(chart_));
  }

 private:
  void read_chart_yaml(const File& file) {
    data::Value document = parse(file);
    if (depth_ == 0) check_api_version(document["apiVersion"].text());
    read(file.name, document);
    // Helm 2 had charts without an apiVersion.
    if (chart_.metadata.api_version.empty()) chart_.metadata.api_version = "v1";
  }

  // Helm asks first which loader a chart needs; there are charts of version 3, which are not
  // rendered.
  static void check_api_version(const std::string& version) {
    if (version == "v3") throw ChartError("invalid chart apiVersion");
    if (!version.empty() && version != "v1" && version != "v2")
      throw ChartError("unsupported chart version");
  }

  void read(const std::string& name, const data::Value& document) {
    try {
      read_metadata(document, chart_.metadata);
    } catch (const ChartError& error) {
      throw ChartError(fmt::format("cannot load {}: {}", name, error.what()));
    }
    has_metadata_ = true;
  }

  void place(File file) {
    const std::string& name = file.name;
    if (name == "Chart.yaml") return;
    if (name == "Chart.lock") {
      chart_.lock = parse(file);
    } else if (name == "values.yaml") {
      read_chart_values(file);
    } else if (name == "values.schema.json") {
      chart_.schema = std::move(file.data);
    } else if (name == "requirements.yaml" || name == "requirements.lock") {
      place_requirements(std::move(file));
    } else if (name.starts_with("templates/")) {
      chart_.templates.push_back(std::move(file));
    } else if (name.starts_with("charts/") && !name.ends_with(".prov")) {
      file.name.erase(0, 7);
      std::string child(base::cut(file.name, "/").before);
      subcharts_[child].push_back(std::move(file));
    } else {
      chart_.files.push_back(std::move(file));
    }
  }

  void read_chart_values(const File& file) {
    try {
      chart_.values = read_values(file.data);
    } catch (const ChartError& error) {
      throw ChartError(fmt::format("cannot load values.yaml: {}", error.what()));
    }
  }

  void place_requirements(File file) {
    bool lock = file.name == "requirements.lock";
    bool v1 = chart_.metadata.api_version == "v1";
    if (!v1) {
      chart_.warnings.emplace_back(
          lock ? "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We "
                 "recommend migrating to Chart.lock."
               : "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We "
                 "recommend migrating dependencies to Chart.yaml.");
    }
    if (lock) {
      chart_.lock = parse(file);
    } else {
      read(file.name, parse(file));
    }
    if (v1) chart_.files.push_back(std::move(file));
  }

  void add_subchart(const std::string& name, std::vector<File> files) {
    if (name.starts_with('_') || name.starts_with('.')) return;
    try {
      chart_.dependencies.push_back(load_subchart(name, std::move(files)));
    } catch (const ChartError& error) {
      throw ChartError(
          fmt::format("error unpacking subchart {} in {}: {}", name, chart_.name(), error.what()));
    }
    const Chart& child = *chart_.dependencies.back();
    chart_.warnings.insert(chart_.warnings.end(), child.warnings.begin(), child.warnings.end());
  }

  ChartPtr load_subchart(const std::string& name, std::vector<File> files) {
    if (name.ends_with(".tgz")) {
      if (files[0].name != name) {
        throw ChartError(fmt::format("expected {}, got {}", name, files[0].name));
      }
      return Assembler(depth_ + 1).assemble(read_archive(files[0].data));
    }
    std::vector<File> inner;
    for (File& file : files) {
      base::Cut cut = base::cut(file.name, "/");
      // Files that stand in charts/ itself belong to no chart.
      if (cut.found) inner.push_back({std::string(cut.after), std::move(file.data)});
    }
    return Assembler(depth_ + 1).assemble(std::move(inner));
  }

  const int depth_;
  Chart chart_;
  bool has_metadata_ = false;
  std::map<std::string, std::vector<File>> subcharts_;
};

}  // namespace

ChartPtr load_chart_files(std::vector<File> files) {
  auto chart = Assembler(0).assemble(std::move(files));
  chart->cache = std::make_shared<RenderCache>();
  return chart;
}

ChartPtr load_chart_archive(std::string_view bytes) {
  return load_chart_files(read_archive(bytes));
}

std::vector<File> read_chart_directory(const std::string& path) {
  try {
    return DirectoryReader(fs::absolute(path)).read();
  } catch (const fs::filesystem_error& error) {
    throw ChartError(
        fmt::format("chart directory {} cannot be read: {}", path, error.code().message()));
  }
}

ChartPtr load_chart_directory(const std::string& path) {
  return load_chart_files(read_chart_directory(path));
}

ChartPtr load_chart(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw ChartError(fmt::format("no chart at {}: no such file or directory", path));
  }
  if (fs::is_directory(status)) return load_chart_directory(path);
  std::string bytes = read_file(path);
  if (!looks_gzipped(bytes)) {
    bool yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    throw ChartError(fmt::format("file '{}' {}", path,
                                 yaml ? "seems to be a YAML file, but expected a gzipped archive"
                                      : "does not appear to be a gzipped archive"));
  }
  return load_chart_archive(bytes);
}

}  // namespace jibe::helm
