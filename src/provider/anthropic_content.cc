// Content parts of OpenAI's -> content blocks of Anthropic's.
#include <algorithm>
#include <array>

#include "provider/anthropic.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

using Text = std::string_view;

// Blocks that a client may write in Anthropic's own form among OpenAI's parts.
constexpr std::array native_types{
    Text{"container_upload"},
    Text{"document"},
    Text{"image"},
    Text{"redacted_thinking"},
    Text{"search_result"},
    Text{"server_tool_use"},
    Text{"thinking"},
    Text{"tool_result"},
    Text{"tool_use"},
    Text{"web_search_tool_result"},
};

// What stands between the quotes of a JSON string, with only the escapes that are needed (some
// writers escape every '/'), so that pieces of it are valid JSON text again. An image of megabytes
// is thus neither unescaped nor escaped. `storage` holds the text when it had to change.
Text plain_escapes(const JsonValue& value, std::string& storage) {
  auto text = value.text;
  if (text.contains('\\')) {
    append_json_string(storage, json_unescape(text));
    text = storage;
  }
  return text.substr(1, text.size() - 2);
}

std::string quoted(Text escaped) { return concat({"\"", escaped, "\""}); }

// An image or a file: where its bytes are.
struct Source {
  Text media_type;  // "" for a URL without a format
  Text data;        // base64, or the URL
  bool is_url = false;
};

// `url` is the escaped text of "http(s)://…" or "data:MEDIA;base64,DATA".
std::optional<Source> parse_source(Text url, Text format) {
  if (url.starts_with("http://") || url.starts_with("https://")) return Source{format, url, true};
  constexpr Text scheme = "data:", encoding = ";base64,";
  const auto split = url.find(encoding);
  if (!url.starts_with(scheme) || split == Text::npos) return {};
  auto media_type = url.substr(scheme.size(), split - scheme.size());
  if (!format.empty()) media_type = format;
  if (media_type == "image/jpg") media_type = "image/jpeg";  // often written, never accepted
  return Source{media_type, url.substr(split + encoding.size())};
}

void append_source(std::string& out, const Source& source) {
  ObjectWriter object(out);
  object.text("type", source.is_url ? "url" : "base64");
  if (!source.is_url) object.raw("media_type", quoted(source.media_type));
  object.raw(source.is_url ? "url" : "data", quoted(source.data));
  object.close();
}

// A PDF may come as a file or as an "image".
Text block_type(const Source& source) {
  const bool is_pdf =
      source.media_type == "application/pdf" || (source.is_url && source.data.ends_with(".pdf"));
  return is_pdf ? "document" : "image";
}

// `cache_control` is Anthropic's own, and stays with the block that its part becomes.
void append_cache_control(ObjectWriter& block, const JsonObject& part) {
  const auto control = part.find("cache_control");
  if (control && control->is_object()) block.raw("cache_control", control->text);
}

struct Media {
  JsonValue url;
  std::optional<JsonValue> format;
  Text type;  // "" = by the media type
};

Result<std::string> media_block(const Media& media, const JsonObject& part, const Place& place) {
  std::string url_storage, format_storage;
  const auto url = plain_escapes(media.url, url_storage);
  const bool has_format = media.format && media.format->is_string();
  const auto format = has_format ? plain_escapes(*media.format, format_storage) : Text{};
  const auto source = parse_source(url, format);
  if (!source)
    return fail(place.error("must be an http or https URL, or data:MEDIA_TYPE;base64,DATA"));
  std::string out;
  ObjectWriter block(out);
  block.text("type", media.type.empty() ? block_type(*source) : media.type);
  append_source(block.key("source"), *source);
  append_cache_control(block, part);
  block.close();
  return out;
}

Result<std::string> image_block(const JsonObject& part, const Place& place) {
  const auto image = part.find("image_url");
  const auto here = place.at(".image_url");
  if (image && image->is_string()) return media_block({.url = *image}, part, here);
  const auto object = part.object("image_url");
  const auto url = object ? object->find("url") : std::nullopt;
  if (!url || !url->is_string()) return fail(here.at(".url").error("must be a string"));
  return media_block({.url = *url, .format = object->find("format")}, part, here.at(".url"));
}

Result<std::string> file_block(const JsonObject& part, const Place& place) {
  const auto file = part.object("file");
  const auto here = place.at(".file");
  if (!file) return fail(here.error("must be an object"));
  // file_id is accepted when it is a URL; an id of OpenAI's file store means nothing to Anthropic.
  for (const Text key : {"file_data", "file_id"}) {
    const auto url = file->find(key);
    if (url && url->is_string())
      return media_block({.url = *url, .format = file->find("format"), .type = "document"}, part,
                         here.at(concat({".", key})));
  }
  return fail(here.at(".file_data").error("must be a string"));
}

std::string rtrimmed(const JsonValue& text) {
  auto plain = json_unescape(text.text);
  plain.erase(plain.find_last_not_of(" \t\r\n\v\f") + 1);
  std::string out;
  append_json_string(out, plain);
  return out;
}

// Empty when the rule leaves nothing of the text. `owner` holds the cache_control.
std::string text_block(const JsonValue& text, const JsonObject& owner, TextRule rule) {
  const auto trimmed = rule == TextRule::trim_end ? rtrimmed(text) : std::string{};
  const Text json = rule == TextRule::trim_end ? Text{trimmed} : text.text;
  if (rule != TextRule::keep && json == R"("")") return {};
  std::string out;
  ObjectWriter block(out);
  block.raw("type", R"("text")");
  block.raw("text", json);
  append_cache_control(block, owner);
  block.close();
  return out;
}

Result<std::string> part_block(const JsonValue& part, const Place& place, TextRule rule) {
  const auto object = JsonObject::parse(part.text);
  if (!object) return fail(place.error("must be an object"));
  const auto type = object->string("type").value_or("");
  if (type == "image_url") return image_block(*object, place);
  if (type == "file") return file_block(*object, place);
  if (std::ranges::find(native_types, type) != native_types.end()) return std::string(part.text);
  if (type != "text" && type != "refusal")
    return fail(place.at(".type").error(
        concat({"Anthropic takes text, image_url and file, not '", type, "'"})));
  const auto text = object->find(type);
  if (!text || !text->is_string())
    return fail(place.at(concat({".", type})).error("must be a string"));
  return text_block(*text, *object, rule);
}

}  // namespace

Place Place::at(std::string_view below) const { return {message, concat({path, below})}; }

Place Place::element(std::size_t index) const {
  return at(concat({"[", std::to_string(index), "]"}));
}

Error Place::error(std::string_view what) const {
  return field_error(concat({"messages[", std::to_string(message), "]", path}), what);
}

Result<std::vector<std::string>> content_blocks(const JsonObject& message, const Place& place,
                                                TextRule rule) {
  const auto here = place.at(".content");
  const auto content = message.find("content");
  if (content && content->is_string()) {
    auto block = text_block(*content, message, rule);
    return block.empty() ? std::vector<std::string>{} : std::vector{std::move(block)};
  }
  if (!content || !content->is_array())
    return fail(here.error("must be a string or a list of parts"));
  std::vector<std::string> blocks;
  std::size_t index = 0;
  for (const auto& part : json_array(content->text)) {
    TRY(auto block, part_block(part, here.element(index++), rule));
    if (!block.empty()) blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace sluice::provider::anthropic
