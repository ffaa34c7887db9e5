#include "gateway/metrics.h"

#include <algorithm>
#include <cmath>

#include "base/json_write.h"
#include "cache/semantic_cache.h"
#include "provider/catalog.h"

namespace sluice::gateway {

namespace {

constexpr std::array bucket_bounds = std::to_array<double>(
    {0.005, 0.00625, 0.0125, 0.025, 0.05, 0.1,  0.5,  1.0,   1.5,   2.0,   2.5,  3.0,
     3.5,   4.0,     4.5,    5.0,   5.5,  6.0,  6.5,  7.0,   7.5,   8.0,   8.5,  9.0,
     9.5,   10.0,    15.0,   20.0,  25.0, 30.0, 60.0, 120.0, 180.0, 240.0, 300.0});

void append_number(std::string& out, double value) {
  constexpr double exact = 1e15;  // up to here every whole number is one
  if (std::fabs(value) < exact && value == std::trunc(value))
    out += std::to_string(static_cast<std::int64_t>(value));
  else
    append_json_double(out, value);
}

void append_sample(std::string& out, std::string_view name, std::string_view labels, double value) {
  out.append(name).append(1, '{').append(labels).append("} ");
  append_number(out, value);
  out += '\n';
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += ',';
  out.append(name).append("=\"");
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

void append_type(std::string& out, std::string_view name, std::string_view type,
                 std::string_view help) {
  out.append("# HELP ").append(name).append(1, ' ').append(help);
  out.append("\n# TYPE ").append(name).append(1, ' ').append(type).append(1, '\n');
}

}  // namespace

const std::span<const double> latency_buckets = bucket_bounds;

void Histogram::observe(io::Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = std::ranges::lower_bound(bucket_bounds, seconds) - bucket_bounds.begin();
  counts_[static_cast<std::size_t>(bucket)].add(1);
  sum_.add(seconds);
}

void Histogram::add_to(Histogram& sum) const {
  for (std::size_t i = 0; i < counts_.size(); i++) sum.counts_[i].add(counts_[i].value());
  sum.sum_.add(sum_.value());
}

void Histogram::print(std::string& out, std::string_view name, std::string_view labels) const {
  double count = 0;
  const std::string bucket_name = std::string(name) + "_bucket";
  for (std::size_t i = 0; i <= bucket_bounds.size(); i++) {
    count += counts_[i].value();
    std::string bound;
    if (i < bucket_bounds.size())
      append_json_double(bound, bucket_bounds[i]);
    else
      bound = "+Inf";
    append_sample(out, bucket_name, std::string(labels) + ",le=\"" + bound + "\"", count);
  }
  append_sample(out, std::string(name) + "_sum", labels, sum_.value());
  append_sample(out, std::string(name) + "_count", labels, count);
}

void StatusCounts::add(int status, double amount) {
  for (Slot& slot : slots_) {
    const int holds = slot.status.load(std::memory_order_relaxed);
    if (holds == 0) slot.status.store(status, std::memory_order_relaxed);
    if (holds == 0 || holds == status || &slot == &slots_.back()) return slot.count.add(amount);
  }
}

void StatusCounts::add_to(StatusCounts& sum) const {
  for_each([&sum](int status, double count) { sum.add(status, count); });
}

Metrics::Series& Metrics::series(const AccessRecord& record) {
  thread_local std::string key;
  key.assign(record.group).append(1, '\n');
  if (record.deployment != nullptr) key.append(record.deployment->id);
  if (const auto found = series_.find(key); found != series_.end()) return *found->second;
  auto made = std::make_unique<Series>();
  const Deployment* deployment = record.deployment;
  append_label(made->labels, "requested_model", record.group);
  append_label(made->labels, "model", deployment != nullptr ? deployment->model : "");
  append_label(made->labels, "model_id", deployment != nullptr ? deployment->id : "");
  append_label(made->labels, "api_provider", deployment != nullptr ? deployment->spec->name : "");
  const bool called = deployment != nullptr && !deployment->spec->builtin;
  append_label(made->labels, "api_base", called ? deployment->api_base : "");
  const std::lock_guard lock(mutex_);
  return *(series_[key] = std::move(made));
}

void Metrics::count(const AccessRecord& record) {
  Series& s = series(record);
  s.requests.add(record.status);
  if (record.error) s.failures.add(record.status);
  const io::Duration total = record.ended - record.arrived;
  s.total.observe(total);
  s.attempts.add(record.attempts);
  s.fallbacks.add(record.fallbacks);
  s.cache[static_cast<std::size_t>(record.cache)].add(1);
  if (record.attempts == 0) return;
  s.upstream.observe(record.upstream_time);
  s.overhead.observe(std::max(io::Duration(0), total - record.upstream_time));
  if (record.stream && record.first_byte && record.sent_upstream)
    s.first_token.observe(*record.first_byte - *record.sent_upstream);
  if (!record.usage.known) return;
  s.prompt_tokens.add(static_cast<double>(record.usage.prompt_tokens));
  s.completion_tokens.add(static_cast<double>(record.usage.completion_tokens));
  s.total_tokens.add(static_cast<double>(record.usage.total_tokens));
  s.spend.add(record.cost);
}

void Metrics::Series::add_to(Series& sum) const {
  requests.add_to(sum.requests);
  failures.add_to(sum.failures);
  total.add_to(sum.total);
  upstream.add_to(sum.upstream);
  first_token.add_to(sum.first_token);
  overhead.add_to(sum.overhead);
  for (Counter Series::* counter :
       {&Series::prompt_tokens, &Series::completion_tokens, &Series::total_tokens, &Series::spend,
        &Series::attempts, &Series::fallbacks})
    (sum.*counter).add((this->*counter).value());
  for (std::size_t i = 0; i < cache.size(); i++) sum.cache[i].add(cache[i].value());
}

Metrics::Summed Metrics::sum(std::span<const Metrics* const> loops) {
  Summed sums;
  for (const Metrics* loop : loops) {
    const std::lock_guard lock(loop->mutex_);
    for (const auto& [key, series] : loop->series_) {
      std::unique_ptr<Series>& total = sums[key];
      if (!total) total = std::make_unique<Series>();
      total->labels = series->labels;
      series->add_to(*total);
    }
  }
  return sums;
}

std::string Metrics::print(std::span<const Metrics* const> loops) {
  const Summed sums = sum(loops);
  std::string out;
  const auto statuses = [&](std::string_view name, std::string_view label, std::string_view help,
                            StatusCounts Series::* counts) {
    append_type(out, name, "counter", help);
    for (const auto& [key, series] : sums) {
      ((*series).*counts).for_each([&](int status, double count) {
        std::string labels = series->labels;
        append_label(labels, label, std::to_string(status));
        append_sample(out, name, labels, count);
      });
    }
  };
  const auto counters = [&](std::string_view name, std::string_view help,
                            Counter Series::* counter) {
    append_type(out, name, "counter", help);
    for (const auto& [key, series] : sums)
      append_sample(out, name, series->labels, ((*series).*counter).value());
  };
  const auto histograms = [&](std::string_view name, std::string_view help,
                              Histogram Series::* histogram) {
    append_type(out, name, "histogram", help);
    for (const auto& [key, series] : sums) ((*series).*histogram).print(out, name, series->labels);
  };
  statuses("litellm_proxy_total_requests_metric_total", "status_code",
           "Requests to models, by the status answered.", &Series::requests);
  statuses("litellm_proxy_failed_requests_metric_total", "exception_status",
           "Requests to models that ended with an error.", &Series::failures);
  histograms("litellm_request_total_latency_metric",
             "Seconds from the request's first byte to the answer's last.", &Series::total);
  histograms("litellm_llm_api_latency_metric", "Seconds spent waiting for providers.",
             &Series::upstream);
  histograms("litellm_llm_api_time_to_first_token_metric",
             "Seconds from sending a streamed request to its first event.", &Series::first_token);
  histograms("litellm_overhead_latency_metric",
             "Seconds of a request not spent waiting for providers.", &Series::overhead);
  counters("litellm_input_tokens_total", "Prompt tokens, as providers counted them.",
           &Series::prompt_tokens);
  counters("litellm_output_tokens_total", "Completion tokens, as providers counted them.",
           &Series::completion_tokens);
  counters("litellm_total_tokens_total", "All tokens, as providers counted them.",
           &Series::total_tokens);
  counters("litellm_spend_metric_total", "US dollars by the price table or the configured prices.",
           &Series::spend);
  append_type(out, "sluice_cache_requests_total", "counter",
              "Requests by what the cache had for them: exact, semantic, stale, miss, or off.");
  for (const auto& [key, series] : sums) {
    for (std::size_t i = 1; i < cache_outcomes; i++) {  // 0: there is no cache
      const double count = series->cache[i].value();
      std::string labels = series->labels;
      append_label(labels, "result", cache_outcome_name(static_cast<CacheOutcome>(i)));
      if (count > 0) append_sample(out, "sluice_cache_requests_total", labels, count);
    }
  }
  counters("sluice_upstream_attempts_total", "Calls to providers, retries and fallbacks included.",
           &Series::attempts);
  counters("sluice_fallbacks_total", "Model groups tried after the one asked for.",
           &Series::fallbacks);
  return out;
}

std::string print_semantic(const cache::SemanticCounts& counts) {
  using Count = cache::SemanticCounts::Count;
  std::string out;
  const auto sample = [&out](std::string_view name, std::string_view label, std::string_view value,
                             const Count& count) {
    std::string labels;
    append_label(labels, label, value);
    append_sample(out, name, labels, static_cast<double>(count));
  };
  constexpr std::string_view lookups = "sluice_semantic_lookups_total";
  append_type(out, lookups, "counter", "Questions by what matching them by meaning found.");
  for (std::size_t i = 0; i < cache::semantic_outcomes; i++)
    sample(lookups, "result", semantic_outcome_name(static_cast<cache::SemanticOutcome>(i)),
           counts.lookups[i]);
  constexpr std::string_view answers = "sluice_semantic_answers_total";
  append_type(out, answers, "counter", "Answers that were to be kept for questions like theirs.");
  sample(answers, "result", "kept", counts.kept);
  sample(answers, "result", "not_kept", counts.not_kept);
  constexpr std::string_view shadow = "sluice_semantic_shadow_total";
  append_type(out, shadow, "counter",
              "In shadow mode, fresh answers by whether the cache would have told the same.");
  sample(shadow, "answer", "same", counts.shadow_same);
  sample(shadow, "answer", "other", counts.shadow_other);
  return out;
}

}  // namespace sluice::gateway
