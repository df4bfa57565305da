#include <fmt/core.h>

#include "base/error.h"
#include "http/codec.h"

namespace jibe::http {

namespace {

void append_fields(std::string& out, const Headers& headers) {
  for (const auto& [name, value] : headers.fields()) {
    // A line break here would let whoever chose the value write headers, or a message, of his own.
    if (name.empty() ||
        name.find_first_of(std::string_view(" \t\r\n:\0", 6)) != std::string::npos ||
        value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      throw base::InvalidInput(
          fmt::format("the HTTP header \"{}\" contains a character that it may not", name));
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  out += "\r\n";
}

}  // namespace

std::string encode_head(const std::string& method, const std::string& target,
                        const Headers& headers) {
  for (char c : target)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f)
      throw base::InvalidInput(
          fmt::format("the HTTP target \"{}\" contains a space or a control character", target));
  if (method.empty() || method.find_first_of(" \r\n") != std::string::npos)
    throw base::InvalidInput(fmt::format("\"{}\" is not an HTTP method", method));
  std::string out;
  out.reserve(512);
  out += method;
  out += ' ';
  out += target;
  out += " HTTP/1.1\r\n";
  append_fields(out, headers);
  return out;
}

std::string encode_head(int status, const Headers& headers) {
  std::string out;
  out.reserve(512);
  out += fmt::format("HTTP/1.1 {} {}\r\n", status, reason_phrase(status));
  append_fields(out, headers);
  return out;
}

std::string encode_chunk(std::string_view piece) {
  std::string out = fmt::format("{:x}\r\n", piece.size());
  out.reserve(out.size() + piece.size() + 2);
  out += piece;
  out += "\r\n";
  return out;
}

}  // namespace jibe::http
