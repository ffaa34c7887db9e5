#pragma once
// Vectors for the semantic cache by an embedding model elsewhere: a group of the model_list, or a
// provider's own model. Its calls take the way of any other, with the deployment's key, parameters,
// timeouts and retries; but they never fall back to another group, whose vectors would be another
// model's.
//
// A model that fails, hangs or has too much to do costs a lookup and nothing else. After a few
// failures in a row it is left alone and tried now and then (io/breaker.h), and the log says so
// once.
#include <string>

#include "cache/embedder.h"
#include "gateway/gateway.h"
#include "io/breaker.h"

namespace sluice::gateway {

// One loop's.
class RemoteEmbedder final : public cache::Embedder {
 public:
  // The gateway outlives this. `settings` name the model.
  RemoteEmbedder(Gateway& gateway, const SemanticSettings& settings);
  ~RemoteEmbedder() override;
  RemoteEmbedder(const RemoteEmbedder&) = delete;

  // A text is never cut here: what is too long is the model's to say.
  io::Async<Result<cache::Vector>> embed(std::string_view text, embed::LongText long_text,
                                         io::WaitLimit limit) override;
  std::string_view space() const override { return space_; }
  bool is_built_in() const override { return false; }
  bool is_costly() const override { return true; }
  Milliseconds patience() const override { return patience_; }

 private:
  // More calls side by side than this are a burst that the next lookups are better off without.
  static constexpr int most_under_way = 64;

  io::Async<Result<cache::Vector>> ask(std::string_view text, io::WaitLimit limit);
  Result<std::shared_ptr<const Snapshot>> snapshot() const;
  Status admit();
  void note(const Error* failure, io::Time began);
  void note_answer(io::Time began);
  void note_failure(const Error& failure, io::Time began);

  Gateway& gateway_;
  const std::string model_, vector_model_, space_;
  const Milliseconds patience_;
  const std::string name_;  // for the log
  int under_way_ = 0;
  bool works_ = false;  // has given a vector
  io::Breaker breaker_;
  io::Time try_at_{};  // when an open breaker lets the next call through
};

}  // namespace sluice::gateway
