#pragma once
// The models of this process, each opened when it is first asked for. Any thread.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "embed/pool.h"

namespace sluice::embed {

class Models {
 public:
  // Error: there is no such model here, and how to get it.
  Result<std::shared_ptr<Pool>> pool(std::string_view name);
  // Stops the pools; see there.
  void stop();

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Pool>, std::less<>> pools_;
};

}  // namespace sluice::embed
