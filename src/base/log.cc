#include "base/log.h"

#include <fmt/core.h>

namespace jibe::base {

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

void Log::debug(std::string_view m, std::initializer_list<LogField> f) {
  write(LogLevel::kDebug, m, f);
}
void Log::info(std::string_view m, std::initializer_list<LogField> f) {
  write(LogLevel::kInfo, m, f);
}
void Log::warning(std::string_view m, std::initializer_list<LogField> f) {
  write(LogLevel::kWarning, m, f);
}
void Log::error(std::string_view m, std::initializer_list<LogField> f) {
  write(LogLevel::kError, m, f);
}

namespace {

bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  for (char c : text)
    if (c <= ' ' || c == '"' || c == '=' || c == '\\') return true;
  return false;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

}  // namespace

std::string format_line(LogLevel level, std::string_view message,
                        const std::vector<LogField>& fields) {
  std::string out = fmt::format("level={} msg={}", to_string(level), quoted(message));
  for (const auto& field : fields)
    out += fmt::format(" {}={}", field.key,
                       needs_quotes(field.value) ? quoted(field.value) : field.value);
  return out;
}

}  // namespace jibe::base
