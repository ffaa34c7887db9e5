#pragma once
// The semantic cache as one loop sees it: a question's vector, its nearest neighbours in the same
// scope, and the decision whether one of them asks for the same.
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

// What the semantic cache of a process did. Any thread.
struct SemanticCounts {
  std::atomic<std::uint64_t> lookups = 0, hits = 0, vetoed = 0, no_vector = 0, index_errors = 0,
                             rested = 0, shadow_hits = 0, shadow_same = 0, shadow_other = 0;
};

// A question on its way: what was found out is not found out again when its answer is kept.
struct AskedQuestion {
  SemanticQuestion question;
  bool time_sensitive = false;
  Vector vector;               // null: not known yet, or
  bool has_no_vector = false;  // none was to be had, which is not tried again
};

struct SemanticHit {
  std::string body;  // JSON: a whole chat.completion
  double stored_at = 0;
  float similarity = 0;
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
  // The answer to a question that asks for the same; nothing if there is none, or none in time.
  io::Async<std::optional<SemanticHit>> find(AskedQuestion& asked, io::CancelToken* cancel);
  // Keeps an answer that may stand for other questions.
  io::Async<Done> keep(AskedQuestion& asked, std::string_view body,
                       std::optional<Milliseconds> ttl);
  // Shadow mode: whether the fresh answer says what the stored one said. Counts it.
  io::Async<Done> judge_shadow(const SemanticHit& stored, std::string_view fresh);

  SemanticIndex& index() { return *p_.index; }

 private:
  // Whether the question has its vector.
  io::Async<bool> embed(AskedQuestion& asked, io::WaitLimit limit);
  io::Async<Result<Vector>> vector_of(std::string_view text, io::WaitLimit limit);
  std::optional<SemanticHit> choose(const AskedQuestion& asked,
                                    const std::vector<Neighbour>& neighbours);
  bool is_same(const AskedQuestion& asked, const Neighbour& neighbour) const;
  io::WaitLimit limit(io::CancelToken* cancel) const;

  Parts p_;
  const semantic::CompareOptions options_;
};

}  // namespace sluice::cache
