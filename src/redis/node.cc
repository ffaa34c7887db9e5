#include "redis/node.h"

#include <algorithm>
#include <array>

#include "io/outage.h"
#include "redis/failure.h"

namespace sluice::redis {

Node::Node(io::Loop& loop, io::Connector& connector, Settings settings, Invalidated invalidated)
    : loop_(loop),
      connector_(connector),
      settings_(std::move(settings)),
      invalidated_(std::move(invalidated)),
      name_(settings_.is_sentinel           ? sentinel_name_of(settings_.address)
            : settings_.unix_socket.empty() ? name_of(settings_.address)
                                            : name_of(settings_.unix_socket)) {}

Node::~Node() {
  if (at_turn_end_) loop_.forget_turn_end(*this);
}

// --- Commands. ---

Node::Call::Call(Node& node, std::span<const std::string_view> args, io::WaitLimit limit, Kind kind)
    : node_(node.shared_from_this()),
      pause_(node.loop_, limit),
      sent_(node.loop_.now()),
      probe_(kind == Kind::probe) {
  std::size_t bytes = 0;
  for (const std::string_view arg : args) bytes += arg.size();
  error_ = node.refuse(bytes, probe_);
  if (error_ != nullptr) {
    pause_.wake();
    return;
  }
  const std::array<std::string_view, 1> asking{"ASKING"};
  if (kind == Kind::asking) node.enqueue(nullptr, asking);
  node.enqueue(this, args);
  node.wake_up();
}

Node::Call::~Call() {
  if (queued_) node_->waiting_[number_ - node_->first_] = nullptr;
}

Result<Reply> Node::Call::take(io::IoError ended) {
  if (error_ != nullptr) return fail(std::move(*error_));
  if (ended == io::IoError::none) return std::move(reply_);
  if (ended == io::IoError::timeout && !probe_) node_->note_timeout(sent_);
  return fail(no_answer(node_->name_, ended));
}

io::Async<Result<Reply>> Node::run(std::span<const std::string_view> args, io::WaitLimit limit) {
  Call call(*this, args, limit);
  const io::IoError ended = co_await call.wait();
  co_return call.take(ended);
}

std::unique_ptr<Error> Node::refuse(std::size_t bytes, bool probe) {
  if (closing_) return std::make_unique<Error>(given_up(name_));
  if (breaker_.open() && !probe) {
    breaker_.refused();
    return std::make_unique<Error>(not_asked(outage_));
  }
  const std::size_t unsent = gathered_.size() + (stream_ != nullptr ? stream_->unsent() : 0);
  if (waiting_.size() < most_waiting && unsent + bytes <= most_bytes) return nullptr;
  return std::make_unique<Error>(too_far_behind(name_));
}

void Node::enqueue(Call* call, std::span<const std::string_view> args) {
  if (call != nullptr) {
    call->number_ = first_ + waiting_.size();
    call->queued_ = true;
  }
  waiting_.push_back(call);
  append_command(gathered_, args);
}

void Node::wake_up() {
  if (!serving_) {
    serve(shared_from_this());
  } else if (up_ && !at_turn_end_) {
    at_turn_end_ = true;
    loop_.at_turn_end(*this);
  }
}

void Node::on_turn_end() {
  at_turn_end_ = false;
  if (up_) send_gathered();
}

void Node::send_gathered() {
  constexpr std::size_t most_kept = 1u << 20;  // of memory, until the next turn
  stream_->post(gathered_);
  gathered_.clear();
  if (gathered_.capacity() > most_kept) gathered_ = std::string();
}

// The one whose reply comes next; null: it has given up.
Node::Call* Node::next_call() {
  Call* const call = waiting_.front();
  waiting_.pop_front();
  first_++;
  if (call != nullptr) call->queued_ = false;
  return call;
}

// A call that is woken may send new commands, or be the end of others: they leave the queue one by
// one, and those that joined it meanwhile stay.
void Node::fail_all(const Error& why) {
  gathered_.clear();
  const std::uint64_t end = first_ + waiting_.size();
  while (first_ < end) {
    Call* const call = next_call();
    if (call == nullptr) continue;
    call->error_ = std::make_unique<Error>(why);
    call->pause_.wake();
  }
}

// --- The connection. ---

// Keeps the node for as long as it runs: whoever is woken here may let go of it.
io::Detached Node::serve([[maybe_unused]] std::shared_ptr<Node> self) {
  serving_ = true;
  do {
    interrupt_ = {};
    const io::Time begin = loop_.now();
    const Status opened = co_await open();
    if (!opened) {
      lose(opened.error(), begin);
      continue;
    }
    const Error why = co_await receive();
    lose(why, begin);
  } while (!closing_ && !waiting_.empty());
  serving_ = false;
}

io::Async<Status> Node::open() {
  const io::Time deadline = io::Clock::now() + settings_.connect_timeout;
  Status greeted = co_await connect(Manner::current, deadline);
  // Some proxies hang up at a command that they don't know.
  if (!greeted && silent_ && dropped_ == nullptr) greeted = co_await connect(Manner::old, deadline);
  co_return greeted;
}

io::Async<Status> Node::connect(Manner manner, io::Time deadline) {
  silent_ = false;
  decoder_ = {};
  const io::WaitLimit limit{.deadline = deadline, .cancel = &interrupt_};
  if (settings_.unix_socket.empty()) {
    const auto& [host, port] = settings_.address;
    const io::Endpoint endpoint{.host = host, .port = port, .tls = settings_.tls != nullptr};
    auto stream = co_await connector_.connect_directly(endpoint, settings_.tls.get(), limit);
    if (!stream) co_return fail(no_connection(name_, std::move(stream).error()));
    stream_ = std::move(*stream);
  } else {
    auto stream = connector_.connect_unix(settings_.unix_socket);
    if (!stream) co_return fail(no_connection(name_, std::move(stream).error()));
    stream_ = std::move(*stream);
  }
  stream_->set_cancel(&interrupt_);
  stream_->set_deadline(deadline);
  co_return co_await greet(manner);
}

io::Async<Status> Node::greet(Manner manner) {
  const SignIn& sign_in = settings_.sign_in;
  if (manner == Manner::current) {
    CO_TRY(const auto replies, co_await ask(make_greeting(sign_in)));
    CO_TRY(const Welcome welcome, read_welcome(sign_in, replies, name_));
    tracking_ = welcome.tracking;
    if (!welcome.old_way) co_return Done{};
  }
  CO_TRY(const auto replies, co_await ask(make_old_greeting(sign_in)));
  co_return read_old_welcome(replies, name_);
}

// Sends and reads in turn, while nobody else uses the connection.
io::Async<Result<std::vector<Reply>>> Node::ask(Greeting greeting) {
  stream_->post(greeting.commands);
  std::vector<Reply> replies;
  silent_ = true;
  while (replies.size() < greeting.replies) {
    Reply reply;
    const auto step = decoder_.next(reply);
    if (step == RespDecoder::Step::malformed) co_return fail(not_redis(name_));
    if (step == RespDecoder::Step::ready) {
      if (!decoder_.was_push()) replies.push_back(std::move(reply));
      continue;
    }
    const io::Received got = co_await stream_->recv();
    if (got.error != io::IoError::none) {
      silent_ = silent_ && got.error != io::IoError::timeout;
      // A server may say why it hangs up.
      if (!replies.empty() && replies.front().is_error())
        co_return fail(refusal(name_, replies.front().text));
      co_return fail(no_welcome(name_, got.error));
    }
    silent_ = false;
    decoder_.feed({got.data, got.size});
  }
  co_return replies;
}

// Until the connection ends; gives the reason.
io::Async<Error> Node::receive() {
  up_ = true;
  beating_ = false;
  send_gathered();
  for (;;) {
    stream_->set_deadline(loop_.now() + settings_.heartbeat);
    const io::Received got = co_await stream_->recv();
    if (dropped_ != nullptr) co_return *dropped_;
    if (got.error == io::IoError::timeout && beat()) continue;
    if (got.error != io::IoError::none) co_return no_answer(name_, got.error);
    beating_ = false;
    decoder_.feed({got.data, got.size});
    const Status delivered = deliver();
    if (!delivered) co_return delivered.error();
  }
}

// After a silence. False: the last heartbeat has got no reply either.
bool Node::beat() {
  if (std::exchange(beating_, true)) return false;
  const std::array<std::string_view, 1> ping{"PING"};
  enqueue(nullptr, ping);
  send_gathered();
  return true;
}

// A call that is woken may send more, or go away, and the node's owner with it: nothing is held
// across it.
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
    if (waiting_.empty()) return fail(not_redis(name_));  // a reply that nobody asked for
    Call* const call = next_call();
    if (call == nullptr) continue;  // too late, which is no sign of health
    breaker_.succeeded();
    call->reply_ = std::move(reply);
    call->pause_.wake();
    if (dropped_ != nullptr) return fail(*dropped_);
  }
}

