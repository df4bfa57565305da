// Protocol buffers' wire format.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace jibe::twin {

struct WireField {
  uint32_t number = 0;
  // Of varints and fixed-width values.
  uint64_t integer = 0;
  // Of everything that has a length.
  std::string_view bytes;
  enum class Type { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 } type = Type::kVarint;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}
  // nullopt at the end. Throws base::InvalidInput for what is cut off or of another wire type.
  std::optional<WireField> next();

 private:
  uint64_t varint();
  uint64_t fixed(size_t width);
  std::string_view take(uint64_t length);
  std::string_view rest_;
};

}  // namespace jibe::twin
