#include "cache/redis_report.h"

#include "base/json_scan.h"
#include "base/json_write.h"

namespace sluice::cache {

namespace {

// What stands before `mark`, taken from the front of `text` with it; all of it without a mark.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + mark.size());
  return taken;
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (!is_utf8(name) || !is_utf8(value)) return;
  if (out.back() != '{') out += ",";
  append_json_string(out, name);
  out += ":";
  if (!value.empty() && !scan_json(value) && json_number(value))
    out += value;
  else
    append_json_string(out, value);
}

}  // namespace

std::string info_json(std::string_view info) {
  std::string out = "{";
  while (!info.empty()) {
    std::string_view line = take_until(info, "\r\n");
    if (line.empty() || line.starts_with('#')) continue;
    const std::string_view name = take_until(line, ":");
    append_member(out, name, line);
  }
  return out + "}";
}

std::string clients_json(std::string_view list, std::size_t& count) {
  std::string out = "[";
  count = 0;
  while (!list.empty()) {
    std::string_view line = take_until(list, "\n");
    if (line.empty()) continue;
    std::string client = "{";
    while (!line.empty()) {
      std::string_view word = take_until(line, " ");
      const std::string_view name = take_until(word, "=");
      append_member(client, name, word);
    }
    out.append(count++ == 0 ? "" : ",").append(client).append("}");
  }
  return out + "]";
}

}  // namespace sluice::cache
