// What a scrape shows of the requests that were counted.
#include "gateway/metrics.h"

#include <gtest/gtest.h>

#include <charconv>
#include <limits>
#include <set>
#include <vector>

#include "provider/catalog.h"

namespace sluice::gateway {
namespace {

using namespace std::chrono_literals;

struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;  // unescaped
  double value = 0;
};

// Reads Prometheus' text format, version 0.0.4, as strictly as it is specified.
class Exposition {
 public:
  explicit Exposition(std::string text) : text_(std::move(text)) {
    EXPECT_TRUE(text_.ends_with('\n'));
    std::string_view rest = text_;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
      read_line(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
  }
  const std::vector<Sample>& samples() const { return samples_; }

  // The one sample that has the name and, among others, the label. NaN = there is none.
  double value(std::string_view name, const std::string& label = "",
               const std::string& is = "") const {
    double found = std::numeric_limits<double>::quiet_NaN();
    for (const Sample& sample : samples_) {
      if (sample.name != name) continue;
      if (!label.empty() && (!sample.labels.contains(label) || sample.labels.at(label) != is))
        continue;
      EXPECT_NE(found, found) << "more than one " << name;
      found = sample.value;
    }
    return found;
  }

 private:
  void read_line(std::string_view line) {
    if (line.starts_with("# HELP ")) return begin_family(line.substr(7));
    if (line.starts_with("# TYPE ")) return read_type(line.substr(7));
    read_sample(line);
  }
  void begin_family(std::string_view line) {
    family_ = line.substr(0, line.find(' '));
    EXPECT_GT(line.size(), family_.size() + 1) << "no help: " << line;
    EXPECT_TRUE(families_.insert(family_).second) << "twice: " << family_;
  }
  void read_type(std::string_view line) {
    type_ = line.substr(std::min(line.find(' ') + 1, line.size()));
    EXPECT_EQ(line.substr(0, line.find(' ')), family_);
    EXPECT_TRUE(type_ == "counter" || type_ == "histogram") << line;
  }
  void read_sample(std::string_view line) {
    Sample sample;
    std::size_t at = line.find('{');
    ASSERT_NE(at, std::string_view::npos) << line;
    sample.name = line.substr(0, at);
    const std::set<std::string> suffixes{"_bucket", "_sum", "_count"};
    EXPECT_TRUE(sample.name.starts_with(family_)) << line;
    const std::string suffix = sample.name.substr(std::min(family_.size(), sample.name.size()));
    EXPECT_TRUE(type_ == "histogram" ? suffixes.contains(suffix) : suffix.empty()) << line;
    while (line[at] != '}') at = read_label(line, at + 1, sample);
    const std::string_view value = line.substr(at + 2);
    EXPECT_EQ(line[at + 1], ' ');
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), sample.value);
    EXPECT_TRUE(error == std::errc() && end == value.data() + value.size()) << line;
    EXPECT_TRUE(seen_.insert(std::string(line.substr(0, at))).second) << "twice: " << line;
    samples_.push_back(std::move(sample));
  }
  // From the label's name to the ',' or '}' behind it.
  static std::size_t read_label(std::string_view line, std::size_t at, Sample& sample) {
    const std::size_t equals = line.find("=\"", at);
    std::string value;
    std::size_t i = equals + 2;
    for (; i < line.size() && line[i] != '"'; i++) {
      const bool escaped = line[i] == '\\';
      if (escaped) i++;
      value += escaped && line[i] == 'n' ? '\n' : line[i];
    }
    EXPECT_TRUE(sample.labels.emplace(line.substr(at, equals - at), value).second) << line;
    return i + 1;
  }

  std::string text_, family_, type_;
  std::set<std::string> families_, seen_;
  std::vector<Sample> samples_;
};

Exposition scrape(std::initializer_list<const Metrics*> loops) {
  return Exposition(Metrics::print({loops.begin(), loops.size()}));
}

struct Served {
  Deployment deployment;
  AccessRecord record;

