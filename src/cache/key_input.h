#pragma once
// What a cache key is made from: one call, as far as it decides the answer. Views only, so it lives
// no longer than the call.
#include <string_view>

#include "base/json_scan.h"
#include "model/deployment.h"
#include "provider/endpoint.h"

namespace sluice::cache {

struct KeyInput {
  provider::Endpoint endpoint = provider::Endpoint::chat;
  // The model group: the name the client asked for (an alias or a wildcard's text as it was
  // written), or the fallback's group when that answers.
  std::string_view group;
  // The client's body, scanned by scan_json_object. Never null.
  const JsonFields* fields = nullptr;
  // Deployment::defaults (JSON texts in the order of the file), or null for none.
  const NamedValues* deployment_params = nullptr;
  bool stream = false;
  // The request's own namespace, else the configuration's (name_space_of); empty = none.
  std::string_view name_space;
  // Digests that keep answers apart; both only in canonical keys. Empty = shared, none.
  std::string_view tenant;       // of the virtual key
  std::string_view credentials;  // of the client's own api_key and api_base
};

}  // namespace sluice::cache
