#include "redis/node.h"

#include <array>

#include "base/log.h"
#include "redis/failure.h"

namespace sluice::redis {

// One command's place in the pipeline. Lives in the frame that awaits the reply; a frame that goes
// away leaves its place empty, and the reply is thrown away when it comes.
struct Node::Waiter {
  Waiter(Node& its_node, io::WaitLimit limit) : node(its_node), pause(its_node.loop_, limit) {}
  Waiter(const Waiter&) = delete;
  ~Waiter() {
    if (queued) node.waiters_[number - node.first_waiter_] = nullptr;
  }
  Node& node;
  io::Pause pause;
  std::uint64_t number = 0;
  bool queued = false;
  Reply reply;
  std::unique_ptr<Error> error;
};

Node::Node(io::Loop& loop, io::Connector& connector, const RedisOptions& options, Place place,
           io::TlsContext* tls, const Invalidated& invalidated)
    : loop_(loop),
      connector_(connector),
      options_(options),
      place_(std::move(place)),
      tls_(tls),
      invalidated_(invalidated),
      name_(name_of(options, place_.address)) {}

Node::~Node() {
  closing_ = true;
  if (at_turn_end_) loop_.forget_turn_end(*this);
  healer_.cancel();
  interrupt_.cancel();
  fail_all(no_answer(name_, io::IoError::cancelled));
}

// --- Commands. ---

Status Node::admit() {
  if (breaker_.open()) {
    breaker_.refused();
    return fail(not_asked(name_));
  }
  if (waiters_.size() >= most_waiting || out_.size() >= most_bytes)
    return fail(connection_error(name_ + " is too far behind: it is not asked"));
  return Done{};
}

void Node::enqueue(Waiter& waiter, std::span<const std::string_view> args) {
  waiter.number = first_waiter_ + waiters_.size();
  waiter.queued = true;
  waiters_.push_back(&waiter);
  append_command(out_, args);
}

void Node::wake_up() {
  if (!serving_) {
    serve();
  } else if (up_ && !at_turn_end_) {
    at_turn_end_ = true;
    loop_.at_turn_end(*this);
  }
}

// serve() waits for replies: it is called away to send what this turn has gathered.
void Node::on_turn_end() {
  at_turn_end_ = false;
  if (receiving_ && !out_.empty()) interrupt_.cancel();
}

Result<Reply> Node::take(Waiter& waiter, io::IoError ended) {
  if (ended == io::IoError::none && waiter.error == nullptr) return std::move(waiter.reply);
  const Error error = waiter.error != nullptr ? *waiter.error : no_answer(name_, ended);
  if (ended == io::IoError::timeout) note_failure(error);
  return fail(error);
}

io::Async<Result<Reply>> Node::run(std::span<const std::string_view> args, io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done admitted, admit());
  Waiter waiter(*this, limit);
  enqueue(waiter, args);
  wake_up();
  const io::IoError ended = co_await waiter.pause;
  co_return take(waiter, ended);
}

io::Async<Result<std::vector<Reply>>> Node::run_all(
    std::span<const std::span<const std::string_view>> commands, io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done admitted, admit());
  std::deque<Waiter> waiters;
  for (const auto& args : commands) enqueue(waiters.emplace_back(*this, limit), args);
  wake_up();
  std::vector<Reply> replies;
  for (Waiter& waiter : waiters) {
    const io::IoError ended = co_await waiter.pause;
    auto reply = take(waiter, ended);
    if (!reply) co_return fail(std::move(reply).error());
    replies.push_back(std::move(*reply));
  }
  co_return replies;
}

// A waiter that is woken may send new commands, or be the end of others: they leave the queue one
// by one, and those that joined it meanwhile stay.
void Node::fail_all(const Error& error) {
  out_.clear();
  const std::uint64_t end = first_waiter_ + waiters_.size();
  while (first_waiter_ < end) {
    Waiter* waiter = next_waiter();
    if (waiter == nullptr) continue;
    waiter->error = std::make_unique<Error>(error);
    waiter->pause.wake();
  }
}

// The one whose reply comes next; null: it has given up.
Node::Waiter* Node::next_waiter() {
  Waiter* waiter = waiters_.front();
  waiters_.pop_front();
  first_waiter_++;
  if (waiter != nullptr) waiter->queued = false;
  return waiter;
}