  explicit Served(std::string group = "fast", std::string id = "id-1") {
    deployment.id = std::move(id);
    deployment.model = "gpt-4o";
    deployment.api_base = "http://x/v1";
    deployment.spec = provider::find_provider("openai");
    record.group = std::move(group);
    record.deployment = &deployment;
    record.status = 200;
    record.attempts = 1;
    record.arrived = io::Time(10s);
    record.ended = record.arrived + 300ms;
    record.upstream_time = 200ms;
  }
};

TEST(Metrics, CountsRequestsByStatusAndFailuresApart) {
  Served served;
  Metrics metrics;
  metrics.count(served.record);
  metrics.count(served.record);
  served.record.status = 429;
  served.record.error = ErrorCode::rate_limit;
  metrics.count(served.record);
  const Exposition seen = scrape({&metrics});
  const std::string requests = "litellm_proxy_total_requests_metric_total";
  EXPECT_EQ(seen.value(requests, "status_code", "200"), 2);
  EXPECT_EQ(seen.value(requests, "status_code", "429"), 1);
  const std::string failures = "litellm_proxy_failed_requests_metric_total";
  EXPECT_EQ(seen.value(failures, "exception_status", "429"), 1);
  EXPECT_EQ(seen.value("sluice_upstream_attempts_total"), 3);
}

TEST(Metrics, LabelsTellTheGroupAndTheDeployment) {
  Served served;
  Metrics metrics;
  metrics.count(served.record);
  for (const Sample& sample : scrape({&metrics}).samples()) {
    EXPECT_EQ(sample.labels.at("requested_model"), "fast");
    EXPECT_EQ(sample.labels.at("model"), "gpt-4o");
    EXPECT_EQ(sample.labels.at("model_id"), "id-1");
    EXPECT_EQ(sample.labels.at("api_provider"), "openai");
    EXPECT_EQ(sample.labels.at("api_base"), "http://x/v1");
  }
}

TEST(Metrics, WhatTheGatewayAnswersItselfHasNoAddress) {
  Served served;
  served.deployment.spec = provider::find_provider("sluice");
  Metrics metrics;
  metrics.count(served.record);
  EXPECT_EQ(scrape({&metrics}).samples().front().labels.at("api_base"), "");
}

TEST(Metrics, LabelsOfAnyCharactersAreEscaped) {
  Served served("a\"b\\nc\nd");
  Metrics metrics;
  metrics.count(served.record);
  const Exposition seen = scrape({&metrics});
  ASSERT_FALSE(seen.samples().empty());
  EXPECT_EQ(seen.samples().front().labels.at("requested_model"), "a\"b\\nc\nd");
}

TEST(Metrics, ARequestThatReachedNoDeploymentCountsToo) {
  AccessRecord record;
  record.status = 400;
  record.error = ErrorCode::bad_request;
  Metrics metrics;
  metrics.count(record);
  const Exposition seen = scrape({&metrics});
  EXPECT_EQ(seen.value("litellm_proxy_failed_requests_metric_total"), 1);
  EXPECT_EQ(seen.value("litellm_request_total_latency_metric_count"), 1);
  EXPECT_EQ(seen.value("litellm_llm_api_latency_metric_count"), 0);
  EXPECT_EQ(seen.value("litellm_overhead_latency_metric_count"), 0);
}