// invalidate [key, …], or null for all of them.
void Node::push(const Reply& reply) {
  if (!invalidated_ || reply.items.size() < 2 || reply.items[0].text != "invalidate") return;
  const Reply& keys = reply.items[1];
  if (keys.type != Reply::Type::list) return invalidated_(std::nullopt);
  for (const Reply& key : keys.items) invalidated_(key.text);
}

// The connection that began then has ended, or did not come about.
void Node::lose(const Error& why, io::Time begin) {
  stream_.reset();
  const bool was_up = std::exchange(up_, false);
  const bool was_told = std::exchange(tracking_, false);
  if (closing_) return;
  const std::unique_ptr<Error> dropped = std::exchange(dropped_, nullptr);
  const Error& reason = dropped != nullptr ? *dropped : why;
  if (was_up && was_told && invalidated_) invalidated_(std::nullopt);
  const auto calls = std::ranges::count_if(
      waiting_, [](const Call* call) { return call != nullptr && !call->probe_; });
  // An idle connection that ends is nobody's failure. One that can't be opened for so long that all
  // time is over is tried no more.
  const bool hopeless = !was_up && reason.code == ErrorCode::timeout;
  const bool failed =
      (!was_up || calls > 0) &&
      breaker_.failed(was_up ? loop_.now() : begin, loop_.now(), static_cast<std::uint64_t>(calls));
  if (failed || (hopeless && breaker_.trip(loop_.now()))) begin_outage(reason);
  fail_all(reason);
}

