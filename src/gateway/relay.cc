// From the open reply to the client. Past the border: nothing is tried again, faults are told.
#include "gateway/exchange.h"
#include "gateway/failure_text.h"
#include "gateway/flight.h"
#include "provider/catalog.h"

namespace sluice::gateway {

namespace {

// A client that takes nothing for this long is gone.
constexpr std::chrono::seconds client_patience{120};
// How long a provider may take to end a stream whose end mark was seen, for its connection to be
// kept.
constexpr std::chrono::milliseconds tail_patience{100};

// `Sink` is where the stream goes: a client's ResponseWriter, or the log of a flight.
template <class Sink>
class StreamRelay {
 public:
  StreamRelay(Exchange& x, Sink& out, ErrorEvent error_event)
      : x_(x), out_(out), error_event_(error_event) {}

  // Tells everything up to the end of the stream.
  io::Async<Done> tell(const http::HeaderBlock& headers) {
    http::UpstreamCall& call = *x_.reply.call;
    const Milliseconds gap = attempt_timeout(x_, *x_.reply.route->deployment);
    bool open = co_await begin(headers);
    while (open) {
      const auto block = co_await call.next_block(io::Clock::now() + gap);
      open = co_await pass_on(block);
    }
    x_.record.upstream_time += io::Clock::now() - *x_.record.first_byte;
    x_.reply.usage = x_.reply.filter->usage();
    co_return Done{};
  }

  // The client has everything; reads what the provider still sends, so that its connection is
  // reusable.
  io::Async<Done> close() {
    co_await read_tail();
    x_.reply.call->finish();
    if (x_.reply.filter->ended()) x_.permit.release();
    co_return Done{};
  }

 private:
  bool over() const { return x_.reply.filter->ended() || x_.reply.failed; }

  // The head, with the first events that opening has read.
  io::Async<bool> begin(const http::HeaderBlock& headers) {
    std::string& first = x_.reply.made;
    if (x_.reply.failed) first += error_text(*x_.reply.failed);
    out_.set_deadline(x_.gateway.loop.now() + client_patience);
    x_.record.first_byte = io::Clock::now();
    const io::IoError sent = co_await out_.begin(200, headers, first);
    if (sent != io::IoError::none) co_return false;
    if (!over()) co_return true;
    co_return co_await finish({});
  }

  io::Async<bool> pass_on(const Result<std::string_view>& block) {
    text_.clear();
    const bool aligned = x_.reply.call->at_chunk_boundary() && x_.reply.filter->at_event_boundary();
    const Status fed = block ? feed_block(x_, *block, text_) : Status(fail(block.error()));
    if (!fed) {
      x_.reply.failed = std::make_unique<Error>(fed.error());
      if (fed.error().code == ErrorCode::cancelled) co_return false;
      text_ += error_text(fed.error());
    }
    if (over()) co_return co_await finish(text_);
    // Usual case: the block is whole chunks of whole events, untouched. It goes out as it came in.
    [[maybe_unused]] const bool verbatim = x_.reply.filter->was_verbatim() && aligned &&
                                           out_.chunked() && x_.reply.call->at_chunk_boundary();
    if (text_.empty()) co_return true;
    out_.set_deadline(x_.gateway.loop.now() + client_patience);
    if constexpr (Sink::writes_chunks) {
      if (verbatim) {
        const io::IoError sent = co_await out_.write_chunks(*block);
        co_return sent == io::IoError::none;
      }
    }
    const io::IoError sent = co_await out_.write(text_);
    co_return sent == io::IoError::none;
  }

  io::Async<bool> finish(std::string_view last) {
    const io::IoError sent = co_await out_.finish(last);
    if (sent != io::IoError::none) x_.call.cancel->cancel();
    co_return false;
  }

  std::string error_text(Error error) {
    name_failure(error, x_.reply.route->deployment->spec->display);
    x_.record.error = error.code;
    x_.record.blame = error.blame;
    return error_event_(error);
  }

  io::Async<Done> read_tail() {
    http::UpstreamCall& call = *x_.reply.call;
    const io::Time deadline = io::Clock::now() + tail_patience;
    if (!x_.reply.filter->ended() || !out_.finished()) co_return Done{};
    call.outlive_client();
    while (!call.body_done()) {
      const auto block = co_await call.next_block(deadline);
      if (!block || block->empty()) break;
      std::string_view wire = *block, data;
      while (call.next_data(wire, data) == http::ChunkDecoder::Step::data) {
      }
    }
    co_return Done{};
  }

  Exchange& x_;
  Sink& out_;
  ErrorEvent error_event_;
  std::string text_;
};

// The log of a flight, as something to write a stream to. Nothing waits: followers do that.
class FlightSink {
 public:
  static constexpr bool writes_chunks = false;
  struct Taken {
    bool await_ready() const { return true; }
    void await_suspend(std::coroutine_handle<>) const {}
    io::IoError await_resume() const { return io::IoError::none; }
  };

  explicit FlightSink(Flight& flight) : flight_(flight) {}
  Taken begin(int /*status*/, const http::HeaderBlock& /*headers*/, std::string_view data) {
    return write(data);
  }
  Taken write(std::string_view data) {
    if (!data.empty()) flight_.append(data);
    return {};
  }
  // The last piece waits here until the answer was kept.
  Taken finish(std::string_view last) {
    finished_ = true;
    last_.assign(last);
    return {};
  }
  const std::string& last() const { return last_; }
  void set_deadline(io::Time) {}
  bool chunked() const { return false; }
  bool finished() const { return finished_; }

 private:
  Flight& flight_;
  std::string last_;
  bool finished_ = false;
};

}  // namespace

io::Async<Done> relay_to_flight(Exchange& x, Flight& flight, FlightHead head,
                                ErrorEvent error_event, const BeforeEnd& before_end) {
  flight.open(std::move(head));
  if (!x.reply.filter) {
    before_end({});
    flight.append(x.reply.body());
    flight.land(x.record, true);
    co_return Done{};
  }
  FlightSink sink(flight);
  StreamRelay stream(x, sink, error_event);
  co_await stream.tell({});
  note_usage(x);
  before_end(sink.last());
  if (!sink.last().empty()) flight.append(sink.last());
  flight.land(x.record, x.reply.filter->ended() && !x.reply.failed);
  co_return co_await stream.close();
}

io::Async<Done> relay(Exchange& x, http::ResponseWriter& out, const http::HeaderBlock& headers,
                      ErrorEvent error_event) {
  if (x.reply.filter) {
    StreamRelay stream(x, out, error_event);
    co_await stream.tell(headers);
    co_return co_await stream.close();
  }
  out.set_deadline(x.gateway.loop.now() + client_patience);
  x.record.first_byte = io::Clock::now();
  if (!x.call.stream) {
    co_await out.send(200, headers, x.reply.body());
    co_return Done{};
  }
  const io::IoError sent = co_await out.begin(200, headers, x.reply.made);
  if (sent == io::IoError::none) co_await out.finish({});
  co_return Done{};
}

}  // namespace sluice::gateway
