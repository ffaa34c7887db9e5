// Streams of providers, fed whole and split at every byte: the client must get the same.
#include "gateway/event_filter.h"

#include <gtest/gtest.h>

#include "base/json_scan.h"

namespace sluice::gateway {
namespace {

using provider::anthropic_dialect;
using provider::openai_dialect;

struct Outcome {
  std::string out;
  std::string error;  // its message; empty = the stream ended well
  std::int64_t total_tokens = -1;
  bool operator==(const Outcome&) const = default;
};

enum class UsageChunk { asked, unasked };

EventFilter openai_filter(UsageChunk usage = UsageChunk::unasked) {
  return EventFilter(openai_dialect, nullptr, usage == UsageChunk::asked);
}

Outcome run(EventFilter filter, const std::vector<std::string_view>& pieces) {
  Outcome outcome;
  Status status = Done{};
  for (std::size_t i = 0; i < pieces.size() && status; i++)
    status = filter.feed(pieces[i], outcome.out);
  if (status) status = filter.end(outcome.out);
  if (!status) outcome.error = status.error().message;
  if (filter.usage().known) outcome.total_tokens = filter.usage().total_tokens;
  return outcome;
}

// The outcome of the whole stream, which must be that of its two halves and of its bytes, too.
Outcome run_all_splits(std::string_view stream, UsageChunk usage = UsageChunk::unasked) {
  const Outcome whole = run(openai_filter(usage), {stream});
  for (std::size_t at = 0; at <= stream.size(); at++)
    EXPECT_EQ(run(openai_filter(usage), {stream.substr(0, at), stream.substr(at)}), whole) << at;
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < stream.size(); i++) bytes.push_back(stream.substr(i, 1));
  EXPECT_EQ(run(openai_filter(usage), bytes), whole);
  return whole;
}

constexpr std::string_view hello =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"},\"finish_reason\":null}]}\n\n";
constexpr std::string_view finish =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
constexpr std::string_view usage_chunk =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":3,"
    "\"total_tokens\":5}}\n\n";
constexpr std::string_view done = "data: [DONE]\n\n";

std::string text(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined += part;
  return joined;
}

TEST(EventFilter, PassesAnOrderlyStreamByteForByte) {
  const std::string stream = text({": ping\n\n", hello, finish, done});
  EXPECT_EQ(run_all_splits(stream), (Outcome{.out = stream}));
}

TEST(EventFilter, TakesTheUsageChunkFromAClientThatDidNotAsk) {
  const std::string stream = text({hello, finish, usage_chunk, done});
  EXPECT_EQ(run_all_splits(stream),
            (Outcome{.out = text({hello, finish, done}), .total_tokens = 5}));
  EXPECT_EQ(run_all_splits(stream, UsageChunk::asked), (Outcome{.out = stream, .total_tokens = 5}));
}

TEST(EventFilter, KeepsUsageThatComesWithContent) {
  const std::string_view with_content =
      "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}],\"usage\" : {\"total_tokens\":9}}\n\n";
  const std::string stream = text({with_content, finish, done});
  EXPECT_EQ(run_all_splits(stream), (Outcome{.out = stream, .total_tokens = 9}));
}

TEST(EventFilter, WordsInTheTextAreNeitherUsageNorErrorNorEnd) {
  const std::string stream = text(
      {"data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":{} \\\"error\\\" [DONE]\"}}],"
       "\"x\":{\"usage\":{\"total_tokens\":7},\"error\":\"none\"},\"usage\":null,\"error\":null}"
       "\n\n",
       finish, done});
  EXPECT_EQ(run_all_splits(stream), (Outcome{.out = stream}));
}

TEST(EventFilter, AddsTheEndMarkThatAFinishedStreamLacks) {
  const Outcome ended{.out = text({hello, finish, done})};
  EXPECT_EQ(run_all_splits(text({hello, finish})), ended);
  // Without the last empty line, and with only half of one.
  const std::string_view unended = std::string_view(finish).substr(0, finish.size() - 2);
  EXPECT_EQ(run_all_splits(text({hello, unended})), ended);
  EXPECT_EQ(run_all_splits(text({hello, unended, "\n"})), ended);
  EXPECT_EQ(run_all_splits(text({hello, finish, "data: [DONE]"})), ended);
}

TEST(EventFilter, FindsTheFinishReasonHoweverItIsSpaced) {
  for (const char* event :
       {"data: {\"choices\":[{\"finish_reason\" : \"stop\"}]}\n\n",
        "data: {\"choices\":[{\"finish_reason\":\ndata: \"stop\"}]}\n\n",
        "data: {\"choices\":[{\"finish_reason\":null},{\"finish_reason\":\"stop\"}]}\n\n"})
    EXPECT_EQ(run_all_splits(event), (Outcome{.out = text({event, done})})) << event;
}

TEST(EventFilter, AStreamThatEndsBeforeItsFinishIsAnError) {
  for (const std::string_view stream : {std::string_view(), hello, usage_chunk,
                                        std::string_view(": ping\n\n"), hello.substr(0, 20)})
    EXPECT_NE(run_all_splits(stream).error.find("ended early"), std::string::npos) << stream;
}

TEST(EventFilter, NothingCountsAfterTheEndMark) {
  const std::string stream = text({hello, finish, done});
  EXPECT_EQ(run_all_splits(text({stream, hello, "data: {\"error\":\"late\"}\n\nmore"})),
            (Outcome{.out = stream}));
}

TEST(EventFilter, TheProvidersErrorEventIsAnError) {
  const std::string_view event =
      "data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n";
  EXPECT_EQ(run_all_splits(event), (Outcome{.error = "overloaded"}));
  EXPECT_EQ(run_all_splits(text({hello, event, finish, done})),
            (Outcome{.out = std::string(hello), .error = "overloaded"}));
}

TEST(EventFilter, KnowsTheErrorEventByItsNameAndBesideAChunksFields) {
  EXPECT_EQ(run_all_splits("event: error\ndata: {\"message\":\"out of memory\"}\n\n").error,
            "out of memory");
  EXPECT_EQ(run_all_splits("data: {\"id\":\"gen-0123456789\",\"object\":\"chat.completion.chunk\","
                           "\"error\":{\"code\":502,\"message\":\"disconnected\"},"
                           "\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n")
                .error,
            "disconnected");
}

TEST(EventFilter, BareJsonInsteadOfEventsIsTheProvidersError) {
  for (const std::string_view body : {"{\"error\":{\"message\":\"no credit\"}}",
                                      "{\n  \"error\": {\n\"message\": \"no credit\"}}\n",
                                      "{\"error\":{\"message\":\"no credit\"}}\r\n\r\n"})
    EXPECT_EQ(run_all_splits(body), (Outcome{.error = "no credit"})) << body;
}

TEST(EventFilter, ReadsStreamsWithCrLfAndPassesThemAsTheyAre) {
  const std::string_view usage = "data: {\"usage\":{\"total_tokens\":4},\"choices\":[]}\r\n\r\n";
  const std::string_view end = "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\r\n\r\n";
  EXPECT_EQ(run_all_splits(text({": ping\r\n\r\n", end, usage, "data: [DONE]\r\n\r\n"})),
            (Outcome{.out = text({": ping\r\n\r\n", end, done}), .total_tokens = 4}));
}

TEST(EventFilter, ReadsJsonThatIsBrokenOverSeveralDataLines) {
  const std::string_view event =
      "data: {\"choices\": [],\ndata:  \"usage\":\ndata: {\"total_tokens\": 6}}\n\n";
  EXPECT_EQ(run_all_splits(text({finish, event, done})),
            (Outcome{.out = text({finish, done}), .total_tokens = 6}));
}

TEST(EventFilter, EventsWithoutTextPassToo) {
  const std::string stream = text({"data\n\n", "data:\n\n", finish, done});
  EXPECT_EQ(run_all_splits(stream), (Outcome{.out = stream}));
}

TEST(EventFilter, EveryOutputIsWholeEvents) {
  const std::string stream = text({hello, ": ping\n\n", finish, usage_chunk, done});
  EventFilter filter = openai_filter();
  for (const char& byte : stream) {
    std::string out;
    ASSERT_TRUE(filter.feed({&byte, 1}, out));
    EXPECT_TRUE(out.empty() || out.ends_with("\n\n")) << out;
  }
}

TEST(EventFilter, TellsWhetherItHasStartedAndEnded) {
  EventFilter filter = openai_filter();
  std::string out;
  ASSERT_TRUE(filter.feed(": ping\n\n", out));
  EXPECT_FALSE(filter.started());
  ASSERT_TRUE(filter.feed(hello, out));
  EXPECT_TRUE(filter.started());
  EXPECT_FALSE(filter.ended());
  ASSERT_TRUE(filter.feed(text({finish, done}), out));
  EXPECT_TRUE(filter.ended());
}

TEST(EventFilter, IsVerbatimOnlyWhileWholeEventsPassUnchanged) {
  const auto verbatim_after = [](EventFilter filter,
                                 std::initializer_list<std::string_view> pieces) {
    bool verbatim = false;
    for (const std::string_view piece : pieces) {
      std::string out;
      EXPECT_TRUE(filter.feed(piece, out));
      verbatim = filter.was_verbatim();
      if (verbatim) EXPECT_EQ(out, piece);
    }
    return verbatim;
  };
  EXPECT_TRUE(verbatim_after(openai_filter(), {hello, text({": ping\n\n", hello}), done}));
  EXPECT_TRUE(verbatim_after(openai_filter(UsageChunk::asked), {usage_chunk}));
  EXPECT_FALSE(verbatim_after(openai_filter(), {text({hello, usage_chunk, hello})}));
  EXPECT_TRUE(verbatim_after(openai_filter(), {usage_chunk, hello}));
  EXPECT_FALSE(verbatim_after(openai_filter(), {text({hello, "data: "})}));
  EXPECT_FALSE(verbatim_after(openai_filter(), {hello.substr(0, 5), hello.substr(5)}));
  EXPECT_TRUE(verbatim_after(openai_filter(), {hello.substr(0, 5), hello.substr(5), hello}));
  EXPECT_FALSE(verbatim_after(openai_filter(), {"data: [DONE]\r\n\r\n"}));
  EXPECT_FALSE(verbatim_after(openai_filter(), {text({done, hello})}));
  EXPECT_FALSE(verbatim_after(openai_filter(), {done, hello}));
}

TEST(EventFilter, AnEventOfManyMegabytesIsRefused) {
  EventFilter filter = openai_filter();
  const std::string block(1u << 20, 'x');
  std::string out;
  ASSERT_TRUE(filter.feed("data: \"", out));
  Status status = Done{};
  std::size_t fed = 0;
  for (; status && fed <= http::SseSplitter::max_event; fed += block.size())
    status = filter.feed(block, out);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("too long"), std::string::npos);
  EXPECT_GE(fed, http::SseSplitter::max_event);
  EXPECT_EQ(out, "");
}

