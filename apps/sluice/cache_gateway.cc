// Through a running gateway.
#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/percent.h"
#include "client/failures.h"
#include "client/http_endpoint.h"
#include "sluice/cache_access.h"

namespace sluice {
namespace {

constexpr Milliseconds patience{30'000};  // a large Redis takes its time to be cleared

// A text of {"error": {"message": …, "type": …}}; empty when it is not there.
std::string error_text(std::string_view body, std::string_view name) {
  JsonFields fields, error;
  if (scan_json_object(body, fields)) return "";
  const JsonField* outer = fields.find("error");
  if (outer == nullptr || scan_json_object(outer->value, error)) return "";
  const JsonField* text = error.find(name);
  return text == nullptr || text->type != JsonType::string ? "" : json_unescape(text->value);
}

// LiteLLM's answer to a wrong key, when there is no database to look it up in, is a 400.
bool refuses_key(const client::HttpAnswer& answer) {
  return answer.status == 401 || answer.status == 403 ||
         error_text(answer.body, "type") == "no_db_connection";
}

class GatewayCache final : public CacheAccess {
 public:
  GatewayCache(const std::string& url, const std::string& key)
      : gateway_({.base_url = url, .key = key}) {}

  Result<std::string> stats() override { return ask("GET", "/cache/stats"); }
  Result<std::string> entry(std::string_view key) override {
    return ask("GET", "/cache/entry?key=" + percent_encode(key));
  }
  Result<std::string> erase(const std::vector<std::string>& keys) override {
    std::string body = "{\"keys\":[";
    for (const std::string& key : keys) {
      if (body.back() != '[') body += ",";
      append_json_string(body, key);
    }
    return ask("POST", "/cache/delete", body + "]}");
  }
  Result<std::string> clear() override { return ask("POST", "/cache/flushall"); }

 private:
  Result<std::string> ask(std::string_view method, const std::string& path,
                          const std::string& body = "") {
    TRY(auto answer, gateway_.ask(method, path, body, io::Clock::now() + patience));
    if (answer.status == 200) return std::move(answer.body);
    return fail(refused(answer));
  }

  Error refused(const client::HttpAnswer& answer) const {
    Error error = connection_error(error_text(answer.body, "message"));
    if (refuses_key(answer)) {
      error.message = gateway_.place() + " refuses the key: give its master key with --key KEY";
    } else if (error.message.empty()) {
      error.message = gateway_.place() + " answered " + std::to_string(answer.status) +
                      ": is that the address of a Sluice?";
    } else if (answer.status == 404) {
      error.code = ErrorCode::not_found;
    }
    return error;
  }

  client::HttpEndpoint gateway_;
};

}  // namespace

Result<std::unique_ptr<CacheAccess>> open_gateway_cache(const std::string& url,
                                                        const std::string& key) {
  try {
    return std::make_unique<GatewayCache>(url, key);
  } catch (const Exception& failed) {
    return fail(client_error("--url: " + std::string(failed.what())));
  }
}

}  // namespace sluice
