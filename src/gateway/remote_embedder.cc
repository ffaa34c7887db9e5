#include "gateway/remote_embedder.h"

#include "base/digest.h"
#include "base/json_write.h"
#include "gateway/embedding_vector.h"
#include "gateway/exchange.h"
#include "io/outage.h"

namespace sluice::gateway {

namespace {

// The text is at fault, unless the model refuses all texts.
bool is_about_the_text(const Error& error) {
  switch (error.code) {
    case ErrorCode::bad_request:
    case ErrorCode::context_window:
    case ErrorCode::content_policy:
    case ErrorCode::unprocessable: return true;
    default: return error.status == 413;
  }
}

// Not the message: providers quote texts and keys in theirs.
std::string reason_of(const Error& error) {
  return std::string(error_class_name(error.code)) + ", status " + std::to_string(error.status);
}

class Counted {
 public:
  explicit Counted(int& count) : count_(count) { count_++; }
  ~Counted() { count_--; }
  Counted(const Counted&) = delete;

 private:
  int& count_;
};

}  // namespace

RemoteEmbedder::RemoteEmbedder(Gateway& gateway, const SemanticSettings& settings)
    : gateway_(gateway),
      model_(settings.embedding_model),
      vector_model_(settings.vector_model),
      space_(hex(sha256(settings.vector_model))),
      patience_(settings.embedding_timeout),
      name_("embedding model `" + settings.embedding_model + "`") {}

RemoteEmbedder::~RemoteEmbedder() {
  if (breaker_.open()) io::outage_is_over(name_);
}

io::Async<Result<cache::Vector>> RemoteEmbedder::embed(std::string_view text, embed::LongText,
                                                       io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done admitted, admit());
  const Counted counted(under_way_);
  const io::Time began = io::Clock::now();
  auto vector = co_await ask(text, limit);
  note(vector ? nullptr : &vector.error(), began);
  co_return vector;
}

// While the breaker is open one call at a time finds out whether the model is back; when that one
// is abandoned, the next call after the pause does.
Status RemoteEmbedder::admit() {
  if (under_way_ >= most_under_way) return fail(cache::no_vector("too many texts are under way"));
  if (!breaker_.open()) return Done{};
  if (const io::Time now = io::Clock::now(); now >= try_at_) {
    try_at_ = now + std::max<io::Duration>(breaker_.pause(), patience_);
    return Done{};
  }
  breaker_.refused();
  return fail(cache::no_vector("the embedding model fails and is left alone for a while"));
}

// A model that refuses a text answers, once it has given a vector for another.
void RemoteEmbedder::note(const Error* failure, io::Time began) {
  if (failure != nullptr && failure->code == ErrorCode::cancelled) return;
  if (failure == nullptr) works_ = true;
  const bool answers = failure == nullptr || (works_ && is_about_the_text(*failure));
  if (answers)
    note_answer(began);
  else
    note_failure(*failure, began);
}

void RemoteEmbedder::note_answer(io::Time began) {
  if (!breaker_.open()) return breaker_.succeeded();
  if (began < breaker_.opened_at()) return;  // was under way when it opened
  io::outage_ends(name_, breaker_.without());
  breaker_.probe_succeeded();
}

void RemoteEmbedder::note_failure(const Error& failure, io::Time began) {
  const io::Time now = io::Clock::now();
  if (breaker_.open()) {
    breaker_.refused();
    if (began < breaker_.opened_at()) return;
    breaker_.probe_failed();
    try_at_ = now + breaker_.pause();
    return;
  }
  if (!breaker_.failed(began, now)) return;
  try_at_ = now + breaker_.pause();
  io::outage_begins(name_, name_ + " gives no vectors (" + reason_of(failure) + ")");
}

// A reload may have put another model in the place of this one: its vectors would be put beside
// those of the old.
Result<std::shared_ptr<const Snapshot>> RemoteEmbedder::snapshot() const {
  const std::optional<CacheSettings>& cache = gateway_.snapshot->settings().cache;
  if (cache && cache->semantic.vector_model == vector_model_)
    return gateway_.snapshot->for_embeddings();
  return fail(Error{.code = ErrorCode::cancelled,
                    .message = "no embedding: the configuration names another model by now"});
}

io::Async<Result<cache::Vector>> RemoteEmbedder::ask(std::string_view text, io::WaitLimit limit) {
  CO_TRY(const auto asked, snapshot());
  std::string body = R"({"input":)";
  append_json_string(body, text);
  body += "}";
  io::CancelToken own;
  Workspace work;
  work.call = {.endpoint = Endpoint::embeddings,
               .body = body,
               .model = model_,
               .disable_fallbacks = true,
               .cancel = limit.cancel != nullptr ? limit.cancel : &own,
               .arrived = gateway_.loop.now()};
  make_call_id(gateway_, work.call.id);
  (void)scan_json_object(body, work.call.fields);
  work.record.endpoint = "embeddings";
  work.record.call_id = work.call.id;
  work.record.arrived = work.call.arrived;
  Exchange x{.gateway = gateway_, .snapshot = *asked, .work = work};
  x.deadline = limit.deadline;
  CO_TRY([[maybe_unused]] const Done opened, co_await open_recorded(x));
  CO_TRY(std::vector<float> vector, read_vector(x.reply.body()));
  co_return std::make_shared<const std::vector<float>>(std::move(vector));
}

}  // namespace sluice::gateway
