#include "sluice/command_line.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json_scan.h"

namespace sluice {

namespace {

constexpr std::string_view help_text =
    R"(sluice serve - answer OpenAI requests from the providers of a LiteLLM configuration

usage: sluice [serve] --config FILE [--port N] [flags]
       sluice [serve] --model PROVIDER/MODEL [flags]

  -c, --config FILE          configuration to serve (or CONFIG_FILE_PATH)
      --host ADDRESS         where to listen (HOST; 0.0.0.0)
      --port N               (PORT; 4000)
      --num_workers N        event loops (NUM_WORKERS; one for each core)
      --ssl_certfile_path F  certificate chain, PEM (SSL_CERTFILE_PATH): serves https
      --ssl_keyfile_path F   its key, PEM (SSL_KEYFILE_PATH)
      --drain_timeout N      seconds that requests in flight may take after SIGTERM (30)
      --debug, --detailed_debug
                             log more (DEBUG, DETAILED_DEBUG)

  -m, --model NAME           serve this model without a file; every request gets it
      --alias NAME           the name that clients see for it
      --api_base URL         its server
      --api_version V        Azure's API version
      --headers JSON         extra headers, such as '{"x-team": "a"}'
      --temperature X, --max_tokens N, --request_timeout S, --drop_params

  -h, --help
  -v, --version

SIGHUP, or `sluice reload`, reads the configuration again; SIGTERM ends in good order.
)";

enum class Takes { value, nothing };
struct FlagRule {
  std::string_view name;
  Takes takes;
  Status (*apply)(ServeOptions&, std::string_view);  // null: known, without effect here
};

Error flag_error(std::string_view flag, std::string_view expected) {
  return client_error(std::string(flag) + " takes " + std::string(expected) + ".");
}

template <class Number>
Status take_number(std::string_view flag, std::string_view text, Number least, Number most,
                   Number& out) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    const auto bound = [](Number number) {
      std::string digits = std::to_string(number);
      return digits.substr(0, digits.find('.'));
    };
    return fail(flag_error(flag, "a number from " + bound(least) + " to " + bound(most)));
  }
  out = value;
  return Done{};
}

Status take_headers(std::string_view json, ServeOptions& options) {
  JsonFields fields;
  if (scan_json_object(json, fields))
    return fail(flag_error("--headers", "a JSON object of strings"));
  for (const JsonField& field : fields) {
    if (field.type != JsonType::string)
      return fail(flag_error("--headers", "a JSON object of strings"));
    options.model.headers.emplace_back(field.key, json_unescape(field.value));
  }
  return Done{};
}

