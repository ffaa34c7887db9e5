// Which deployment is asked next, and when to give up. Nothing here runs once a byte went to the
// client.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/assert.h"
#include "base/log.h"
#include "gateway/exchange.h"
#include "gateway/failure_text.h"
#include "io/failure.h"
#include "io/pause.h"

namespace sluice::gateway {

namespace {

using router::DeploymentIndex;
using router::Group;

enum class Next {
  give_up,           // the request itself is at fault, or nobody waits for the answer
  other_deployment,  // this deployment will say the same again, others may not
  again,             // worth another try, here or elsewhere
};

Next next_after(const Error& error) {
  switch (error.code) {
    case ErrorCode::cancelled:
    case ErrorCode::bad_request:
    case ErrorCode::context_window:
    case ErrorCode::content_policy:
    case ErrorCode::unsupported_params:
    case ErrorCode::unprocessable: return Next::give_up;
    case ErrorCode::authentication:
    case ErrorCode::permission_denied:
    case ErrorCode::not_found: return Next::other_deployment;
    case ErrorCode::timeout:
    case ErrorCode::rate_limit:
    case ErrorCode::internal:
    case ErrorCode::connection:
    case ErrorCode::unavailable: return Next::again;
    case ErrorCode::api_error: break;
  }
  // 409 is a conflict with something that passes; other 4xx are about what this deployment accepts.
  if (error.status == 409 || error.status >= 500) return Next::again;
  return error.status == 400 || error.status == 422 ? Next::give_up : Next::other_deployment;
}

// Errors that another model may not have. The request's own faults follow it everywhere, except
// that a longer context or another safety system may take it.
bool may_fall_back(const Error& error) {
  return next_after(error) != Next::give_up || error.code == ErrorCode::context_window ||
         error.code == ErrorCode::content_policy;
}

std::optional<int> policy_retries(const RetryPolicy& policy, ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_request: return policy.bad_request;
    case ErrorCode::authentication: return policy.authentication;
    case ErrorCode::timeout: return policy.timeout;
    case ErrorCode::rate_limit: return policy.rate_limit;
    case ErrorCode::content_policy: return policy.content_policy;
    case ErrorCode::internal: return policy.internal;
    default: return std::nullopt;
  }
}

// LiteLLM's order: the last one that is set wins.
int retries_for(const Exchange& x, const Group& group, const Deployment& deployment,
                ErrorCode code) {
  const Settings& settings = x.snapshot.settings();
  int retries = settings.num_retries;
  if (x.call.num_retries) retries = *x.call.num_retries;
  if (deployment.num_retries) retries = *deployment.num_retries;
  const RetryPolicy* policy = settings.retry_policy ? &*settings.retry_policy : nullptr;
  const auto own = settings.group_retry_policy.find(group.target);
  if (own != settings.group_retry_policy.end()) policy = &own->second;
  if (policy != nullptr) retries = policy_retries(*policy, code).value_or(retries);
  return retries;
}

// No wait when another deployment can be asked; else as long as the provider said, up to a minute;
// else growing from about half a second to eight, with jitter against stampedes.
Milliseconds delay_before_retry(Exchange& x, const Error& error, int retries_made,
                                bool others_left) {
  const Milliseconds least = x.snapshot.settings().retry_after;
  if (others_left) return least;
  constexpr Milliseconds longest_asked{60'000};
  if (error.retry_after && error.retry_after->count() > 0 && *error.retry_after <= longest_asked)
    return std::max(least, *error.retry_after);
  const double base = std::min(500 * std::pow(2, retries_made), 8000.0);
  const double jittered = base * std::uniform_real_distribution<>(0.5, 1)(x.gateway.random);
  return std::max(least, Milliseconds(static_cast<std::int64_t>(jittered)));
}

Status asked_for_failure(const Call& call) {
  const auto failure = [](ErrorCode code, int status, const char* message) {
    return fail(Error{.code = code, .blame = Blame::client, .status = status, .message = message});
  };
  switch (call.mock_failure) {
    case MockFailure::none: break;
    case MockFailure::any:
      return failure(ErrorCode::internal, 500,
                     "litellm.InternalServerError: a failure that the request asked for");
    case MockFailure::context_window:
      return failure(ErrorCode::context_window, 400,
                     "litellm.ContextWindowExceededError: a failure that the request asked for");
    case MockFailure::content_policy:
      return failure(ErrorCode::content_policy, 400,
                     "litellm.ContentPolicyViolationError: a failure that the request asked for");
    case MockFailure::rate_limit:
      return failure(ErrorCode::rate_limit, 429,
                     "litellm.RateLimitError: a failure that the request asked for");
  }
  return Done{};
}

// For --debug: what an attempt came to. Not the message: providers quote prompts in theirs.
void log_failure(const Exchange& x, const Error& error) {
  if (!logs(LogLevel::debug)) return;
  log(LogLevel::debug, "attempt failed",
      {{"group", x.work.group},
       {"model", x.work.model},
       {"error", error_class_name(error.code)},
       {"status", std::to_string(error.status)},
       {"attempt", std::to_string(x.record.attempts)},
       {"call_id", x.call.id}});
}

// Asks the deployments of one group until one answers.
class GroupWalk {
 public:
  GroupWalk(Exchange& exchange, const Group& group, std::string_view overrides)
      : x_(exchange), group_(group), overrides_(overrides) {}

  io::Async<Status> run() {
    for (;;) {
      auto pick = x_.snapshot.router().pick(group_, avoid_, exclude_, x_.gateway.loop.now(),
                                            x_.gateway.random);
      // A group that is full after some failure: the failure says more.
      if (!pick) co_return last_ ? Status(fail(std::move(pick).error())) : std::move(last_);
      const DeploymentIndex index = pick->deployment;
      const Attempt attempt{group_, std::move(*pick), overrides_};
      Status admitted = Done{};
      if (const auto most = x_.snapshot.router().most_under_way(index))
        admitted = co_await wait_for_permit(index, *most);
      // What is full by now is not picked again, so this ends.
      if (admitted && !take_place(index)) continue;
      last_ = std::move(admitted);
      if (last_) last_ = co_await ask(x_, attempt);
      end_attempt();
      if (last_) co_return std::move(last_);
      log_failure(x_, last_.error());
      if (!goes_on(index)) co_return std::move(last_);
      const bool in_time = co_await wait();
      if (!in_time) co_return std::move(last_);
    }
  }

 private:
  // Until one more attempt at the deployment may be under way.
  io::Async<Status> wait_for_permit(DeploymentIndex index, std::int64_t most) {
    const io::WaitLimit limit{.deadline = x_.deadline, .cancel = x_.call.cancel};
    io::Semaphore& under_way = x_.snapshot.router().under_way(index);
    const io::IoError ended = co_await under_way.acquire(most, x_.gateway.loop, limit, x_.permit);
    if (ended == io::IoError::none) co_return Done{};
    Error error = io::wait_error(
        ended, "litellm.Timeout: the request's time was over while all " + std::to_string(most) +
                   " calls that a deployment of `" + group_.name +
                   "` may have at once (max_parallel_requests) were under way");
    if (ended == io::IoError::timeout) error.blame = Blame::gateway;
    co_return fail(std::move(error));
  }

  // The wait may have been long: only now does the call count against the rpm. Without a place it
  // goes to another deployment, if one has room.
  bool take_place(DeploymentIndex index) {
    const bool taken = x_.snapshot.router().take_place(index, x_.gateway.loop.now());
    if (!taken) x_.permit.release();
    return taken;
  }

  // Unless it has opened a stream, the attempt is over.
  void end_attempt() {
    if (last_ && x_.reply.filter) return;
    if (!last_) x_.reply.call.reset();
    x_.permit.release();
  }

  // Notes what the failure means for the next pick.
  bool goes_on(DeploymentIndex index) {
    delay_ = Milliseconds(0);
    switch (next_after(last_.error())) {
      case Next::give_up: return false;
      case Next::other_deployment:
        exclude_.push_back(index);
        return exclude_.size() < group_.members.size();
      case Next::again: break;
    }
    const Deployment& deployment = x_.snapshot.settings().deployments[index];
    if (retries_made_ >= retries_for(x_, group_, deployment, last_.error().code)) return false;
    avoid_.assign(1, index);
    const bool others_left = group_.members.size() > exclude_.size() + 1;
    delay_ = delay_before_retry(x_, last_.error(), retries_made_++, others_left);
    return true;
  }

  io::Async<bool> wait() {
    const io::Time until = io::Clock::now() + delay_;
    if (until >= x_.deadline) co_return false;
    if (delay_.count() == 0) co_return !x_.call.cancel->cancelled();
    io::Pause pause(x_.gateway.loop, {.deadline = until, .cancel = x_.call.cancel});
    const io::IoError ended = co_await pause;
    co_return ended == io::IoError::timeout;
  }

  Exchange& x_;
  const Group& group_;
  std::string_view overrides_;
  std::vector<DeploymentIndex> avoid_, exclude_;
  int retries_made_ = 0;
  Milliseconds delay_{0};
  Status last_ = Done{};  // of the latest attempt
};

// Groups still to be tried, nearest first.
class FallbackQueue {
 public:
  explicit FallbackQueue(const Exchange& x) : x_(x) {
    if (!x.call.fallbacks) return;
    for (const RequestedFallback& each : *x.call.fallbacks) push_back(each.model, each.overrides);
  }
  struct Entry {
    std::string model;
    std::string_view overrides;
  };

  // The configured ones of a group that failed, before those that wait already.
  void add_configured(const Group& group, const Error& error) {
    if (x_.call.fallbacks) return;  // the request's own list replaces the configuration's
    const auto* names = x_.snapshot.router().fallbacks(group, error.code);
    if (names == nullptr) return;
    std::vector<Entry> nearer;
    for (const std::string& name : *names) {
      if (seen_.insert(name).second) nearer.push_back({name, {}});
    }
    entries_.insert(entries_.begin(), nearer.begin(), nearer.end());
  }
  void note(const std::string& model) { seen_.insert(model); }
  std::optional<Entry> pop() {
    if (entries_.empty()) return std::nullopt;
    Entry entry = std::move(entries_.front());
    entries_.erase(entries_.begin());
    return entry;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> list;
    for (const Entry& entry : entries_) list.push_back(entry.model);
    return list;
  }

 private:
  void push_back(const std::string& model, std::string_view overrides) {
    seen_.insert(model);
    entries_.push_back({model, overrides});
  }
  const Exchange& x_;
  std::vector<Entry> entries_;
  std::set<std::string, std::less<>> seen_;
};

io::Async<Status> try_group(Exchange& x, const Group& group, std::string_view overrides) {
  x.record.group.assign(group.label());
  GroupWalk walk(x, group, overrides);
  co_return co_await walk.run();
}

io::Async<Status> try_fallbacks(Exchange& x, const Group& first, Error error) {
  FallbackQueue queue(x);
  queue.note(first.name);
  queue.add_configured(first, error);
  add_group(error, first.name, queue.names());
  std::optional<Error> last;
  while (x.record.fallbacks < x.snapshot.settings().max_fallbacks) {
    const auto entry = queue.pop();
    if (!entry) break;
    std::optional<Group> scratch;
    const Group* group = x.snapshot.router().find(entry->model, scratch);
    if (group == nullptr) continue;
    x.record.fallbacks++;
    Status tried = co_await try_group(x, *group, entry->overrides);
    if (tried) co_return tried;
    last = std::move(tried).error();
    if (!may_fall_back(*last)) break;
    queue.add_configured(*group, *last);
  }
  if (last && last->code == ErrorCode::cancelled) co_return fail(std::move(*last));
  if (last) error.message += "\nError doing the fallback: " + last->message;
  co_return fail(std::move(error));
}

}  // namespace

io::Async<Status> open_first_healthy(Exchange& x) {
  std::optional<Group> scratch;
  const Group* group = x.snapshot.router().find(x.call.model, scratch);
  SLUICE_ASSERT(group != nullptr);  // handle_call looked it up
  Status tried = asked_for_failure(x.call);
  if (tried) tried = co_await try_group(x, *group, {});
  const bool final = tried || tried.error().code == ErrorCode::cancelled;
  if (final) co_return tried;
  if (x.call.disable_fallbacks) co_return tried;
  if (may_fall_back(tried.error()))
    co_return co_await try_fallbacks(x, *group, std::move(tried).error());
  add_group(tried.error(), group->name, {});
  co_return tried;
}

}  // namespace sluice::gateway
