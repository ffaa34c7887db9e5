#include "cache/local_embedder.h"

#include "embed/model_location.h"

namespace sluice::cache {

namespace {

using Outcome = embed::Pool::Outcome;

// Between the coroutine that waits and the thread that encodes; either may be gone first.
struct Pending {
  io::Pause* pause;  // the loop's thread only; null: nobody waits any more
  Outcome outcome = Outcome::too_late;
  std::vector<float> vector;
};

struct Unhook {
  std::shared_ptr<Pending> pending;
  ~Unhook() { pending->pause = nullptr; }
};

Error too_long() {
  Error error = client_error("no embedding: the text is longer than the encoder takes");
  error.code = ErrorCode::context_window;
  return error;
}

}  // namespace

io::Async<Result<Vector>> LocalEmbedder::embed(std::string_view text, embed::LongText long_text,
                                               io::WaitLimit limit) {
  io::Pause pause(loop_, limit);
  const Unhook waiting{std::make_shared<Pending>(&pause)};
  const auto done = [&loop = loop_, pending = waiting.pending](Outcome outcome,
                                                               std::vector<float> vector) {
    loop.post([pending, outcome, vector = std::move(vector)]() mutable {
      if (pending->pause == nullptr) return;
      pending->outcome = outcome;
      pending->vector = std::move(vector);
      pending->pause->wake();
    });
  };
  embed::Pool::Job job{
      .text = std::string(text), .deadline = limit.deadline, .long_text = long_text, .done = done};
  if (!pool_.submit(std::move(job))) co_return fail(no_vector("the encoder's queue is full"));
  const io::IoError ended = co_await pause;
  if (ended != io::IoError::none || waiting.pending->outcome == Outcome::too_late)
    co_return fail(no_vector("not in time"));
  if (waiting.pending->outcome == Outcome::too_long) co_return fail(too_long());
  co_return std::make_shared<const std::vector<float>>(std::move(waiting.pending->vector));
}

bool LocalEmbedder::is_built_in() const { return pool_.encoder().name() == embed::default_model; }

}  // namespace sluice::cache
