// Any bytes as replies of a Redis. However they are cut, they say the same; what is sent as a
// command is read as a list of its arguments.
#include <string>

#include "input.h"
#include "redis/resp.h"

namespace {

using namespace sluice;
using fuzz::check;
using redis::Reply;
using redis::RespDecoder;

void show(const Reply& reply, std::string& out) {
  out += static_cast<char>('a' + static_cast<int>(reply.type));
  out += std::to_string(reply.integer) + ' ' + std::to_string(reply.text.size()) + ':' + reply.text;
  out += std::to_string(reply.items.size()) + '[';
  for (const Reply& item : reply.items) show(item, out);
  out += ']';
}

// All replies in the text, fed in pieces of that size.
std::string decoded(std::string_view text, std::size_t piece) {
  RespDecoder decoder;
  std::string out;
  for (const std::string_view bytes : fuzz::split(text, piece)) {
    decoder.feed(bytes);
    for (;;) {
      Reply reply;
      const auto step = decoder.next(reply);
      if (step == RespDecoder::Step::need_more) break;
      if (step == RespDecoder::Step::malformed) {
        check(decoder.next(reply) == RespDecoder::Step::malformed);
        return out + "malformed";
      }
      out += decoder.was_push() ? '>' : ' ';
      show(reply, out);
    }
  }
  return out;
}

void check_command(std::string_view text) {
  const std::vector<std::string_view> args{"SET", text, "", text.substr(0, text.size() / 2)};
  std::string bytes;
  redis::append_command(bytes, args);
  RespDecoder decoder;
  decoder.feed(bytes);
  Reply reply;
  check(decoder.next(reply) == RespDecoder::Step::ready && reply.items.size() == args.size());
  for (std::size_t i = 0; i < args.size(); i++) check(reply.items[i].text == args[i]);
  check(decoder.next(reply) == RespDecoder::Step::need_more);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).text;
  const std::string whole = decoded(text, size + 1);
  for (const std::size_t piece : {1, 2, 7}) check(decoded(text, piece) == whole);
  check_command(text);
  return 0;
}
