#pragma once
// What happens to a provider's stream on its way to the client: translated where the dialect asks
// for it, the usage noted, the usage chunk taken out for a client that did not ask, whole events
// only, a proper end. No I/O: bytes in, bytes out.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "http/sse.h"
#include "model/usage.h"
#include "provider/dialect.h"

namespace sluice::gateway {

class EventFilter {
 public:
  // `decoder` null: the stream is in OpenAI's format already.
  EventFilter(const provider::Dialect& dialect, std::unique_ptr<provider::StreamDecoder> decoder,
              bool wants_usage);

  // Takes more of the body; appends what the client gets, always whole events. Error: the
  // provider's own error event, or bytes that are no event stream; what was appended before it is
  // good.
  Status feed(std::string_view data, std::string& out);
  // The body has ended in order. Appends what a proper end still lacks. Error: it ended too early.
  Status end(std::string& out);

  bool started() const { return started_; }  // a first event with data was passed on
  bool ended() const { return ended_; }      // the stream's own end mark was passed on
  // Since the last call, the bytes of feed() came out just as they went in.
  bool was_verbatim() { return std::exchange(verbatim_, true) && splitter_.rest().empty(); }
  bool at_event_boundary() const { return splitter_.rest().empty(); }
  const Usage& usage() const { return decoder_ ? decoder_->usage() : usage_; }

 private:
  Status pass(const http::SseEvent& event, std::string& out);
  Status pass_openai(const http::SseEvent& event, std::string& out);
  bool is_for_client(std::string_view data);
  std::optional<Error> error_in(const http::SseEvent& event) const;

  const provider::Dialect* dialect_;
  std::unique_ptr<provider::StreamDecoder> decoder_;
  bool wants_usage_;
  bool started_ = false, ended_ = false, verbatim_ = true, saw_finish_ = false;
  http::SseSplitter splitter_;
  Usage usage_;
};

}  // namespace sluice::gateway