// Ends the connection, if there is one: serve() goes on from there.
void Node::drop(Error why) {
  if (!serving_) return;
  dropped_ = std::make_unique<Error>(std::move(why));
  interrupt_.cancel();
}

void Node::close() {
  if (closing_) return;
  const std::shared_ptr<Node> self = shared_from_this();
  closing_ = true;
  if (breaker_.open()) io::outage_is_over(name_);
  healer_.cancel();
  drop(given_up(name_));
  fail_all(given_up(name_));
}

// --- Health. ---

void Node::note_timeout(io::Time sent) {
  // Who is in a hurry proves nothing; nor does a connection that is being opened: it will be up, or
  // fail by itself.
  if (!up_ || loop_.now() - sent < settings_.deadline / 2) return;
  if (breaker_.failed(sent, loop_.now())) begin_outage(no_answer(name_, io::IoError::timeout));
}

// The breaker has opened.
void Node::begin_outage(const Error& why) {
  outage_ = why.message;
  io::outage_begins(name_, outage_);
  heal(shared_from_this());
}

// Asks again and again until there is an answer in time.
io::Detached Node::heal([[maybe_unused]] std::shared_ptr<Node> self) {
  while (breaker_.open()) {
    io::Pause pause(loop_, {.deadline = io::Clock::now() + breaker_.pause(), .cancel = &healer_});
    co_await pause;
    if (closing_) co_return;
    const bool well = co_await probe();
    if (closing_) co_return;
    if (!well) {
      breaker_.probe_failed();
      continue;
    }
    io::outage_ends(name_, breaker_.without());
    breaker_.probe_succeeded();
  }
}

// The first question may have to wait for a connection, the second must be answered as any other. A
// connection that stays silent is replaced.
io::Async<bool> Node::probe() {
  const std::array<std::string_view, 1> ping{"PING"};
  for (const Milliseconds patience : {settings_.connect_timeout, settings_.deadline}) {
    Call call(*this, ping, {.deadline = io::Clock::now() + patience, .cancel = &healer_},
              Call::Kind::probe);
    const io::IoError ended = co_await call.wait();
    const auto reply = call.take(ended);
    if (reply) continue;
    if (ended == io::IoError::timeout && patience == settings_.connect_timeout)
      drop(no_answer(name_, ended));
    co_return false;
  }
  co_return true;
}

}  // namespace sluice::redis