TEST(Metrics, BucketsAreCumulativeAndEndWithEverything) {
  Served served;
  Metrics metrics;
  for (const auto took : {1ms, 50ms, 60ms, 400'000ms}) {
    served.record.ended = served.record.arrived + took;
    metrics.count(served.record);
  }
  const Exposition seen = scrape({&metrics});
  const std::string bucket = "litellm_request_total_latency_metric_bucket";
  EXPECT_EQ(seen.value(bucket, "le", "0.005"), 1);
  EXPECT_EQ(seen.value(bucket, "le", "0.025"), 1);
  EXPECT_EQ(seen.value(bucket, "le", "0.05"), 2);  // the bound itself is inside
  EXPECT_EQ(seen.value(bucket, "le", "0.1"), 3);
  EXPECT_EQ(seen.value(bucket, "le", "300.0"), 3);
  EXPECT_EQ(seen.value(bucket, "le", "+Inf"), 4);
  EXPECT_EQ(seen.value("litellm_request_total_latency_metric_count"), 4);
  EXPECT_NEAR(seen.value("litellm_request_total_latency_metric_sum"), 400.111, 1e-6);
  double last = 0;
  std::size_t buckets = 0;
  for (const Sample& sample : seen.samples()) {
    if (sample.name != bucket) continue;
    EXPECT_GE(sample.value, last);
    last = sample.value;
    buckets++;
  }
  EXPECT_EQ(buckets, latency_buckets.size() + 1);
}

TEST(Metrics, OverheadIsWhatIsNotSpentWaitingForProviders) {
  Served served;
  Metrics metrics;
  metrics.count(served.record);
  served.record.upstream_time = 400ms;  // of attempts side by side: more than all of the request
  metrics.count(served.record);
  const Exposition seen = scrape({&metrics});
  EXPECT_NEAR(seen.value("litellm_overhead_latency_metric_sum"), 0.1, 1e-9);
  EXPECT_NEAR(seen.value("litellm_llm_api_latency_metric_sum"), 0.6, 1e-9);
}

TEST(Metrics, OnlyStreamsHaveAFirstToken) {
  Served served;
  served.record.sent_upstream = served.record.arrived + 10ms;
  served.record.first_byte = served.record.arrived + 60ms;
  Metrics metrics;
  metrics.count(served.record);
  served.record.stream = true;
  metrics.count(served.record);
  const Exposition seen = scrape({&metrics});
  EXPECT_EQ(seen.value("litellm_llm_api_time_to_first_token_metric_count"), 1);
  EXPECT_NEAR(seen.value("litellm_llm_api_time_to_first_token_metric_sum"), 0.05, 1e-9);
}

TEST(Metrics, AddsUpTokensMoneyAndFallbacks) {
  Served served;
  served.record.usage = {
      .prompt_tokens = 10, .completion_tokens = 5, .total_tokens = 15, .known = true};
  served.record.cost = 0.00125;
  served.record.fallbacks = 2;
  Metrics metrics;
  metrics.count(served.record);
  metrics.count(served.record);
  const Exposition seen = scrape({&metrics});
  EXPECT_EQ(seen.value("litellm_input_tokens_total"), 20);
  EXPECT_EQ(seen.value("litellm_output_tokens_total"), 10);
  EXPECT_EQ(seen.value("litellm_total_tokens_total"), 30);
  EXPECT_DOUBLE_EQ(seen.value("litellm_spend_metric_total"), 0.0025);
  EXPECT_EQ(seen.value("sluice_fallbacks_total"), 4);
}

TEST(Metrics, AScrapeSumsAllLoops) {
  Served one("fast", "id-1"), two("slow", "id-2");
  Metrics first, second;
  first.count(one.record);
  second.count(one.record);
  second.count(two.record);
  const Exposition seen = scrape({&first, &second});
  const std::string requests = "litellm_proxy_total_requests_metric_total";
  EXPECT_EQ(seen.value(requests, "model_id", "id-1"), 2);
  EXPECT_EQ(seen.value(requests, "model_id", "id-2"), 1);
  EXPECT_EQ(seen.value("litellm_llm_api_latency_metric_count", "model_id", "id-1"), 2);
}

TEST(Metrics, NothingCountedIsAnEmptyButSoundExposition) {
  const Metrics metrics;
  EXPECT_TRUE(scrape({&metrics}).samples().empty());
  EXPECT_TRUE(scrape({}).samples().empty());
}

TEST(StatusCounts, MoreStatusesThanThereArePlacesShareTheLast) {
  StatusCounts counts, sum;
  for (int status = 400; status < 500; status++) counts.add(status);
  counts.add(400);
  double all = 0;
  std::size_t places = 0;
  counts.for_each([&](int status, double count) {
    if (status == 400) EXPECT_EQ(count, 2);
    all += count;
    places++;
  });
  EXPECT_EQ(all, 101);
  EXPECT_EQ(places, 24u);
  counts.add_to(sum);
  counts.add_to(sum);
  double doubled = 0;
  sum.for_each([&](int, double count) { doubled += count; });
  EXPECT_EQ(doubled, 202);
}

}  // namespace
}  // namespace sluice::gateway
