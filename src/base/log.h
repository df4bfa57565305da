// Logging: a line is a level, a constant message, and key/value pairs that vary.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jibe::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

std::string_view to_string(LogLevel level);

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, int64_t v) : key(k), value(std::to_string(v)) {}
  std::string key;
  std::string value;
};

// Where lines go. Implementations stamp the time; secrets never reach a log line.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view message, std::vector<LogField> fields) = 0;

  void debug(std::string_view m, std::initializer_list<LogField> f = {});
  void info(std::string_view m, std::initializer_list<LogField> f = {});
  void warning(std::string_view m, std::initializer_list<LogField> f = {});
  void error(std::string_view m, std::initializer_list<LogField> f = {});
};

// `level=info msg="…" key=value`, values quoted where they need it (logfmt).
std::string format_line(LogLevel level, std::string_view message,
                        const std::vector<LogField>& fields);

}  // namespace jibe::base
