#include "gateway/local_embeddings.h"

#include <bit>
#include <charconv>

#include "base/base64.h"
#include "base/json_write.h"
#include "cache/local_embedder.h"
#include "embed/models.h"
#include "gateway/embedding_items.h"
#include "io/group.h"

namespace sluice::gateway {

namespace {

// Texts of one request that the encoder has at a time: a batch must not keep others waiting.
constexpr int side_by_side = 4;

class LocalEmbeddings {
 public:
  LocalEmbeddings(Exchange& exchange, std::shared_ptr<embed::Pool> pool)
      : x_(exchange),
        pool_(std::move(pool)),
        embedder_(x_.gateway.loop, *pool_),
        items_(split_input(*x_.call.fields.find("input")).items),
        vectors_(items_.size()) {}

  io::Async<Status> run() {
    CO_TRY([[maybe_unused]] const Done fits, check());
    std::vector<io::CancelToken> tokens(side_by_side);
    io::Group group(x_.gateway.loop);
    for (io::CancelToken& token : tokens) group.spawn(encode_some(token));
    co_await group.join();
    if (failed_ != nullptr) co_return fail(*failed_);
    write_answer();
    co_return Done{};
  }

 private:
  Status check() {
    for (const std::string_view item : items_) {
      if (!item.starts_with('"'))
        return fail(client_error("`input` must be a text or a list of texts: `" + x_.work.model +
                                     "` takes no token ids.",
                                 "input"));
    }
    const JsonField* dimensions = x_.call.fields.find("dimensions");
    const int own = pool_->encoder().dimensions();
    if (dimensions != nullptr && dimensions->type != JsonType::null &&
        json_number(dimensions->value) != own)
      return fail(client_error("`dimensions` must be " + std::to_string(own) + " for `" +
                                   x_.work.model + "`, or left out.",
                               "dimensions"));
    const JsonField* format = x_.call.fields.find("encoding_format");
    base64_ = format != nullptr && format->value == "\"base64\"";
    return Done{};
  }

  io::Async<Done> encode_some(io::CancelToken& token) {
    while (next_ < items_.size() && failed_ == nullptr && !x_.call.cancel->cancelled()) {
      const std::size_t i = next_++;
      const std::string text = json_unescape(items_[i]);
      tokens_ += static_cast<std::int64_t>(pool_->encoder().count_tokens(text));
      const io::WaitLimit limit{.deadline = x_.deadline, .cancel = &token};
      auto vector = co_await embedder_.embed(text, embed::LongText::cut, limit);
      if (vector)
        vectors_[i] = std::move(*vector);
      else
        failed_ = std::make_unique<Error>(too_busy());
    }
    co_return Done{};
  }

  static Error too_busy() {
    return Error{.code = ErrorCode::rate_limit,
                 .status = 429,
                 .message = "the built-in encoder has too much to do; try again",
                 .retry_after = Milliseconds(1000)};
  }

  void append_vector(std::string& out, const std::vector<float>& vector) const {
    if (base64_) {
      const auto* bytes =
          reinterpret_cast<const char*>(vector.data());  // little-endian, as OpenAI's
      append_json_string(out, base64({bytes, vector.size() * sizeof(float)}));
      return;
    }
    out += "[";
    for (const float value : vector) {
      if (out.back() != '[') out += ",";
      char text[24];
      out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
    }
    out += "]";
  }

  void write_answer() {
    if (x_.call.cancel->cancelled()) return;
    std::vector<std::string> items;
    for (const cache::Vector& vector : vectors_) {
      std::string item = R"({"object":"embedding","embedding":)";
      append_vector(item, *vector);
      items.push_back(item + "}");
    }
    std::string rest = ",\"model\":";
    append_json_string(rest, x_.work.model);
    x_.reply.made = make_reply(items, rest, tokens_);
    x_.reply.usage = {.prompt_tokens = tokens_, .total_tokens = tokens_, .known = true};
  }

  static_assert(std::endian::native == std::endian::little);
  Exchange& x_;
  const std::shared_ptr<embed::Pool> pool_;
  cache::LocalEmbedder embedder_;
  const std::vector<std::string_view> items_;
  std::vector<cache::Vector> vectors_;
  std::size_t next_ = 0;
  std::int64_t tokens_ = 0;
  bool base64_ = false;
  std::unique_ptr<Error> failed_;
};

}  // namespace

io::Async<Status> embed_locally(Exchange& x) {
  if (x.call.endpoint != Endpoint::embeddings)
    co_return fail(
        client_error("`" + x.work.model + "` makes embeddings and nothing else.", "model"));
  auto pool = x.gateway.models.pool(x.work.model);
  if (!pool) {
    Error error = std::move(pool).error();
    error.status = 503;
    error.code = ErrorCode::unavailable;
    co_return fail(std::move(error));
  }
  LocalEmbeddings embeddings(x, std::move(*pool));
  Status status = co_await embeddings.run();
  if (status && x.call.cancel->cancelled())
    co_return fail(Error{.code = ErrorCode::cancelled, .message = "the client has left"});
  co_return status;
}

}  // namespace sluice::gateway
