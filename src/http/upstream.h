#pragma once
// Calls to providers: a pool of kept-alive connections per origin, and one call on such a
// connection. Everything belongs to one loop.
//
//   UpstreamCall call(pool, origin, &cancel);
//   CO_TRY(const Done, co_await call.start(pieces, deadline));
//   CO_TRY(const std::string_view body, co_await call.read_all(deadline));
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "http/chunked.h"
#include "http/head.h"
#include "http/recycled.h"
#include "io/async.h"
#include "io/connect.h"

namespace sluice::http {

// Where calls go. Two origins with the same key share connections, also across a reload.
struct Origin {
  io::Endpoint endpoint;
  std::shared_ptr<io::TlsContext> tls;  // null for plain HTTP
  std::string key;                      // endpoint and trust settings as text
};

class UpstreamPool {
 public:
  explicit UpstreamPool(io::Loop& loop, io::Connector& connector);
  ~UpstreamPool();

  struct Lease {
    std::unique_ptr<io::Stream> stream;
    bool reused = false;  // was idle before: its peer may have closed it just now
  };
  // An idle connection of that origin, or a new one. `fresh` forces a new one.
  io::Async<Result<Lease>> lease(const Origin& origin, bool fresh, io::Time deadline,
                                 io::CancelToken* cancel);
  // Gives a connection back whose last reply was read to its end.
  void give_back(const Origin& origin, std::unique_ptr<io::Stream> stream);

 private:
  class Idle;
  using IdleList = std::vector<std::unique_ptr<Idle>>;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  void remove(Idle& idle);
  std::unique_ptr<io::Stream> take_idle(const Origin& origin);

  static constexpr std::size_t most_idle = 1024;        // per origin
  static constexpr std::chrono::seconds idle_time{55};  // below most providers' limits
  io::Loop& loop_;
  io::Connector& connector_;
  std::unordered_map<std::string, IdleList, Hash, std::equal_to<>> idle_;
};

// What one reply holds on to; recycled.
struct ReplyBuffer {
  Head head;
  std::string bytes;  // the head and what came with it
  std::string body;   // the whole body, when it did not all come with the head
  void reset();
};

// A request that can be written again: its pieces live in memory that all requests of a thread
// share, so they hold only until something suspends. Calls in flight keep no copy.
class RequestSource {
 public:
  virtual std::span<const std::string_view> write_again() = 0;

 protected:
  ~RequestSource() = default;
};

class UpstreamCall {
 public:
  static constexpr std::size_t max_body = 256u << 20;

  UpstreamCall(UpstreamPool& pool, const Origin& origin, io::CancelToken* cancel);
  ~UpstreamCall();  // a call that is not finished closes its connection: the provider sees it
  UpstreamCall(UpstreamCall&&) = default;
  UpstreamCall& operator=(UpstreamCall&&) = default;

  // Sends the request and reads the reply's head. `pieces` is the request as it was just written;
  // `source` writes it again when sending had to wait for a connection. A kept-alive connection
  // that turns out to be closed is replaced once, unseen.
  io::Async<Status> start(std::span<const std::string_view> pieces, RequestSource& source,
                          io::Time deadline);
  const Head& head() const { return buffer().head; }

  // Reads the rest of the body. The view lives as long as the call.
  io::Async<Result<std::string_view>> read_all(io::Time deadline);

  // A stream's next bytes as they are on the wire; they hold until the next await of anything.
  // Empty = the connection ended; whether that was proper, body_done() says.
  io::Async<Result<std::string_view>> next_block(io::Time deadline);
  // Takes the next piece of the body from the front of `wire`, whatever the framing.
  ChunkDecoder::Step next_data(std::string_view& wire, std::string_view& data);
  bool body_done() const { return done_; }
  // `wire` bytes of this call are chunks, and a chunk has just ended.
  bool at_chunk_boundary() const { return framing_ == Framing::chunked && chunks_.at_boundary(); }

  // What is still read is no longer for the client: its leaving ends nothing.
  void outlive_client() { stream_->set_cancel(nullptr); }
  // The body was read to its end: the connection can serve others.
  void finish();

 private:
  enum class Framing { none, length, chunked, until_close };
  io::Async<io::IoError> exchange(std::span<const std::string_view> pieces);
  io::Async<io::IoError> read_head();
  void choose_framing();
  Error broken(io::IoError error, const char* doing) const;
  bool append_body(std::string_view wire);

  UpstreamPool* pool_;
  const Origin* origin_;
  io::CancelToken* cancel_;
  std::unique_ptr<io::Stream> stream_;
  // Taken when the reply begins: a call that waits holds none.
  ReplyBuffer& buffer() const { return **buffer_; }
  std::optional<Recycled<ReplyBuffer>> buffer_;
  ChunkDecoder chunks_;
  std::uint64_t left_ = 0;
  Framing framing_ = Framing::none;
  bool done_ = false, first_block_taken_ = false;
};

}  // namespace sluice::http
