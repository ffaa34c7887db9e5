#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>

#include "base/json_write.h"

namespace sluice {

namespace {

std::atomic<LogFormat> format = LogFormat::text;
std::atomic<LogLevel> least = LogLevel::info;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "";
}

// "2026-01-31T12:00:00.123Z"; the part up to the second is made once a second.
void append_time(TextBuffer& out) {
  using namespace std::chrono;
  thread_local std::time_t made = 0;
  thread_local char text[32];
  const auto now = system_clock::now().time_since_epoch();
  const std::time_t second = duration_cast<seconds>(now).count();
  if (second != made) {
    std::tm utc{};
    ::gmtime_r(&second, &utc);
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &utc);
    made = second;
  }
  const auto millis = duration_cast<milliseconds>(now).count() % 1000;
  out.append({text, sizeof "2026-01-31T12:00:00." - 1});
  out.push(static_cast<char>('0' + millis / 100)).push(static_cast<char>('0' + millis / 10 % 10));
  out.push(static_cast<char>('0' + millis % 10)).push('Z');
}

void append_quoted(TextBuffer& out, std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  out.append(quoted);
}

constexpr auto plain_chars = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 256; c++)
    table[c] = c > ' ' && c != '"' && c != '=' && c != '\\' && c != 127;
  return table;
}();

// Needs no quotes in a text line.
bool is_plain(std::string_view text) {
  bool plain = !text.empty();
  for (const char c : text) plain &= plain_chars[static_cast<unsigned char>(c)];
  return plain;
}

}  // namespace

void set_log_format(LogFormat wanted) { format = wanted; }
void set_log_level(LogLevel wanted) { least = wanted; }
bool logs(LogLevel level) { return level >= least.load(std::memory_order_relaxed); }

LogLine::LogLine(TextBuffer& out, LogLevel level, std::string_view message)
    : out_(out), json_(format.load(std::memory_order_relaxed) == LogFormat::json) {
  if (json_) {
    out_.append("{\"timestamp\":\"");
    append_time(out_);
    out_.append("\",\"level\":\"").append(name_of(level)).append("\",\"message\":");
    append_quoted(out_, message);
  } else {
    append_time(out_);
    out_.push(' ').append(name_of(level)).push(' ');
    for (const char c : message) out_.push(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  }
}

void LogLine::value(std::string_view text) {
  if (json_ || !is_plain(text))
    append_quoted(out_, text);
  else
    out_.append(text);
}

void LogLine::end() { out_.append(json_ ? std::string_view("}\n") : std::string_view("\n")); }

void write_log(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody can be told
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!logs(level)) return;
  TextBuffer text;
  LogLine line(text, level, message);
  for (const auto& [name, value] : fields) line.field(name, value);
  line.end();
  write_log(text.text());
}

}  // namespace sluice
