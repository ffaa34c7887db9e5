// Any body of a client, for deployments of all kinds: what is refused is refused with a message,
// and what goes to the provider is one JSON object without duplicate names.
#include <set>
#include <string>

#include "gateway/splice.h"
#include "input.h"
#include "provider/catalog.h"

namespace {

using namespace sluice;
using fuzz::check;

Deployment make_deployment(const fuzz::Input& input) {
  Deployment deployment;
  deployment.spec = provider::find_provider(input.chooses(0) ? "mistral" : "openai");
  deployment.drop_params = input.chooses(1);
  if (input.chooses(2)) {
    deployment.defaults = {{"max_completion_tokens", "5"}, {"max_tokens", "6"}, {"seed", "7"},
                           {"stream_options", "{}"},       {"stream", "true"},  {"a", "1"}};
  }
  if (input.chooses(3)) {
    deployment.extra_body = {{"a", "2"}, {"model", "\"x\""}, {"random_seed", "8"}, {"a", "3"}};
    deployment.additional_drop_params = {"n"};
    deployment.allowed_openai_params = {"logit_bias"};
  }
  return deployment;
}

void check_body(std::string_view body, std::string_view model) {
  JsonFields fields;
  check(!scan_json_object(body, fields));
  std::set<std::string_view> names;
  for (const JsonField& field : fields) check(names.insert(field.key).second);
  check(json_unescape(fields.find("model")->value) == model);
}

void check_pieces(gateway::PieceList& list, std::string_view body) {
  check(list.size() == body.size());
  for (const std::size_t most : {64, 3, 1}) {
    const auto pieces = list.pieces(most);
    std::string joined;
    for (const std::string_view piece : pieces) joined += piece;
    check(pieces.size() <= most && joined == body);
  }
}

void check_splicing(const fuzz::Input& input, gateway::Endpoint endpoint) {
  http::Request request;
  request.bytes = input.text;
  const Settings settings;
  gateway::Call call;
  call.endpoint = endpoint;
  Status status = parse_call(request, settings, {}, call);
  if (status) status = check_input(call);
  const Deployment deployment = make_deployment(input);
  const std::string model = input.chooses(4) ? "o3-mini" : "a\"\xc3\xa9";
  constexpr std::string_view overrides = R"({"model":"b","messages":[],"temperature":1,"a":4})";
  gateway::PieceList out;
  if (status)
    status = splice_body({.call = call,
                          .settings = settings,
                          .deployment = deployment,
                          .model = model,
                          .overrides = input.chooses(5) ? overrides : std::string_view()},
                         out);
  if (!status) return check(!status.error().message.empty() && status.error().status < 500);
  const std::string body = out.join();
  check_body(body, model);
  check_pieces(out, body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  for (const auto endpoint :
       {gateway::Endpoint::chat, gateway::Endpoint::completions, gateway::Endpoint::embeddings})
    check_splicing(input, endpoint);
  return 0;
}
