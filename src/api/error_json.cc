#include "api/error_json.h"

#include <algorithm>

#include "base/json_scan.h"
#include "base/json_write.h"

namespace sluice::api {

// A message may quote what a client wrote in a path or a header, which can be any bytes.
static void append_text(std::string& out, std::string text) {
  if (!is_utf8(text))
    std::ranges::replace_if(text, [](char c) { return static_cast<signed char>(c) < 0; }, '?');
  append_json_string(out, text);
}

static void append_or_null(std::string& out, const std::optional<std::string>& text) {
  if (text)
    append_text(out, *text);
  else
    out += "null";
}

std::string error_json(const Error& error) {
  std::string out = "{\"error\":{\"message\":";
  append_text(out, error.message);
  out += ",\"type\":";
  append_or_null(out, error.type);
  out += ",\"param\":";
  append_or_null(out, error.param);
  return out + ",\"code\":\"" + std::to_string(error.status) + "\"}}";
}

std::string error_event(const Error& error) { return "data: " + error_json(error) + "\n\n"; }

}  // namespace sluice::api
