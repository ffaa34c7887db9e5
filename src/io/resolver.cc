#include "io/resolver.h"

#include <ares.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "io/failure.h"

namespace sluice::io {

namespace {

constexpr std::size_t most_lookups = 512;
constexpr int tries = 3;

void check(int status, const char* what) {
  if (status != ARES_SUCCESS)
    throw std::runtime_error(std::string(what) + ": " + ares_strerror(status));
}

// Starts the library once; static initialisation is what makes that thread-safe.
void start_library() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  check(status, "c-ares can't start");
}

// The best address stays first; after it the families take turns, so that one broken family costs
// one attempt and not all of its addresses.
std::vector<Address> in_turns(const std::vector<Address>& sorted) {
  std::vector<Address> first, second, result;
  for (const Address& address : sorted)
    (address.family() == sorted.front().family() ? first : second).push_back(address);
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); i++) {
    if (i < first.size()) result.push_back(first[i]);
    if (i < second.size()) result.push_back(second[i]);
  }
  return result;
}

std::vector<Address> addresses_of(const ares_addrinfo& answer) {
  std::vector<Address> addresses;
  for (const ares_addrinfo_node* node = answer.nodes; node != nullptr; node = node->ai_next) {
    Address address;
    address.size = std::min<socklen_t>(node->ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, node->ai_addr, address.size);
    addresses.push_back(address);
  }
  return in_turns(addresses);
}

Duration lifetime_of(const ares_addrinfo& answer) {
  int seconds = 60;
  for (const ares_addrinfo_node* node = answer.nodes; node != nullptr; node = node->ai_next)
    seconds = std::min(seconds, node->ai_ttl);
  return std::chrono::seconds(std::max(seconds, 1));
}

std::string reason(int status) {
  switch (status) {
    case ARES_ENOTFOUND: return "the name does not exist";
    case ARES_ENODATA: return "the name has no address";
    case ARES_EBADNAME: return "that is not a valid host name";
    case ARES_ETIMEOUT: return "the name server does not answer";
    case ARES_ECONNREFUSED: return "no name server can be reached";
    case ARES_ESERVFAIL: return "the name server failed";
    case ARES_EREFUSED: return "the name server refused";
    default: return ares_strerror(status);
  }
}

}  // namespace

// One query, and its answer afterwards. Kept alive by whoever waits for it or may use it again.
struct Resolver::Lookup : std::enable_shared_from_this<Lookup> {
  explicit Lookup(Resolver& resolver) : owner(resolver) {}
  Resolver& owner;
  bool done = false;
  int status = ARES_SUCCESS;
  std::vector<Address> addresses;
  Time expires = never;
  Waiter* waiters = nullptr;
};

// A coroutine that waits for a lookup; in its list until woken or destroyed.
class Resolver::Waiter {
 public:
  Waiter(Loop& loop, WaitLimit limit, Lookup& lookup)
      : pause(loop, limit), next_(lookup.waiters), link_(&lookup.waiters) {
    if (next_ != nullptr) next_->link_ = &next_;
    lookup.waiters = this;
  }
  Waiter(const Waiter&) = delete;
  ~Waiter() { unlink(); }
  void unlink() {
    if (link_ == nullptr) return;
    *link_ = next_;
    if (next_ != nullptr) next_->link_ = link_;
    link_ = nullptr;
  }

  Pause pause;

 private:
  Waiter* next_;
  Waiter** link_;  // what points here; nullptr = in no list
};

// A socket of c-ares, watched level triggered: c-ares need not read until it would block.
class Resolver::Socket final : public Watcher {
 public:
  Socket(Resolver& owner, int fd, std::uint32_t events) : owner_(owner), fd_(fd) {
    owner_.loop_.watch(fd_, events, *this);
  }
  Socket(const Socket&) = delete;
  ~Socket() { owner_.loop_.forget(fd_, *this); }
  void change(std::uint32_t events) { owner_.loop_.rewatch(fd_, events, *this); }

 private:
  void on_events(std::uint32_t events) override {
    const bool failed = events & (EPOLLERR | EPOLLHUP);
    const int readable = failed || (events & EPOLLIN) ? fd_ : ARES_SOCKET_BAD;
    const int writable = failed || (events & EPOLLOUT) ? fd_ : ARES_SOCKET_BAD;
    owner_.process(readable, writable);
  }
  Resolver& owner_;
  int fd_;
};

Resolver::Resolver(Loop& loop, const Options& options) : loop_(loop) {
  start_library();
  ares_options settings{};
  settings.timeout = static_cast<int>(options.first_try.count());
  settings.tries = tries;
  settings.sock_state_cb = on_socket_state;
  settings.sock_state_cb_data = this;
  const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  check(ares_init_options(&channel_, &settings, mask), "c-ares can't start");
  if (options.servers.empty()) return;
  const int status = ares_set_servers_ports_csv(channel_, options.servers.c_str());
  if (status != ARES_SUCCESS) ares_destroy(channel_);
  check(status, "c-ares can't use the name servers");
}

