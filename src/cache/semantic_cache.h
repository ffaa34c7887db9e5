#pragma once
// The semantic cache as one loop sees it: a question's vector, its nearest neighbours in the same
// scope, and the decision whether one of them asks for the same.
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cache/embedder.h"
#include "cache/scope_record.h"
#include "cache/semantic_index.h"
#include "cache/semantic_question.h"
#include "cache/vector_memo.h"
#include "model/cache_settings.h"
#include "semantic/compare.h"

namespace sluice::cache {

// How looking for a question by its meaning ended.
enum class SemanticOutcome : std::uint8_t {
  hit,             // the answer to a question that asks for the same
  no_neighbour,    // nothing near enough was asked in its scope
  other_question,  // the nearest ones ask for something else
  not_matchable,   // questions of its kind are not matched by meaning
  resting,         // its scope hardly ever has a hit
  no_vector,       // the embedding model gave none in time
  index_error,     // the index gave no answer in time
};
constexpr auto semantic_outcomes = static_cast<std::size_t>(SemanticOutcome::index_error) + 1;
std::string_view semantic_outcome_name(SemanticOutcome outcome);

// What the semantic cache of a process did. Any thread.
struct SemanticCounts {
  using Count = std::atomic<std::uint64_t>;
  std::array<Count, semantic_outcomes> lookups{};  // by SemanticOutcome
  Count kept = 0, not_kept = 0;                    // answers; not: no vector, or no index
  Count shadow_same = 0, shadow_other = 0;         // in shadow mode, what a hit would have told

  Count& of(SemanticOutcome outcome) { return lookups[static_cast<std::size_t>(outcome)]; }
};

// A question on its way: what was found out is not found out again when its answer is kept.
struct AskedQuestion {
  SemanticQuestion question;
  bool time_sensitive = false;
  Vector vector;                             // null: not known yet, or
  std::optional<SemanticOutcome> no_vector;  // why none was to be had, which is not tried again
};

struct SemanticHit {
  std::string body;  // JSON: a whole chat.completion
  double stored_at = 0;
};

struct SemanticFound {
  SemanticOutcome outcome;
  const char* reason = "";              // static text without any word of the questions
  float similarity = 0;                 // of the neighbour that decided; 0: there was none
  std::optional<SemanticHit> hit = {};  // of outcome hit
};

class SemanticCache {
 public:
  // How long a question that asks about now may be answered from the cache.
  static constexpr std::chrono::minutes now_holds{5};

  struct Parts {
    const CacheSettings& settings;
    SemanticCounts& counts;
    ScopeRecord& record;
    VectorMemo& memo;
    std::shared_ptr<Embedder> embedder;
    std::shared_ptr<SemanticIndex> index;
  };
  explicit SemanticCache(Parts parts);

  // Error: why this call is not matched by meaning.
  Result<AskedQuestion> prepare(const KeyInput& input) const;
  // Looks for the answer to a question that asks for the same, stored at `oldest` (Unix seconds) or
  // later. Counts the outcome.
  io::Async<SemanticFound> find(AskedQuestion& asked, double oldest, io::CancelToken* cancel);
  // Keeps an answer that may stand for other questions.
  io::Async<Done> keep(AskedQuestion& asked, std::string_view body,
                       std::optional<Milliseconds> ttl);
  // Shadow mode: whether the fresh answer says what the stored one said. Counts it.
  io::Async<Done> judge_shadow(const SemanticHit& stored, std::string_view fresh);

  SemanticIndex& index() { return *p_.index; }
  SemanticCounts& counts() { return p_.counts; }

 private:
  io::Async<SemanticFound> look_up(AskedQuestion& asked, double oldest, io::CancelToken* cancel);
  // Gets the question its vector. Else: why there is none.
  io::Async<std::optional<SemanticOutcome>> embed(AskedQuestion& asked, io::WaitLimit limit);
  io::Async<Result<Vector>> vector_of(std::string_view text, io::WaitLimit limit);
  SemanticFound choose(const AskedQuestion& asked, double oldest,
                       const std::vector<Neighbour>& neighbours);
  io::Async<std::optional<bool>> say_the_same(std::string then, std::string now);
  std::optional<SemanticHit> hit_of(const Neighbour& neighbour);
  io::WaitLimit limit(io::CancelToken* cancel) const;

  Parts p_;
  const semantic::CompareOptions options_;
};

}  // namespace sluice::cache
