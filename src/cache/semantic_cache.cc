#include "cache/semantic_cache.h"

#include <algorithm>

#include "base/unix_time.h"
#include "cache/entry.h"
#include "semantic/question.h"

namespace sluice::cache {

namespace {

// Without a threshold of the operator's, for encoders that the verifier doesn't know.
constexpr double cautious_threshold = 0.95;

// The operator's word; else the verifier's for the encoder that it knows, and for others a cosine.
semantic::CompareOptions options_for(const SemanticSettings& wish, bool is_built_in) {
  semantic::CompareOptions options{.similarity_threshold = wish.similarity_threshold,
                                   .vetoes = wish.vetoes.value_or(is_built_in)};
  if (!wish.similarity_threshold && !is_built_in) options.similarity_threshold = cautious_threshold;
  return options;
}

}  // namespace

std::string_view semantic_outcome_name(SemanticOutcome outcome) {
  constexpr std::array<std::string_view, semantic_outcomes> names{
      "hit",     "no_neighbour", "other_question", "not_matchable",
      "resting", "no_vector",    "index_error"};
  return names.at(static_cast<std::size_t>(outcome));
}

SemanticCache::SemanticCache(Parts parts)
    : p_(std::move(parts)),
      options_(options_for(p_.settings.semantic, p_.embedder->is_built_in())) {}

Result<AskedQuestion> SemanticCache::prepare(const KeyInput& input) const {
  TRY(SemanticQuestion question, read_question(input, p_.settings));
  const auto turn = question.first_turn ? semantic::Turn::first : semantic::Turn::later;
  const auto eligible = semantic::judge_question(question.text, turn);
  if (!eligible.matchable) return fail(client_error(eligible.reason, "messages"));
  question.scope.append(":").append(p_.embedder->space().substr(0, 16));
  return AskedQuestion{.question = std::move(question), .time_sensitive = eligible.time_sensitive};
}

io::WaitLimit SemanticCache::limit(io::CancelToken* cancel) const {
  return {.deadline = io::Clock::now() + p_.embedder->patience(), .cancel = cancel};
}

io::Async<Result<Vector>> SemanticCache::vector_of(std::string_view text, io::WaitLimit limit) {
  const std::string digest = VectorMemo::digest_of(text);
  if (Vector known = p_.memo.find(digest); known != nullptr) co_return known;
  auto vector = co_await p_.embedder->embed(text, embed::LongText::refused, limit);
  if (vector) p_.memo.keep(digest, *vector);
  co_return vector;
}

io::Async<std::optional<SemanticOutcome>> SemanticCache::embed(AskedQuestion& asked,
                                                               io::WaitLimit limit) {
  if (asked.vector != nullptr || asked.no_vector) co_return asked.no_vector;
  auto vector = co_await vector_of(asked.question.text, limit);
  if (vector) {
    asked.vector = std::move(*vector);
    co_return std::nullopt;
  }
  const bool too_long = vector.error().code == ErrorCode::context_window;
  const auto why = too_long ? SemanticOutcome::not_matchable : SemanticOutcome::no_vector;
  if (too_long || p_.embedder->is_costly()) asked.no_vector = why;
  co_return why;
}

io::Async<SemanticFound> SemanticCache::find(AskedQuestion& asked, double oldest,
                                             io::CancelToken* cancel) {
  SemanticFound found = co_await look_up(asked, oldest, cancel);
  if (cancel != nullptr && cancel->cancelled()) co_return found;  // nobody's fault
  p_.counts.of(found.outcome)++;
  // Without a vector, or an answer of the index, nothing is known of the scope.
  switch (found.outcome) {
    case SemanticOutcome::hit:
    case SemanticOutcome::no_neighbour:
    case SemanticOutcome::other_question:
      p_.record.note(asked.question.scope, found.hit.has_value());
      break;
    default: break;
  }
  co_return found;
}

io::Async<SemanticFound> SemanticCache::look_up(AskedQuestion& asked, double oldest,
                                                io::CancelToken* cancel) {
  if (!p_.record.admit(asked.question.scope))
    co_return SemanticFound{.outcome = SemanticOutcome::resting};
  const io::WaitLimit patience = limit(cancel);
  const auto no_vector = co_await embed(asked, patience);
  if (no_vector) {
    const bool too_long = no_vector == SemanticOutcome::not_matchable;
    co_return SemanticFound{.outcome = *no_vector,
                            .reason = too_long ? "longer than the encoder takes" : ""};
  }
  const SemanticLookup lookup{
      .scope = asked.question.scope,
      .vector = *asked.vector,
      .least_similarity =
          static_cast<float>(options_.similarity_threshold.value_or(semantic::lowest_similarity)),
      .foreign_too = asked.question.plain && p_.settings.semantic.share_foreign_entries};
  const auto neighbours = co_await p_.index->nearest(lookup, patience);
  if (!neighbours) co_return SemanticFound{.outcome = SemanticOutcome::index_error};
  co_return choose(asked, oldest, *neighbours);
}

// The first that asks for the same; else what the nearest one lacks.
SemanticFound SemanticCache::choose(const AskedQuestion& asked, double oldest,
                                    const std::vector<Neighbour>& neighbours) {
  if (asked.time_sensitive)
    oldest = std::max(oldest, unix_seconds() - std::chrono::seconds(now_holds).count());
  SemanticFound found{.outcome = SemanticOutcome::no_neighbour};
  for (const Neighbour& each : neighbours) {
    if (each.entry->inserted_at < oldest) continue;
    const auto verdict =
        semantic::compare(asked.question.text, each.entry->prompt, each.similarity, options_);
    if (verdict.same) {
      auto hit = hit_of(each);
      if (hit)
        return {.outcome = SemanticOutcome::hit,
                .reason = verdict.reason,
                .similarity = each.similarity,
                .hit = std::move(hit)};
      continue;
    }
    if (found.outcome == SemanticOutcome::other_question) continue;
    found = {.outcome = SemanticOutcome::other_question,
             .reason = verdict.reason,
             .similarity = each.similarity};
  }
  return found;
}

// Nothing for a plain text or a cut literal: other programs write what they like.
std::optional<SemanticHit> SemanticCache::hit_of(const Neighbour& neighbour) {
  auto answer = decode_litellm(provider::Endpoint::chat, neighbour.entry->response);
  if (!answer || answer_text(answer->body).empty()) return std::nullopt;
  p_.index->used(neighbour);
  return SemanticHit{.body = std::move(answer->body), .stored_at = neighbour.entry->inserted_at};
}

io::Async<Done> SemanticCache::keep(AskedQuestion& asked, std::string_view body,
                                    std::optional<Milliseconds> ttl) {
  if (!answers_by_itself(body)) co_return Done{};
  const io::WaitLimit patience = limit(nullptr);
  const auto no_vector = co_await embed(asked, patience);
  if (no_vector) {
    if (no_vector == SemanticOutcome::no_vector) p_.counts.not_kept++;
    co_return Done{};
  }
  if (asked.time_sensitive) ttl = std::min<Milliseconds>(ttl.value_or(now_holds), now_holds);
  const std::string response = encode_litellm(provider::Endpoint::chat, body, unix_seconds());
  const NewSemanticEntry entry{.scope = asked.question.scope,
                               .prompt = asked.question.text,
                               .response = response,
                               .vector = *asked.vector,
                               .ttl = ttl};
  const auto kept = co_await p_.index->put(entry, patience);
  (kept ? p_.counts.kept : p_.counts.not_kept)++;
  co_return Done{};
}

io::Async<Done> SemanticCache::judge_shadow(const SemanticHit& stored, std::string_view fresh) {
  const auto same = co_await say_the_same(answer_text(stored.body), answer_text(fresh));
  if (same) (*same ? p_.counts.shadow_same : p_.counts.shadow_other)++;
  co_return Done{};
}

// Nothing: it can't be told without their vectors.
io::Async<std::optional<bool>> SemanticCache::say_the_same(std::string then, std::string now) {
  constexpr float alike = 0.9f;
  if (then == now) co_return true;
  const io::WaitLimit patience = limit(nullptr);
  const auto first = co_await p_.embedder->embed(then, embed::LongText::cut, patience);
  const auto second = co_await p_.embedder->embed(now, embed::LongText::cut, patience);
  const auto cosine = first && second ? cosine_of(**first, **second) : std::nullopt;
  if (!cosine) co_return std::nullopt;
  co_return *cosine >= alike;
}

}  // namespace sluice::cache
