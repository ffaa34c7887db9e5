#include "http/upstream.h"

#include <algorithm>

namespace sluice::http {

using io::IoError;
using io::Received;

// A connection in the pool. Removes itself when the provider closes it or its time is over.
class UpstreamPool::Idle final : public io::Wait {
 public:
  Idle(UpstreamPool& owner, IdleList& owners_list, std::unique_ptr<io::Stream> connection)
      : pool(owner), list(owners_list), stream(std::move(connection)) {}
  void cancel() override { pool.remove(*this); }

  UpstreamPool& pool;
  IdleList& list;
  std::unique_ptr<io::Stream> stream;
};

UpstreamPool::UpstreamPool(io::Loop& loop, io::Connector& connector)
    : loop_(loop), connector_(connector) {}
UpstreamPool::~UpstreamPool() = default;

void UpstreamPool::remove(Idle& idle) {
  std::erase_if(idle.list, [&idle](const auto& each) { return each.get() == &idle; });
}

std::unique_ptr<io::Stream> UpstreamPool::take_idle(const Origin& origin) {
  const auto found = idle_.find(std::string_view(origin.key));
  if (found == idle_.end()) return nullptr;
  IdleList& list = found->second;
  while (!list.empty()) {
    std::unique_ptr<io::Stream> stream = std::move(list.back()->stream);
    list.pop_back();
    stream->on_idle_end(nullptr);
    if (stream->is_quiet()) return stream;
  }
  return nullptr;
}

io::Async<Result<UpstreamPool::Lease>> UpstreamPool::lease(const Origin& origin, bool fresh,
                                                           io::Time deadline,
                                                           io::CancelToken* cancel) {
  if (!fresh) {
    if (auto stream = take_idle(origin))
      co_return Lease{.stream = std::move(stream), .reused = true};
  }
  auto connected = co_await connector_.connect(origin.endpoint, origin.tls.get(), deadline, cancel);
  if (!connected) co_return fail(std::move(connected).error());
  co_return Lease{.stream = std::move(*connected)};
}

void UpstreamPool::give_back(const Origin& origin, std::unique_ptr<io::Stream> stream) {
  if (!stream->is_quiet()) return;
  IdleList& list = idle_[origin.key];
  if (list.size() >= most_idle) return;
  stream->set_cancel(nullptr);
  stream->set_deadline(loop_.now() + idle_time);
  list.push_back(std::make_unique<Idle>(*this, list, std::move(stream)));
  list.back()->stream->on_idle_end(list.back().get());
}

void ReplyBuffer::reset() {
  head.clear();
  reset_string(bytes);
  reset_string(body);
}

UpstreamCall::UpstreamCall(UpstreamPool& pool, const Origin& origin, io::CancelToken* cancel)
    : pool_(&pool), origin_(&origin), cancel_(cancel) {}
UpstreamCall::~UpstreamCall() = default;

Error UpstreamCall::broken(IoError error, const char* doing) const {
  if (error == IoError::timeout)
    return Error{.code = ErrorCode::timeout,
                 .blame = Blame::gateway,  // our limit; a provider's own 408 is its
                 .status = 408,
                 .message = "Request timed out."};
  if (error == IoError::cancelled)
    return Error{.code = ErrorCode::cancelled,
                 .blame = Blame::client,
                 .status = 499,
                 .message = "the client went away"};
  return connection_error(std::string("Connection error: ") + io::describe(error) + " while " +
                          doing + " " + origin_->endpoint.host + ".");
}

io::Async<Status> UpstreamCall::start(std::span<const std::string_view> pieces,
                                      RequestSource& source, io::Time deadline) {
  for (bool fresh = false;; fresh = true) {
    auto lease = co_await pool_->lease(*origin_, fresh, deadline, cancel_);
    if (!lease) co_return fail(std::move(lease).error());
    stream_ = std::move(lease->stream);
    stream_->set_cancel(cancel_);
    stream_->set_deadline(deadline);
    if (!lease->reused) pieces = source.write_again();
    const IoError error = co_await exchange(pieces);
    if (error == IoError::none) co_return Done{};
    // The provider closed the idle connection as we took it: nothing was answered, ask again.
    const bool was_stale =
        lease->reused && !buffer_ && (error == IoError::end || error == IoError::reset);
    stream_.reset();
    if (!was_stale) co_return fail(broken(error, "waiting for"));
  }
}

io::Async<IoError> UpstreamCall::exchange(std::span<const std::string_view> pieces) {
  const IoError sent = co_await stream_->send(pieces);
  // A provider may answer and close before it has read everything: look for that answer.
  if (sent != IoError::none && sent != IoError::reset) co_return sent;
  co_return co_await read_head();
}

io::Async<IoError> UpstreamCall::read_head() {
  for (;;) {
    const Received more = co_await stream_->recv();
    if (more.error != IoError::none) co_return more.error;
    if (!buffer_) buffer_.emplace();
    std::string& bytes = buffer().bytes;
    bytes.append(more.data, more.size);
    Parse step = parse_response_head(bytes, buffer().head);
    while (step == Parse::complete && buffer().head.status < 200) {  // 100, 103: skipped
      bytes.erase(0, buffer().head.size);
      step = parse_response_head(bytes, buffer().head);
    }
    if (step == Parse::complete) break;
    if (step != Parse::incomplete) co_return IoError::reset;
  }
  choose_framing();
  co_return IoError::none;
}

void UpstreamCall::choose_framing() {
  const Head& head = buffer().head;
  if (head.status == 204 || head.status == 304)
    framing_ = Framing::none;
  else if (head.chunked)
    framing_ = Framing::chunked;
  else if (head.has_length)
    framing_ = Framing::length;
  else
    framing_ = Framing::until_close;
  left_ = head.length;
  done_ = framing_ == Framing::none || (framing_ == Framing::length && left_ == 0);
}

ChunkDecoder::Step UpstreamCall::next_data(std::string_view& wire, std::string_view& data) {
  using Step = ChunkDecoder::Step;
  if (framing_ == Framing::chunked) {
    const Step step = chunks_.next(wire, data);
    done_ = chunks_.done();
    return step;
  }
  if (done_) return Step::done;
  if (wire.empty()) return Step::need_more;
  data = framing_ == Framing::length ? wire.substr(0, std::min<std::uint64_t>(left_, wire.size()))
                                     : wire;
  wire.remove_prefix(data.size());
  if (framing_ == Framing::length) done_ = (left_ -= data.size()) == 0;
  return Step::data;
}

io::Async<Result<std::string_view>> UpstreamCall::next_block(io::Time deadline) {
  if (!std::exchange(first_block_taken_, true)) {
    const std::string_view with_head = std::string_view(buffer().bytes).substr(buffer().head.size);
    if (!with_head.empty()) co_return with_head;
  }
  stream_->set_deadline(deadline);
  const Received more = co_await stream_->recv();
  if (more.error == IoError::none) co_return std::string_view(more.data, more.size);
  if (more.error != IoError::end) co_return fail(broken(more.error, "reading from"));
  if (framing_ == Framing::until_close) done_ = true;
  co_return std::string_view();
}

bool UpstreamCall::append_body(std::string_view wire) {
  std::string_view data;
  ChunkDecoder::Step step = next_data(wire, data);
  for (; step == ChunkDecoder::Step::data; step = next_data(wire, data)) buffer().body.append(data);
  if (done_ && !wire.empty()) buffer().head.keep_alive = false;  // bytes that nobody asked for
  return step != ChunkDecoder::Step::malformed && buffer().body.size() <= max_body;
}

io::Async<Result<std::string_view>> UpstreamCall::read_all(io::Time deadline) {
  const std::string_view with_head = std::string_view(buffer().bytes).substr(buffer().head.size);
  if (framing_ == Framing::length && with_head.size() == left_) {  // usual: all came at once
    done_ = true;
    co_return with_head;
  }
  if (framing_ == Framing::length) buffer().body.reserve(std::min<std::uint64_t>(left_, max_body));
  while (!done_) {
    const auto block = co_await next_block(deadline);
    if (!block) co_return fail(block.error());
    const bool cut = block->empty() && !done_;
    if (cut) co_return fail(broken(IoError::end, "reading from"));
    if (!append_body(*block)) co_return fail(broken(IoError::reset, "reading from"));
  }
  co_return std::string_view(buffer().body);
}

void UpstreamCall::finish() {
  if (!stream_ || !done_ || framing_ == Framing::until_close || !buffer().head.keep_alive) return;
  pool_->give_back(*origin_, std::move(stream_));
}

}  // namespace sluice::http
