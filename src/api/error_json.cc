#include "api/error_json.h"

#include "base/json_write.h"

namespace sluice::api {

static void append_or_null(std::string& out, const std::optional<std::string>& text) {
  if (text)
    append_json_string(out, *text);
  else
    out += "null";
}

std::string error_json(const Error& error) {
  std::string out = "{\"error\":{\"message\":";
  append_json_string(out, error.message);
  out += ",\"type\":";
  append_or_null(out, error.type);
  out += ",\"param\":";
  append_or_null(out, error.param);
  return out + ",\"code\":\"" + std::to_string(error.status) + "\"}}";
}

std::string error_event(const Error& error) { return "data: " + error_json(error) + "\n\n"; }

}  // namespace sluice::api
