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
  // Inline: the names are literals, which cost a few moves then.
  [[gnu::always_inline]] LogLine& field(std::string_view name, std::string_view text) {
    begin(name);
    value(text);
    return *this;
  }
  [[gnu::always_inline]] LogLine& field(std::string_view name, std::int64_t number) {
    begin(name);
    out_.append_number(number);
    return *this;
  }
  [[gnu::always_inline]] LogLine& field(std::string_view name, double number) {
    begin(name);
    out_.append_double(number);
    return *this;
  }
  // 1500 → 1.5
  [[gnu::always_inline]] LogLine& thousandths(std::string_view name, std::int64_t number) {
    begin(name);
    out_.append_thousandths(number);
    return *this;
  }
  void end();  // the line is whole

 private:
  [[gnu::always_inline]] void begin(std::string_view name) {
    if (json_)
      out_.append(",\"").append(name).append("\":");
    else
      out_.push(' ').append(name).push('=');
  }
  void value(std::string_view text);
  TextBuffer& out_;
  bool json_;
};

// Writes whole lines to standard error, in one system call if possible.
void write_log(std::string_view lines);

}  // namespace sluice
