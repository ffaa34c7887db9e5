#pragma once
// The process's log: one line per event on standard error, as text or JSON. Thread-safe. Never give
// it a secret or a prompt.
//
//   log(LogLevel::warn, "configuration kept", {{"file", path}, {"reason", reason}});
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/text_buffer.h"

namespace sluice {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

// Both for the start of the process and for a reload; any thread.
void set_log_format(LogFormat format);
void set_log_level(LogLevel least);
// Whether lines of that level are written.
bool logs(LogLevel level);

using LogField = std::pair<std::string_view, std::string_view>;
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// Builds one line of the log, for who writes many at once (the access log).
class LogLine {
 public:
  LogLine(TextBuffer& out, LogLevel level, std::string_view message);
  LogLine& field(std::string_view name, std::string_view value);
  LogLine& field(std::string_view name, std::int64_t value);
  LogLine& field(std::string_view name, double value);
  LogLine& thousandths(std::string_view name, std::int64_t value);  // 1500 → 1.5
  void end();                                                       // the line is whole

 private:
  void name(std::string_view name);
  TextBuffer& out_;
  bool json_;
};

// Writes whole lines to standard error, in one system call if possible.
void write_log(std::string_view lines);

}  // namespace sluice
