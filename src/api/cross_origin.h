#pragma once
// Cross-origin requests (CORS), allowed from anywhere as LiteLLM does: any origin, any method, any
// header.
#include "base/result.h"
#include "http/request.h"
#include "http/response_writer.h"
#include "io/async.h"

namespace sluice::api {

// A browser's question before the request itself.
bool is_preflight(const http::Request& request);
io::Async<Done> answer_preflight(const http::Request& request, http::ResponseWriter& out);
// For the answer to a request that names an origin.
void add_cross_origin_headers(const http::Request& request, http::ResponseWriter& out);

}  // namespace sluice::api