void Node::reconnect() {
  dropped_ = true;
  interrupt_.cancel();
}

// --- The connection. ---

io::Detached Node::serve() {
  serving_ = true;
  do {
    interrupt_ = {};
    dropped_ = false;
    decoder_ = {};
    Status opened = co_await open();
    if (opened) {
      note_success();
      up_ = true;
      opened = co_await exchange();
      up_ = false;
      forget_keys();
    } else if (!closing_) {
      note_failure(opened.error());
    }
    stream_.reset();
    tracking_ = false;
    if (closing_) co_return;
    fail_all(opened ? no_answer(name_, io::IoError::reset) : opened.error());
  } while (!waiters_.empty());
  serving_ = false;
}

io::Async<Result<std::unique_ptr<io::Stream>>> Node::dial(io::Time deadline) {
  if (!options_.unix_socket.empty()) co_return connector_.connect_unix(options_.unix_socket);
  const io::Endpoint endpoint{
      .host = place_.address.host, .port = place_.address.port, .tls = tls_ != nullptr};
  co_return co_await connector_.connect(endpoint, tls_, deadline, &interrupt_);
}

io::Async<Status> Node::open() {
  const io::Time deadline = io::Clock::now() + options_.connect_timeout;
  auto stream = co_await dial(deadline);
  if (!stream) {
    Error error = std::move(stream).error();
    error.message = name_ + ": " + error.message + "; check `host`, `port` and `ssl`";
    co_return fail(std::move(error));
  }
  stream_ = std::move(*stream);
  stream_->set_cancel(&interrupt_);
  co_return co_await greet(deadline);
}

// Sends and reads in turn: for greetings, when nobody else uses the connection.
io::Async<Result<std::vector<Reply>>> Node::ask(std::string commands, std::size_t count,
                                                io::Time deadline) {
  stream_->set_deadline(deadline);
  const io::IoError sent = co_await stream_->send({commands});
  if (sent != io::IoError::none) co_return fail(no_answer(name_, sent));
  std::vector<Reply> replies;
  while (replies.size() < count) {
    Reply reply;
    const auto step = decoder_.next(reply);
    if (step == RespDecoder::Step::malformed) co_return fail(not_redis(name_));
    if (step == RespDecoder::Step::ready) {
      if (!decoder_.was_push()) replies.push_back(std::move(reply));
      continue;
    }
    const io::Received got = co_await stream_->recv();
    if (got.error != io::IoError::none) co_return fail(no_answer(name_, got.error));
    decoder_.feed({got.data, got.size});
  }
  stream_->set_deadline(io::never);
  co_return replies;
}

// RESP3 with HELLO; servers and proxies before Redis 6 don't know it.
io::Async<Status> Node::greet(io::Time deadline) {
  std::vector<std::string_view> hello{"HELLO", "3"};
  const std::string_view user =
      place_.username.empty() ? std::string_view("default") : std::string_view(place_.username);
  if (!place_.password.empty()) hello.insert(hello.end(), {"AUTH", user, place_.password});
  std::string commands;
  append_command(commands, hello);
  CO_TRY(const auto greeted, co_await ask(std::move(commands), 1, deadline));
  if (greeted[0].is_error()) {
    const std::string& line = greeted[0].text;
    const bool unknown = line.starts_with("ERR unknown command") || line.starts_with("NOPROTO") ||
                         line.starts_with("ERR wrong number") || line.starts_with("ERR syntax");
    if (!unknown) co_return fail(refusal(name_, line));
    co_return co_await greet_old(deadline);
  }
  std::string more;
  std::size_t count = 0;
  const std::string database = std::to_string(place_.database);
  const std::array<std::string_view, 2> select{"SELECT", database};
  const std::array<std::string_view, 3> track{"CLIENT", "TRACKING", "ON"};
  if (place_.database != 0) append_command(more, select), count++;
  if (place_.tracks) append_command(more, track), count++;
  if (count == 0) co_return Done{};
  CO_TRY(const auto replies, co_await ask(std::move(more), count, deadline));
  if (place_.database != 0 && replies[0].is_error())
    co_return fail(refusal(name_, replies[0].text));
  tracking_ = place_.tracks && !replies.back().is_error();
  co_return Done{};
}

