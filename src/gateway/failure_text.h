#pragma once
// The words of failures, in the form that LiteLLM's clients know and match on:
//   litellm.RateLimitError: RateLimitError: OpenAIException - slow down. Received Model
//   Group=gpt-4o Available Model Group Fallbacks=None
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace sluice::gateway {

// Puts the class and the provider before the provider's own message.
void name_failure(Error& error, std::string_view provider_display);
// Adds which group was asked for and what its fallbacks are.
void add_group(Error& error, std::string_view group, std::span<const std::string> fallbacks);
// A timeout of ours; how long was allowed and how long it took, in seconds; what the deployment
// allows.
std::string timeout_text();
std::string timing_text(double allowed, double taken);
std::string deployment_text(std::optional<std::chrono::milliseconds> timeout);

}  // namespace sluice::gateway
