#include "istio/proto_types.h"

#include <cstdlib>

#include "base/strings.h"

extern "C" {
extern const char jibe_istio_types_begin[], jibe_istio_types_end[];
}

namespace jibe::istio {

namespace {

int number_of(std::string_view text) {
  return std::atoi(std::string(text).c_str());
}

// `JSON-name proto-name type first last`.
ProtoField read_field(const std::vector<std::string_view>& words) {
  ProtoField out{words[0],           words[1], ProtoShape::kOne, words[2], number_of(words[3]),
                 number_of(words[4])};
  if (out.type.starts_with("[]")) out.shape = ProtoShape::kList;
  if (out.type.starts_with("{}")) out.shape = ProtoShape::kMap;
  if (out.shape != ProtoShape::kOne) out.type.remove_prefix(2);
  return out;
}

ProtoTypes read_table(std::string_view table) {
  ProtoTypes out;
  ProtoMessage* message = nullptr;
  for (auto line : base::split(table, '\n')) {
    auto words = base::split(base::trim(line), ' ');
    if (line.starts_with(' '))
      message->push_back(read_field(words));
    else if (words[0] == "message")
      message = &out.messages[words[1]];
    else if (words[0] == "enum")
      out.enums[words[1]] = {words.begin() + 2, words.end()};
  }
  return out;
}

}  // namespace

const ProtoTypes& proto_types() {
  static const ProtoTypes kTypes = read_table({jibe_istio_types_begin, jibe_istio_types_end});
  return kTypes;
}

bool knows(const Version& version, const ProtoField& field) {
  return version.minor >= field.first && version.minor <= field.last;
}

}  // namespace jibe::istio
