// OpenAI's own format: nothing to translate but errors.
#include "provider/dialect.h"
#include "provider/error_body.h"

namespace sluice::provider {
namespace {

Error decode_error(int status, std::string_view body) {
  return classify(status, read_error_body(status, body));
}

}  // namespace

const Dialect openai_dialect{.name = "openai", .decode_error = decode_error};

}  // namespace sluice::provider
