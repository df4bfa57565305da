#include "twin/server/protobuf_wire.h"

#include "base/error.h"

namespace jibe::twin {

namespace {

[[noreturn]] void broken() {
  throw base::InvalidInput("the protobuf body is cut off or damaged");
}

}  // namespace

std::string_view WireReader::take(uint64_t length) {
  if (length > rest_.size()) broken();
  std::string_view piece = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return piece;
}

uint64_t WireReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    auto byte = static_cast<unsigned char>(take(1)[0]);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  broken();
}

uint64_t WireReader::fixed(size_t width) {
  std::string_view bytes = take(width);
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) {
    value |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

std::optional<WireField> WireReader::next() {
  if (rest_.empty()) return std::nullopt;
  uint64_t tag = varint();
  WireField field;
  field.number = static_cast<uint32_t>(tag >> 3);
  field.type = static_cast<WireField::Type>(tag & 7);
  switch (field.type) {
    case WireField::Type::kVarint:
      field.integer = varint();
      return field;
    case WireField::Type::kFixed64:
      field.integer = fixed(8);
      return field;
    case WireField::Type::kFixed32:
      field.integer = fixed(4);
      return field;
    case WireField::Type::kBytes:
      field.bytes = take(varint());
      return field;
  }
  broken();
}

}  // namespace jibe::twin
