// Bytes from a client or a provider, as an HTTP head and as a chunked body. What is accepted means
// the same when it is cut anywhere, and when it is written again from what was read.
#include <algorithm>
#include <string>

#include "http/chunked.h"
#include "http/head.h"
#include "input.h"

namespace {

using namespace sluice::http;
using sluice::fuzz::check;
using sluice::fuzz::split;

using Parser = Parse (*)(std::string_view text, Head& head);

bool same(const Head& a, const Head& b) {
  const auto same_header = [](const Header& left, const Header& right) {
    return left.name == right.name && left.value == right.value;
  };
  return a.method == b.method && a.target == b.target && a.status == b.status &&
         a.minor == b.minor && a.length == b.length && a.has_length == b.has_length &&
         a.chunked == b.chunked && a.keep_alive == b.keep_alive &&
         a.expect_continue == b.expect_continue && a.expect_other == b.expect_other &&
         std::ranges::equal(a.headers, b.headers, same_header);
}

std::string written(const Head& head) {
  const std::string version = "HTTP/1." + std::to_string(head.minor);
  std::string text =
      head.status != 0 ? version + " " + std::to_string(head.status)
                       : std::string(head.method) + " " + std::string(head.target) + " " + version;
  text += "\r\n";
  for (const auto& [name, value] : head.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  return text + "\r\n";
}

void check_head(std::string_view text, Parser parse) {
  Head head, again;
  if (parse(text, head) != Parse::complete) return;
  check(head.size <= text.size() && text.substr(0, head.size).ends_with("\r\n\r\n"));
  check(!(head.chunked && head.has_length));
  check(parse(text.substr(0, head.size), again) == Parse::complete && same(head, again));
  const std::size_t step = 1 + head.size / 256;
  for (std::size_t size = 0; size < head.size; size += step)
    check(parse(text.substr(0, size), again) == Parse::incomplete);
  const std::string copy = written(head);
  if (copy.size() > max_head_bytes) return;
  check(parse(copy, again) == Parse::complete && again.size == copy.size() && same(head, again));
}

struct Decoded {
  std::string data;
  ChunkDecoder::Step end = ChunkDecoder::Step::need_more;
  std::size_t used = 0;  // bytes up to the body's end
  bool operator==(const Decoded&) const = default;
};

Decoded decode(const std::vector<std::string_view>& pieces) {
  ChunkDecoder decoder;
  Decoded decoded;
  for (std::string_view wire : pieces) {
    const std::size_t size = wire.size();
    std::string_view data;
    while ((decoded.end = decoder.next(wire, data)) == ChunkDecoder::Step::data)
      decoded.data += data;
    if (decoded.end == ChunkDecoder::Step::malformed) return decoded;
    decoded.used += size - wire.size();
    if (decoded.end == ChunkDecoder::Step::done) return decoded;
    check(wire.empty());
  }
  return decoded;
}

void check_chunks(std::string_view text, std::size_t piece) {
  Decoded whole = decode({text});
  Decoded parts = decode(split(text, piece));
  // Where the fault is found, bytes of the piece before it are used up or not.
  if (whole.end == ChunkDecoder::Step::malformed) whole.used = parts.used = 0;
  check(whole == parts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sluice::fuzz::Input input(data, size);
  check_head(input.text, parse_request_head);
  check_head(input.text, parse_response_head);
  for (const std::size_t piece : {1, 3, 16}) check_chunks(input.text, piece);
  return 0;
}