io::Async<Status> Node::greet_old(io::Time deadline) {
  std::string commands;
  std::size_t count = 1;
  std::vector<std::string_view> auth{"AUTH"};
  if (!place_.username.empty()) auth.push_back(place_.username);
  auth.push_back(place_.password);
  if (!place_.password.empty()) append_command(commands, auth), count++;
  const std::string database = std::to_string(place_.database);
  const std::array<std::string_view, 2> select{"SELECT", database};
  const std::array<std::string_view, 1> ping{"PING"};
  if (place_.database != 0)
    append_command(commands, select);
  else
    append_command(commands, ping);
  CO_TRY(const auto replies, co_await ask(std::move(commands), count, deadline));
  for (const Reply& reply : replies)
    if (reply.is_error()) co_return fail(refusal(name_, reply.text));
  co_return Done{};
}

// Until the connection ends. The only one that touches the stream: it is interrupted to send.
io::Async<Status> Node::exchange() {
  for (;;) {
    interrupt_ = {};
    if (!out_.empty()) {
      const std::string commands = std::exchange(out_, {});
      const io::IoError sent = co_await stream_->send({commands});
      if (sent != io::IoError::none) co_return fail(no_answer(name_, sent));
      if (!out_.empty()) continue;
    }
    receiving_ = true;
    const io::Received got = co_await stream_->recv();
    receiving_ = false;
    if (closing_ || dropped_) co_return fail(no_answer(name_, io::IoError::cancelled));
    if (got.error == io::IoError::cancelled) continue;
    if (got.error != io::IoError::none) co_return fail(no_answer(name_, got.error));
    decoder_.feed({got.data, got.size});
    CO_TRY([[maybe_unused]] const Done delivered, deliver());
  }
}

// A waiter that is woken may send more, or go away: nothing is held across it.
Status Node::deliver() {
  for (;;) {
    Reply reply;
    const auto step = decoder_.next(reply);
    if (step == RespDecoder::Step::need_more) return Done{};
    if (step == RespDecoder::Step::malformed) return fail(not_redis(name_));
    if (decoder_.was_push()) {
      push(reply);
      continue;
    }
    if (waiters_.empty()) return fail(not_redis(name_));  // a reply that nobody asked for
    note_success();
    Waiter* waiter = next_waiter();
    if (waiter == nullptr) continue;
    waiter->reply = std::move(reply);
    waiter->pause.wake();
    if (closing_ || dropped_) return Done{};
  }
}

// invalidate [key, …], or null for all of them.
void Node::push(const Reply& reply) {
  if (!invalidated_ || reply.items.size() < 2 || reply.items[0].text != "invalidate") return;
  const Reply& keys = reply.items[1];
  if (keys.type != Reply::Type::list) return invalidated_(std::nullopt);
  for (const Reply& key : keys.items) invalidated_(key.text);
}

void Node::forget_keys() {
  if (tracking_ && invalidated_) invalidated_(std::nullopt);
}

// --- Health. ---

void Node::note_failure(const Error& error) {
  const bool opened = breaker_.failed(loop_.now());
  if (opened) log(LogLevel::warn, error.message + "; going on without it");
  if (breaker_.open() && !healing_) heal();
}

void Node::note_success() {
  if (!breaker_.succeeded()) return;
  const auto away =
      std::chrono::duration_cast<Milliseconds>(io::Clock::now() - breaker_.opened_at());
  log(LogLevel::info, name_ + " answers again",
      {{"away_ms", std::to_string(away.count())},
       {"not_asked", std::to_string(breaker_.refusals())}});
}

// Asks again and again until there is an answer. A connection that stays silent is replaced.
io::Detached Node::heal() {
  healing_ = true;
  const std::array<std::string_view, 1> ping{"PING"};
  while (!closing_ && breaker_.open()) {
    io::Pause pause(loop_, {.deadline = io::Clock::now() + breaker_.pause(), .cancel = &healer_});
    co_await pause;
    if (closing_) co_return;
    if (!breaker_.open()) break;
    Waiter waiter(*this,
                  {.deadline = io::Clock::now() + options_.connect_timeout, .cancel = &healer_});
    enqueue(waiter, ping);
    wake_up();
    const io::IoError ended = co_await waiter.pause;
    if (closing_) co_return;
    if (ended == io::IoError::timeout) {
      breaker_.failed(loop_.now());
      reconnect();
    }
  }
  healing_ = false;
}

}  // namespace sluice::redis
