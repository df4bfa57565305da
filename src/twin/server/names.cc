// What a server makes up by itself: names and UIDs.
#include "data/json.h"
#include "kube/time.h"
#include "twin/server/server.h"

namespace jibe::twin {

std::string generate_name(base::Random& random, const std::string& base) {
  // apimachinery util/rand: no vowels and nothing that reads like another letter.
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  constexpr size_t kLongestBase = 63 - 5;
  std::string name = base.substr(0, kLongestBase);
  for (int i = 0; i < 5; ++i) name += kAlphabet[random.below(kAlphabet.size())];
  return name;
}

std::string generate_uid(base::Random& random) {
  uint64_t high = random.next();
  uint64_t low = random.next();
  high = (high & ~uint64_t{0xf000}) | 0x4000;
  low = (low & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffff'ffff'ffff);
}

std::string to_timestamp(base::Time time) {
  return kube::format_time(time);
}

std::string to_micro_timestamp(base::Time time) {
  return kube::format_micro_time(time);
}

base::Time parse_timestamp(const std::string& text) {
  if (std::optional<base::Time> time = kube::parse_time(text)) return *time;
  throw base::InvalidInput(data::go_quote(text) + " is no RFC 3339 time");
}

}  // namespace jibe::twin
