// Any bytes from a store as an entry, and any JSON as a part of a cache key. What is taken for an
// entry holds an answer that is JSON, and survives being written again; what Python would print of
// a value reads back as the same value.
#include <string>

#include "base/json_scan.h"
#include "base/text_buffer.h"
#include "cache/canonical_text.h"
#include "cache/entry.h"
#include "cache/python_literal.h"
#include "cache/python_repr.h"
#include "input.h"

namespace {

using namespace sluice;
using fuzz::check;
using provider::Endpoint;

void check_litellm(Endpoint endpoint, std::string_view bytes) {
  const auto answer = cache::decode_litellm(endpoint, bytes);
  if (!answer) return;
  JsonFields fields;
  check(!scan_json_object(answer->body, fields));
  const auto again = cache::decode_litellm(
      endpoint, cache::encode_litellm(endpoint, answer->body, answer->stored_at));
  check(again && again->body == answer->body && again->stored_at == answer->stored_at);
}

void check_entry(std::string_view bytes) {
  const auto entry = cache::decode_entry(bytes);
  if (!entry) return;
  const auto again = cache::encode_entry(*entry);
  const auto read = cache::decode_entry(again);
  check(read && read->body == entry->body && read->group == entry->group &&
        read->model_id == entry->model_id && read->usage.total_tokens == entry->usage.total_tokens);
}

std::string repr(std::string_view json) {
  std::string out;
  cache::append_python_value(out, json);
  return out;
}

std::string canonical(std::string_view json) {
  TextBuffer out;
  cache::append_canonical_text(out, json);
  return std::string(out.text());
}

void check_value(std::string_view json) {
  const std::string printed = repr(json);
  const auto read = cache::python_literal_to_json(printed);
  if (read)
    check(repr(*read) == printed);
  else
    check(printed.contains("inf"));  // from a number too large for a double
  const std::string text = canonical(json);
  check(!text.empty() && canonical(" " + std::string(json) + " ") == text);
}

void check_literal(std::string_view text) {
  const auto json = cache::python_literal_to_json(text);
  if (json) check(!scan_json(*json));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).text;
  check_litellm(Endpoint::chat, text);
  check_litellm(Endpoint::embeddings, text);
  check_entry(text);
  check_literal(text);
  if (!scan_json(text)) check_value(text);
  return 0;
}
