#pragma once
// Who makes the vectors of a semantic cache: its embedding model, looked for as LiteLLM does.
//
//   a name of the model_list   is asked as clients ask it
//   a provider's model         with key and address from the environment: "text-embedding-ada-002"
//   sluice/NAME                is an encoder of this process
//
// LiteLLM looks no further. Here a pattern of the model_list ("openai/*") serves what is left.
#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/settings.h"

namespace sluice::config {

// Completes the semantic settings of `settings.cache`, whose deployments are read already, and
// fills settings.embedding_deployment. Where the model can't be asked, a verdict says why and
// questions are not matched by meaning.
void resolve_embedding_model(const Node& root, const Environment& environment, Report& report,
                             Settings& settings);

}  // namespace sluice::config
