// Any bytes as YAML and as JSON; what was understood is written and must be read back as the same.
#include "base/error.h"
#include "data/json.h"
#include "data/yaml.h"

using namespace jibe;

namespace {

template <auto kParse>
data::Value parsed(std::string_view text) {
  try {
    return kParse(text);
  } catch (const base::InvalidInput&) {
    return {};
  }
}

data::Value yaml(std::string_view text) {
  return data::parse_yaml(text);
}
data::Value json(std::string_view text) {
  return data::parse_json(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  std::string text(reinterpret_cast<const char*>(bytes), size);
  for (const data::Value& value : {parsed<yaml>(text), parsed<json>(text)}) {
    std::string written;
    try {
      written = data::to_json(value);
    } catch (const base::InvalidInput&) {
      continue;  // infinities and NaN
    }
    data::Value same = data::parse_json(written);
    JIBE_ASSERT(data::to_json(same) == written);
    JIBE_ASSERT(data::parse_yaml(data::to_yaml(value)) == same);
  }
  return 0;
}
