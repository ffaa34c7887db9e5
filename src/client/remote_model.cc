// OpenAI's embeddings: POST {base_url}/embeddings {"model": m, "input": [t, …]} gives
// {"data": [{"index": 0, "embedding": [0.1, …]}, …]}.
#include <charconv>
#include <thread>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "client/failures.h"
#include "client/http_endpoint.h"
#include "client/model.h"
#include "model/deployment.h"

namespace sluice::client {
namespace {

using Vector = Vectorizer::Vector;

constexpr std::size_t texts_per_request = 128;
// A server that is busy or gone for a moment is asked again, after 0.25 s and then 1 s.
constexpr int most_attempts = 3;
constexpr Milliseconds first_pause{250};

std::optional<Vector> parse_vector(std::string_view json) {
  std::vector<std::string_view> numbers;
  if (scan_json_array(json, numbers)) return {};
  Vector vector;
  vector.reserve(numbers.size());
  for (const auto text : numbers) {
    const auto number = json_number(text);
    if (!number) return {};
    vector.push_back(static_cast<float>(*number));
  }
  return vector;
}

// Nothing when the answer is not what the API promises.
std::optional<std::vector<Vector>> parse_answer(std::string_view body, std::size_t count) {
  JsonFields fields;
  std::vector<std::string_view> rows;
  if (scan_json_object(body, fields)) return {};
  const JsonField* data = fields.find("data");
  if (data == nullptr || data->type != JsonType::array || scan_json_array(data->value, rows))
    return {};
  if (rows.size() != count) return {};
  std::vector<Vector> vectors(count);
  for (std::size_t i = 0; i < count; i++) {
    JsonFields row;
    if (scan_json_object(rows[i], row)) return {};
    const JsonField *index = row.find("index"), *embedding = row.find("embedding");
    const double place =
        index == nullptr ? static_cast<double>(i) : json_number(index->value).value_or(-1);
    if (embedding == nullptr || embedding->type != JsonType::array) return {};
    auto vector = parse_vector(embedding->value);
    if (!vector || place < 0 || place >= static_cast<double>(count)) return {};
    vectors[static_cast<std::size_t>(place)] = std::move(*vector);
  }
  return vectors;
}

bool may_pass(int status) { return status == 429 || status >= 500; }

Failed why(int status) {
  if (status == 401 || status == 403) return Failed::permission;
  if (status == 404) return Failed::not_found;
  if (status == 400 || status == 422 || status == 413) return Failed::argument;
  return Failed::connection;
}

class RemoteEncoder final : public Vectorizer::Model {
 public:
  explicit RemoteEncoder(const RemoteModel& options)
      : model_(options.model),
        timeout_(options.timeout),
        server_({.base_url = options.base_url,
                 .key = options.api_key,
                 .verify_tls = options.verify_tls,
                 .ca_file = options.ca_file}),
        place_(server_.place() + std::string(path)) {
    dims_ = ask({"dimension check"}, 0).front().size();
    if (dims_ == 0) throw Exception(Failed::connection, place_ + " gave an empty embedding");
  }

  std::vector<Vector> embed(const std::vector<std::string>& texts) const override {
    std::vector<Vector> vectors;
    for (std::size_t from = 0; from < texts.size(); from += texts_per_request) {
      auto part = ask(texts, from);
      std::ranges::move(part, std::back_inserter(vectors));
    }
    return vectors;
  }
  std::size_t dims() const override { return dims_; }
  const std::string& name() const override { return model_; }

 private:
  // The embeddings of up to texts_per_request texts.
  std::vector<Vector> ask(const std::vector<std::string>& texts, std::size_t from) const {
    const std::size_t count = std::min(texts_per_request, texts.size() - from);
    const io::Time deadline = io::Clock::now() + timeout_;
    const std::string body = write(texts, from, count);
    Milliseconds pause = first_pause;
    for (int attempt = 1;; attempt++, pause *= 4) {
      auto answer = server_.ask("POST", path, body, deadline);
      const bool again =
          answer ? may_pass(answer->status) : answer.error().code == ErrorCode::connection;
      if (again && attempt < most_attempts && io::Clock::now() + pause < deadline) {
        std::this_thread::sleep_for(pause);
        continue;
      }
      return read(value_of(std::move(answer)), count);
    }
  }

  std::string write(const std::vector<std::string>& texts, std::size_t from,
                    std::size_t count) const {
    std::string body = "{\"model\":";
    append_json_string(body, model_);
    body += ",\"input\":[";
    for (std::size_t i = 0; i < count; i++) {
      if (i > 0) body += ",";
      append_json_string(body, texts[from + i]);
    }
    body += "],\"encoding_format\":\"float\"}";
    return body;
  }

  // The server's own words stay out of the message: they may repeat the text.
  std::vector<Vector> read(const HttpAnswer& answer, std::size_t count) const {
    if (answer.status != 200) {
      throw Exception(why(answer.status), place_ + " answered " + std::to_string(answer.status) +
                                              " for the model `" + model_ +
                                              "`: look at api_key, base_url and model");
    }
    auto vectors = parse_answer(answer.body, count);
    if (!vectors)
      throw Exception(Failed::connection, place_ + " gave an answer that is no list of embeddings");
    return std::move(*vectors);
  }

  static constexpr std::string_view path = "/embeddings";
  std::string model_;
  Milliseconds timeout_;
  HttpEndpoint server_;
  std::string place_;
  std::size_t dims_ = 0;
};

}  // namespace

std::shared_ptr<const Vectorizer::Model> make_remote_model(const RemoteModel& options) {
  return std::make_shared<RemoteEncoder>(options);
}

}  // namespace sluice::client
