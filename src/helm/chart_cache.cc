#include "helm/chart_cache.h"

#include <algorithm>

#include "pki/digest.h"

namespace jibe::helm {

std::string digest_of(const std::vector<File>& files) {
  std::vector<std::string> parts;
  parts.reserve(files.size());
  // Digests are of one length, and no name has a NUL: no two lists of files read alike.
  for (const File& file : files) parts.push_back(file.name + '\0' + pki::sha256(file.data));
  std::sort(parts.begin(), parts.end());
  std::string all;
  for (const std::string& part : parts) all += part;
  return pki::sha256(all);
}

ChartPtr ChartCache::find(const std::string& digest) {
  std::lock_guard lock(mutex_);
  auto found = std::find_if(kept_.begin(), kept_.end(),
                            [&](const Kept& kept) { return kept.digest == digest; });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->chart;
}

void ChartCache::keep(Kept kept) {
  std::lock_guard lock(mutex_);
  bytes_ += kept.bytes;
  kept_.push_front(std::move(kept));
  // Whoever renders a chart that goes holds it until then.
  while (bytes_ > most_bytes_ && kept_.size() > 1) {
    bytes_ -= kept_.back().bytes;
    kept_.pop_back();
  }
}

ChartPtr ChartCache::load(std::vector<File> files) {
  std::string digest = digest_of(files);
  if (ChartPtr known = find(digest)) return known;
  size_t bytes = 0;
  for (const File& file : files) bytes += file.data.size();
  ChartPtr chart = load_chart_files(std::move(files));
  keep({std::move(digest), bytes, chart});
  return chart;
}

ChartPtr ChartCache::load_directory(const std::string& path) {
  return load(read_chart_directory(path));
}

ChartCache& shared_charts() {
  static ChartCache cache;
  return cache;
}

}  // namespace jibe::helm
