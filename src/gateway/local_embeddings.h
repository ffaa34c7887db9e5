#pragma once
// Embeddings by the encoder of this process: the provider `sluice/NAME`.
#include "gateway/exchange.h"

namespace sluice::gateway {

// Answers the exchange's call with the model of its workspace. Error: the model is not there, an
// input is no text, or the encoder has too much to do.
io::Async<Status> embed_locally(Exchange& exchange);

}  // namespace sluice::gateway