// Ends the pending queries; on_answer() hears of it, but nobody is woken.
Resolver::~Resolver() { ares_destroy(channel_); }

void Resolver::on_socket_state(void* self, int fd, int readable, int writable) {
  auto& resolver = *static_cast<Resolver*>(self);
  const std::uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
  const auto known = resolver.sockets_.find(fd);
  if (events == 0) {
    if (known != resolver.sockets_.end()) resolver.sockets_.erase(known);
  } else if (known != resolver.sockets_.end()) {
    known->second->change(events);
  } else {
    resolver.sockets_.emplace(fd, std::make_unique<Socket>(resolver, fd, events));
  }
}

// Runs inside c-ares, so it wakes nobody: a coroutine might destroy the resolver under c-ares'
// feet.
void Resolver::on_answer(void* argument, int status, int, ares_addrinfo* answer) {
  Lookup& lookup = *static_cast<Lookup*>(argument);
  lookup.done = true;
  lookup.status = status;
  const bool is_empty = answer == nullptr || answer->nodes == nullptr;
  if (status == ARES_SUCCESS && is_empty) lookup.status = ARES_ENODATA;
  lookup.expires = lookup.owner.loop_.now();  // a failure is not kept
  if (lookup.status == ARES_SUCCESS) {
    lookup.addresses = addresses_of(*answer);
    lookup.expires += lifetime_of(*answer);
  }
  if (answer != nullptr) ares_freeaddrinfo(answer);
  lookup.owner.finished_.push_back(lookup.shared_from_this());
}

std::shared_ptr<Resolver::Lookup> Resolver::find_or_start(std::string_view host) {
  const auto known = lookups_.find(host);
  if (known != lookups_.end() && (!known->second->done || loop_.now() < known->second->expires))
    return known->second;
  make_room();
  const auto lookup = std::make_shared<Lookup>(*this);
  const auto entry = lookups_.insert_or_assign(std::string(host), lookup).first;
  const ares_addrinfo_hints hints{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  ares_getaddrinfo(channel_, entry->first.c_str(), nullptr, &hints, on_answer, lookup.get());
  arm_timer();
  return lookup;
}

// Keeps the cache small: drops what is over, and then whatever ends first.
void Resolver::make_room() {
  if (lookups_.size() < most_lookups) return;
  std::erase_if(lookups_,
                [this](const auto& entry) { return entry.second->expires <= loop_.now(); });
  if (lookups_.size() < most_lookups) return;
  const auto first = std::ranges::min_element(
      lookups_, {}, [](const auto& entry) { return entry.second->expires; });
  if (first->second->done) lookups_.erase(first);
}

void Resolver::process(int readable_fd, int writable_fd) {
  ares_process_fd(channel_, readable_fd, writable_fd);
  arm_timer();
  wake_waiters();
}

void Resolver::on_timer() { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

// c-ares may end other queries while it starts one: those waiters are woken on the next tick.
void Resolver::arm_timer() {
  timeval left{};
  Time due = never;
  if (ares_timeout(channel_, nullptr, &left) != nullptr)
    due = loop_.now() + std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  if (!finished_.empty()) due = loop_.now();
  loop_.arm(*this, due);
}

// Whoever wakes may destroy the resolver and other waiters: only locals are used from here on.
void Resolver::wake_waiters() {
  const std::vector<std::shared_ptr<Lookup>> finished = std::exchange(finished_, {});
  for (const auto& lookup : finished) {
    while (Waiter* waiter = lookup->waiters) {
      waiter->unlink();
      waiter->pause.wake();
    }
  }
}

Async<Result<std::vector<Address>>> Resolver::resolve(std::string_view host, int port,
                                                      WaitLimit limit) {
  if (const auto literal = Address::from_literal(host, port)) co_return std::vector{*literal};
  if (host.empty()) co_return fail(connection_error("can't resolve a host name: it is empty"));
  const std::shared_ptr<Lookup> lookup = find_or_start(host);
  if (!lookup->done) {
    Waiter waiter(loop_, limit, *lookup);
    const IoError ended = co_await waiter.pause;
    if (ended != IoError::none)
      co_return fail(
          wait_error(ended, "can't resolve " + std::string(host) + ": " + describe(ended)));
  }
  if (lookup->status != ARES_SUCCESS)
    co_return fail(
        connection_error("can't resolve " + std::string(host) + ": " + reason(lookup->status)));
  std::vector<Address> addresses = lookup->addresses;
  for (Address& address : addresses) address.set_port(port);
  co_return addresses;
}

}  // namespace sluice::io
