#include "tmpl/zone.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/strings.h"

namespace jibe::tmpl {

namespace {

class FixedZone : public Zone {
 public:
  explicit FixedZone(ZoneMoment moment) : moment_(std::move(moment)) {}
  ZoneMoment at(int64_t) const override { return moment_; }

 private:
  ZoneMoment moment_;
};

struct Change {
  int64_t second;
  size_t kind;
};

class FileZone : public Zone {
 public:
  std::vector<Change> changes;
  std::vector<ZoneMoment> kinds;
  std::vector<bool> summer;
  std::string rule;

  ZoneMoment at(int64_t second) const override {
    auto after = std::upper_bound(changes.begin(), changes.end(), second,
                                  [](int64_t s, const Change& c) { return s < c.second; });
    if (after == changes.end() && !rule.empty())
      if (auto moment = apply_zone_rule(rule, second)) return *moment;
    if (after == changes.begin()) return before_all();
    return kinds[(after - 1)->kind];
  }

 private:
  // Before the first change Go takes the first kind without summer time.
  ZoneMoment before_all() const {
    for (size_t i = 0; i < kinds.size(); ++i)
      if (!summer[i]) return kinds[i];
    return kinds.front();
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  std::string_view rest() const { return bytes_; }

  std::string_view take(size_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }

  int64_t integer(size_t size) {
    uint64_t value = 0;
    std::string_view bytes = take(size);
    for (unsigned char c : bytes) value = (value << 8) | c;
    if (size == 4) return static_cast<int32_t>(static_cast<uint32_t>(value));
    return static_cast<int64_t>(value);
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

struct Counts {
  char version = 0;
  size_t utc = 0;
  size_t standard = 0;
  size_t leaps = 0;
  size_t changes = 0;
  size_t kinds = 0;
  size_t characters = 0;
};

Counts read_counts(Reader& in) {
  Counts counts;
  if (in.take(4) != "TZif") {
    in.take(SIZE_MAX);
    return counts;
  }
  std::string_view header = in.take(16);
  counts.version = header.empty() ? '\0' : header[0];
  for (size_t* field : {&counts.utc, &counts.standard, &counts.leaps, &counts.changes,
                        &counts.kinds, &counts.characters})
    *field = static_cast<size_t>(static_cast<uint32_t>(in.integer(4)));
  return counts;
}

void skip_block(Reader& in, const Counts& c, size_t width) {
  in.take(c.changes * (width + 1) + c.kinds * 6 + c.characters + c.leaps * (width + 4) +
          c.standard + c.utc);
}

bool read_block(Reader& in, const Counts& c, size_t width, FileZone& zone) {
  if (c.changes * (width + 1) > in.rest().size() || c.kinds * 6 > in.rest().size()) return false;
  for (size_t i = 0; i < c.changes; ++i) zone.changes.push_back({in.integer(width), 0});
  std::string_view indices = in.take(c.changes);
  std::string_view kinds = in.take(c.kinds * 6);
  std::string_view names = in.take(c.characters);
  in.take(c.leaps * (width + 4) + c.standard + c.utc);
  if (!in.ok() || c.kinds == 0) return false;
  for (size_t i = 0; i < c.kinds; ++i) {
    Reader kind(kinds.substr(i * 6, 6));
    ZoneMoment moment;
    moment.offset = static_cast<int>(kind.integer(4));
    zone.summer.push_back(kind.integer(1) != 0);
    auto name = static_cast<size_t>(kind.integer(1));
    if (name >= names.size()) return false;
    moment.abbreviation = names.substr(name, names.find('\0', name) - name);
    zone.kinds.push_back(std::move(moment));
  }
  for (size_t i = 0; i < c.changes; ++i) {
    zone.changes[i].kind = static_cast<unsigned char>(indices[i]);
    if (zone.changes[i].kind >= zone.kinds.size()) return false;
  }
  return true;
}

}  // namespace

ZonePtr parse_zone_file(std::string_view bytes) {
  Reader in(bytes);
  Counts counts = read_counts(in);
  size_t width = 4;
  if (counts.version >= '2') {
    skip_block(in, counts, 4);
    counts = read_counts(in);
    width = 8;
  }
  auto zone = std::make_shared<FileZone>();
  if (!in.ok() || !read_block(in, counts, width, *zone)) return nullptr;
  std::string_view footer = in.rest();
  if (width == 8 && footer.size() >= 2 && footer.front() == '\n' && footer.back() == '\n')
    zone->rule = footer.substr(1, footer.size() - 2);
  return zone;
}

ZonePtr utc_zone() {
  static const ZonePtr zone = fixed_zone("UTC", 0);
  return zone;
}

ZonePtr fixed_zone(std::string abbreviation, int offset) {
  return std::make_shared<FixedZone>(ZoneMoment{std::move(abbreviation), offset});
}

ZonePtr load_zone(const std::string& name) {
  if (name.empty() || name == "UTC" || name == "Local") return utc_zone();
  if (base::contains(name, "..") || name[0] == '/' || name[0] == '\\') return nullptr;
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  if (!file) return nullptr;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return parse_zone_file(bytes.str());
}

}  // namespace jibe::tmpl
