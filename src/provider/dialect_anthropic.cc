// Anthropic's Messages format, put together from its parts.
#include "provider/anthropic.h"

namespace sluice::provider {

const Dialect anthropic_dialect{.name = "anthropic",
                                .encode_request = anthropic::encode_request,
                                .decode_reply = anthropic::decode_reply,
                                .make_stream_decoder = anthropic::make_stream_decoder,
                                .decode_error = anthropic::decode_error,
                                .version_header = "anthropic-version: 2023-06-01"};

}  // namespace sluice::provider
