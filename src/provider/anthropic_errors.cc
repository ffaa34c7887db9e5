#include <algorithm>
#include <array>

#include "provider/anthropic.h"
#include "provider/error_body.h"
#include "provider/text.h"

namespace sluice::provider::anthropic {
namespace {

struct TypeStatus {
  std::string_view type;
  int status;
};

// The statuses that go with Anthropic's types of error.
constexpr std::array statuses{
    TypeStatus{"invalid_request_error", 400}, TypeStatus{"authentication_error", 401},
    TypeStatus{"billing_error", 402},         TypeStatus{"permission_error", 403},
    TypeStatus{"not_found_error", 404},       TypeStatus{"request_too_large", 413},
    TypeStatus{"rate_limit_error", 429},      TypeStatus{"api_error", 500},
    TypeStatus{"timeout_error", 504},         TypeStatus{"overloaded_error", 529},
};

int status_of(std::string_view type) {
  const auto* found = std::ranges::find(statuses, type, &TypeStatus::type);
  return found != statuses.end() ? found->status : 500;
}

Error classify_anthropic(int status, ErrorBody body) {
  const bool is_overloaded = status == 529 || body.type == "overloaded_error";
  if (status == 413) status = 400;
  auto error = classify(status, std::move(body));
  if (is_overloaded || status == 500) {
    error.code = ErrorCode::internal;
    error.status = 500;
    error.blame = Blame::provider;
  }
  return error;
}

}  // namespace

Error decode_error(int status, std::string_view body) {
  return classify_anthropic(status, read_error_body(status, body));
}

Error decode_late_error(std::string_view json) {
  auto body = read_error_body(500, json);
  const int status = status_of(body.type.value_or(""));
  return classify_anthropic(status, std::move(body));
}

Error format_error(std::string_view what) {
  return Error{.code = ErrorCode::connection,
               .blame = Blame::provider,
               .status = 500,
               .message = concat({"the provider's answer is not one of Anthropic's: ", what})};
}

}  // namespace sluice::provider::anthropic
