// Time zones: UTC, fixed offsets, and those of /usr/share/zoneinfo.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jibe::tmpl {

struct ZoneMoment {
  std::string abbreviation;
  int offset = 0;  // seconds east of UTC
};

class Zone {
 public:
  virtual ~Zone() = default;
  // What holds at this second since 1970.
  virtual ZoneMoment at(int64_t second) const = 0;
};
using ZonePtr = std::shared_ptr<const Zone>;

ZonePtr utc_zone();
ZonePtr fixed_zone(std::string abbreviation, int offset);
// "", "UTC" and "Local" are UTC; nullptr where the system does not know the name.
ZonePtr load_zone(const std::string& name);
// A TZif file (RFC 8536); nullptr where it is none.
ZonePtr parse_zone_file(std::string_view bytes);
// The rule behind a TZif file's data, as in the TZ variable: "CET-1CEST,M3.5.0,M10.5.0/3".
std::optional<ZoneMoment> apply_zone_rule(const std::string& rule, int64_t second);

}  // namespace jibe::tmpl
