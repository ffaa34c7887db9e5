#pragma once
// Writes the response to one request: whole, or as a stream of pieces. Owns the framing: status
// line, Date, Content-Length or chunks, Connection. Every call is one system call when the socket
// takes the bytes at once.
//
//   HeaderBlock headers;
//   headers.add("content-type", "application/json");
//   co_await out.send(200, headers, body);
#include <string>
#include <string_view>

#include "base/text_buffer.h"
#include "http/head.h"
#include "io/stream.h"

namespace sluice::http {

// Header lines ready to be sent.
class HeaderBlock {
 public:
  // CR, LF and NUL are taken out of the value, so nobody can add a line.
  HeaderBlock& add(std::string_view name, std::string_view value);
  // For values that hold none of them: our own, and those that a head's parser let through. Inline:
  // most names are literals, which cost a few moves then.
  [[gnu::always_inline]] HeaderBlock& add_clean(std::string_view name, std::string_view value) {
    text_.append(name).append(": ").append(value).append("\r\n");
    return *this;
  }
  // Whole lines, or parts of one.
  TextBuffer& raw() { return text_; }
  std::string_view text() const { return text_.text(); }
  void clear() { text_.clear(); }

 private:
  TextBuffer text_;
};

class ResponseWriter {
 public:
  ResponseWriter(io::Stream& client, const Head& request, bool closing);

  // One whole response. HEAD requests get the head alone; 204 and 304 have no body.
  io::Stream::SendOp send(int status, const HeaderBlock& headers, std::string_view body);
  // The head of a streamed response, with its first data (may be empty).
  io::Stream::SendOp begin(int status, const HeaderBlock& headers, std::string_view data);
  // More data; must not be empty.
  io::Stream::SendOp write(std::string_view data);
  // Bytes that are whole chunks already. Only when chunked().
  io::Stream::SendOp write_chunks(std::string_view wire) { return client_.send({wire}); }
  // The last data (may be empty), and the end.
  io::Stream::SendOp finish(std::string_view data);

  // The next writes must be taken by then (io::Stream::set_deadline).
  void set_deadline(io::Time due) { client_.set_deadline(due); }

  static constexpr bool writes_chunks = true;
  bool chunked() const { return chunked_; }
  bool begun() const { return begun_; }        // something was handed to the client: the border
  bool finished() const { return finished_; }  // the response is whole
  bool keeps_connection() const { return finished_ && !closing_; }
  int status() const { return status_; }
  // The cross-origin headers of this response, added to every head (see set by the server's user).
  void set_common(std::string_view lines) { common_ = lines; }

 private:
  TextBuffer& start_head(int status, const HeaderBlock& headers);
  std::string_view end_head(TextBuffer& head) const;

  io::Stream& client_;
  bool head_only_, http10_, closing_;
  bool chunked_ = false, begun_ = false, finished_ = false;
  int status_ = 0;
  std::string common_;
  char size_line_[24];
};

std::string_view reason_phrase(int status);

}  // namespace sluice::http
