// Every fixture in tests/golden/DIALECT: NAME.KIND.in.json must become NAME.KIND.out.json. With
// SLUICE_UPDATE_GOLDEN=1 the .out.json files are written instead of compared; review them as a
// diff.
//
//   request  the client's body -> the provider's body
//   reply    the provider's body -> the client's body
//   stream   {"include_usage": bool, "events": [the data of each event]} -> [the data of each
//   chunk]
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "provider/dialect.h"
#include "provider/json_value.h"
#include "provider/object_writer.h"

namespace sluice::provider {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, const Dialect*> dialects{{"anthropic", &anthropic_dialect}};

constexpr ReplyContext context{.created = 1700000000, .fallback_id = "chatcmpl-fallback"};

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// An error as it would be judged by the gateway.
std::string show(const Error& error) {
  std::string out;
  ObjectWriter object(out);
  object.number("status", error.status);
  object.text("message", error.message);
  if (error.type) object.text("type", *error.type);
  if (error.param) object.text("param", *error.param);
  object.close();
  return out;
}

std::string show(const Result<std::string>& result) {
  return result ? *result : show(result.error());
}

// Each event for itself; an error ends the stream.
std::string decode_stream(const Dialect& dialect, std::string_view input) {
  const auto fixture = JsonObject::parse(input);
  if (!fixture) return "the fixture is not a JSON object";
  auto stream_context = context;
  stream_context.include_usage = fixture->find("include_usage").has_value();
  const auto decoder = dialect.make_stream_decoder(stream_context);
  std::string chunks, list;
  for (const auto& event : fixture->array("events")) {
    const auto type = JsonObject::parse(event.text)->string("type").value_or("");
    const auto status = decoder->on_event(type, event.text, chunks);
    if (!status) chunks += "data: " + show(status.error()) + "\n\n";
    if (!status) break;
  }
  std::istringstream lines(chunks);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    EXPECT_TRUE(line.starts_with("data: ")) << line;
    const auto data = line.substr(6);
    list += (list.empty() ? "" : ",") + (data == "[DONE]" ? "\"[DONE]\"" : data);
  }
  return "[" + list + "]";
}

// JSON with one field or element a line, so that a change is a readable diff.
std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool in_string = false, escaped = false;
  const auto new_line = [&] { out += "\n" + std::string(2 * depth, ' '); };
  for (const char c : json) {
    if (!in_string && (c == ' ' || c == '\n')) continue;  // of a part passed on as it was
    const bool closes = !in_string && (c == '}' || c == ']');
    const bool is_empty = out.ends_with('{') || out.ends_with('[');
    if (closes) depth--;
    if (!in_string && is_empty != closes && (is_empty || closes)) new_line();
    out += c;
    if (c == '"' && !escaped) in_string = !in_string;
    escaped = in_string && c == '\\' && !escaped;
    if (in_string) continue;
    if (c == ':') out += ' ';
    if (c == '{' || c == '[') depth++;
    if (c == ',') new_line();
  }
  return out + "\n";
}

std::string convert(const Dialect& dialect, const std::string& kind, const std::string& input) {
  Usage usage;
  if (kind == "request") return show(dialect.encode_request(input));
  if (kind == "reply") return show(dialect.decode_reply(input, context, usage));
  return decode_stream(dialect, input);
}

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, IsAsStored) {
  const auto& input = GetParam();
  const auto name = input.stem().stem();  // NAME.KIND
  const auto output = input.parent_path() / (name.string() + ".out.json");
  const auto kind = name.extension().string().substr(1);
  const auto* dialect = dialects.at(input.parent_path().filename().string());
  const auto result = convert(*dialect, kind, read_file(input));
  const auto fault = scan_json(result);
  ASSERT_FALSE(fault) << fault->what << " at " << fault->offset << " of " << result;
  if (std::getenv("SLUICE_UPDATE_GOLDEN")) std::ofstream(output) << indented(result);
  EXPECT_EQ(indented(result), read_file(output)) << output;
}

std::vector<fs::path> fixtures() {
  std::vector<fs::path> found;
  for (const auto& [name, dialect] : dialects)
    for (const auto& entry : fs::directory_iterator(fs::path(SLUICE_GOLDEN_DIR) / name))
      if (entry.path().string().ends_with(".in.json")) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  auto name =
      info.param.parent_path().filename().string() + "_" + info.param.stem().stem().string();
  std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, Golden, testing::ValuesIn(fixtures()), test_name);

}  // namespace
}  // namespace sluice::provider
