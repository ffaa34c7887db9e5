#pragma once
// A cache as `sluice cache` reaches it: through a gateway, or the disk or Redis of a configuration.
// Either answers in the JSON of cache/report.h. Blocks; one thread.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/cache_settings.h"

namespace sluice {

class CacheAccess {
 public:
  virtual ~CacheAccess() = default;
  virtual Result<std::string> stats() = 0;
  // Error not_found: no answer is kept under that key.
  virtual Result<std::string> entry(std::string_view key) = 0;
  virtual Result<std::string> erase(const std::vector<std::string>& keys) = 0;
  virtual Result<std::string> clear() = 0;
};

// Error bad_request: the URL is none.
Result<std::unique_ptr<CacheAccess>> open_gateway_cache(const std::string& url,
                                                        const std::string& key);
// The settings name a disk or a Redis. Error: names the one that can't be used.
Result<std::unique_ptr<CacheAccess>> open_stored_cache(const CacheSettings& settings);

}  // namespace sluice