constexpr auto flag_rules = std::to_array<FlagRule>({
    {"--config", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.config = v; return Done{}; }},
    {"--host", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.host = v; return Done{}; }},
    {"--port", Takes::value, [](ServeOptions& o, std::string_view v) { return take_number("--port", v, 0, 65535, o.port); }},
    {"--num_workers", Takes::value, [](ServeOptions& o, std::string_view v) { return take_number("--num_workers", v, 1, 256, o.workers); }},
    {"--drain_timeout", Takes::value, [](ServeOptions& o, std::string_view v) { return take_number("--drain_timeout", v, 0, 86400, o.drain_seconds); }},
    {"--ssl_certfile_path", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.certificate = v; return Done{}; }},
    {"--ssl_keyfile_path", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.key = v; return Done{}; }},
    {"--model", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.model.model = v; return Done{}; }},
    {"--alias", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.model.alias = v; return Done{}; }},
    {"--api_base", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.model.api_base = v; return Done{}; }},
    {"--api_version", Takes::value, [](ServeOptions& o, std::string_view v) -> Status { o.model.api_version = v; return Done{}; }},
    {"--headers", Takes::value, [](ServeOptions& o, std::string_view v) { return take_headers(v, o); }},
    {"--temperature", Takes::value, [](ServeOptions& o, std::string_view v) { return take_number("--temperature", v, 0.0, 10.0, o.model.temperature.emplace()); }},
    {"--max_tokens", Takes::value, [](ServeOptions& o, std::string_view v) { return take_number<std::int64_t>("--max_tokens", v, 1, 1'000'000'000, o.model.max_tokens.emplace()); }},
    {"--request_timeout", Takes::value, [](ServeOptions& o, std::string_view v) { return take_number("--request_timeout", v, 0.0, 1e9, o.model.request_timeout.emplace()); }},
    {"--drop_params", Takes::nothing, [](ServeOptions& o, std::string_view) -> Status { o.model.drop_params = true; return Done{}; }},
    {"--debug", Takes::nothing, [](ServeOptions& o, std::string_view) -> Status { o.debug = true; return Done{}; }},
    {"--detailed_debug", Takes::nothing, [](ServeOptions& o, std::string_view) -> Status { o.debug = true; return Done{}; }},
    {"--help", Takes::nothing, [](ServeOptions& o, std::string_view) -> Status { o.help = true; return Done{}; }},
    {"--version", Takes::nothing, [](ServeOptions& o, std::string_view) -> Status { o.version = true; return Done{}; }},
    {"--add_key", Takes::value, nullptr},
    {"--telemetry", Takes::value, nullptr},
    {"--log_config", Takes::value, nullptr},
    {"--max_budget", Takes::value, nullptr},
    {"--num_requests", Takes::value, nullptr},
    {"--keepalive_timeout", Takes::value, nullptr},
    {"--ciphers", Takes::value, nullptr},
    {"--save", Takes::nothing, nullptr},
    {"--use_queue", Takes::nothing, nullptr},
    {"--add_function_to_prompt", Takes::nothing, nullptr},
    {"--iam_token_db_auth", Takes::nothing, nullptr},
    {"--run_gunicorn", Takes::nothing, nullptr},
    {"--run_hypercorn", Takes::nothing, nullptr},
    {"--use_prisma_migrate", Takes::nothing, nullptr},
    {"--skip_server_startup", Takes::nothing, nullptr},
});

std::string_view long_name(std::string_view flag) {
  if (flag == "-c") return "--config";
  if (flag == "-m") return "--model";
  if (flag == "-h") return "--help";
  if (flag == "-v") return "--version";
  return flag;
}

const FlagRule* find_rule(std::string_view name) {
  const auto found = std::ranges::find(flag_rules, name, &FlagRule::name);
  return found == flag_rules.end() ? nullptr : &*found;
}

bool is_on(const std::optional<std::string>& value) {
  return value && (*value == "true" || *value == "True" || *value == "1");
}

Status read_environment(ServeOptions& options, const config::Environment& environment) {
  constexpr std::pair<const char*, std::string_view> variables[] = {
      {"HOST", "--host"},
      {"PORT", "--port"},
      {"NUM_WORKERS", "--num_workers"},
      {"SSL_KEYFILE_PATH", "--ssl_keyfile_path"},
      {"SSL_CERTFILE_PATH", "--ssl_certfile_path"}};
  for (const auto& [variable, flag] : variables) {
    const auto value = environment.get(variable);
    if (!value || value->empty()) continue;
    Status applied = find_rule(flag)->apply(options, *value);
    if (applied) continue;
    applied.error().message =
        std::string("environment variable ") + variable + ": " + applied.error().message;
    return applied;
  }
  options.debug = is_on(environment.get("DEBUG")) || is_on(environment.get("DETAILED_DEBUG"));
  return Done{};
}

}  // namespace

std::string_view serve_help() { return help_text; }

Result<ServeOptions> parse_serve_options(std::span<const std::string_view> args,
                                         const config::Environment& environment) {
  ServeOptions options;
  TRY([[maybe_unused]] const Done read, read_environment(options, environment));
  for (std::size_t i = 0; i < args.size(); i++) {
    const std::size_t equals =
        args[i].starts_with("--") ? args[i].find('=') : std::string_view::npos;
    const std::string_view name = long_name(args[i].substr(0, equals));
    const FlagRule* rule = find_rule(name);
    if (rule == nullptr)
      return fail(client_error("unknown flag `" + std::string(args[i]) +
                               "`; `sluice serve --help` lists them."));
    std::string_view value;
    if (equals != std::string_view::npos)
      value = args[i].substr(equals + 1);
    else if (rule->takes == Takes::value && ++i < args.size())
      value = args[i];
    else if (rule->takes == Takes::value)
      return fail(flag_error(name, "a value"));
    if (rule->apply == nullptr) {
      options.without_effect.emplace_back(name);
      continue;
    }
    TRY([[maybe_unused]] const Done applied, rule->apply(options, value));
  }
  options.config = config::config_path(options.config, environment);
  if (options.certificate.empty() != options.key.empty())
    return fail(
        client_error("--ssl_certfile_path and --ssl_keyfile_path go together: give both or none."));
  return options;
}

}  // namespace sluice