// The events of one Anthropic message, which must be translated alike however they are split.
constexpr std::string_view anthropic_stream =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","
    "\"model\":\"claude\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":3,"
    "\"output_tokens\":1}}}\n\n"
    "event: ping\ndata: {\"type\":\"ping\"}\n\n: comment\n\n"
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
    "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
    "\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}\n\n"
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
    "\"end_turn\"},\"usage\":{\"output_tokens\":4}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

EventFilter anthropic_filter() {
  return EventFilter(anthropic_dialect,
                     anthropic_dialect.make_stream_decoder({.model = "m", .include_usage = true}),
                     true);
}

TEST(EventFilter, TranslatesAnotherDialectAlikeWhereverItIsSplit) {
  const Outcome whole = run(anthropic_filter(), {anthropic_stream});
  EXPECT_EQ(whole.error, "");
  EXPECT_EQ(whole.total_tokens, 7);
  EXPECT_NE(whole.out.find("\"content\":\"hi\""), std::string::npos);
  EXPECT_TRUE(whole.out.ends_with(done));
  for (std::size_t at = 0; at <= anthropic_stream.size(); at++)
    EXPECT_EQ(
        run(anthropic_filter(), {anthropic_stream.substr(0, at), anthropic_stream.substr(at)}),
        whole)
        << at;
}

TEST(EventFilter, ATranslatedStreamIsNeverVerbatimAndIsCutWithoutItsLastEvent) {
  EventFilter filter = anthropic_filter();
  std::string out;
  ASSERT_TRUE(
      filter.feed(anthropic_stream.substr(0, anthropic_stream.find("event: message_stop")), out));
  EXPECT_FALSE(filter.was_verbatim());
  ASSERT_TRUE(filter.feed(": comment\n\n", out));
  EXPECT_FALSE(filter.was_verbatim());
  const Status status = filter.end(out);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::connection);
  EXPECT_EQ(status.error().blame, Blame::provider);
}

}  // namespace
}  // namespace sluice::gateway
