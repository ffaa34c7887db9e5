#pragma once
// A health check: one real, small call to one deployment.
#include "gateway/gateway.h"

namespace sluice::gateway {

// Error: why the deployment does not answer. Bounded by `limit`.
io::Async<Status> probe(Gateway& gateway, const Snapshot& snapshot,
                        router::DeploymentIndex deployment, Milliseconds limit);

}  // namespace sluice::gateway
