#include "client/failures.h"

namespace sluice::client {

static Failed why(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_request:
    case ErrorCode::context_window:
    case ErrorCode::content_policy:
    case ErrorCode::unprocessable: return Failed::argument;
    case ErrorCode::not_found: return Failed::not_found;
    case ErrorCode::authentication:
    case ErrorCode::permission_denied: return Failed::permission;
    case ErrorCode::unsupported_params: return Failed::unsupported;
    case ErrorCode::timeout: return Failed::timeout;
    case ErrorCode::rate_limit:
    case ErrorCode::connection:
    case ErrorCode::unavailable:
    case ErrorCode::api_error: return Failed::connection;
    case ErrorCode::internal:
    case ErrorCode::cancelled: return Failed::internal;
  }
  return Failed::internal;
}

Exception exception_of(const Error& error) { return {why(error.code), error.message}; }

}  // namespace sluice::client
