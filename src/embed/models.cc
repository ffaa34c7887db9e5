#include "embed/models.h"

#include <algorithm>
#include <thread>

#include "embed/model_location.h"

namespace sluice::embed {

namespace {

// Event loops and encoders share the machine: a quarter of it is for each model in use.
int threads_of_a_pool() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency() / 4));
}

}  // namespace

Result<std::shared_ptr<Pool>> Models::pool(std::string_view name) {
  if (!is_model_name(name))
    return fail(client_error("`" + std::string(name) + "` is no model's name."));
  const std::lock_guard lock(mutex_);
  if (const auto found = pools_.find(name); found != pools_.end()) return found->second;
  auto encoder = Encoder::open(model_path(name));
  if (!encoder) {
    Error error = std::move(encoder).error();
    error.message += "; `sluice model pull " + std::string(name) + "` gets the model";
    return fail(std::move(error));
  }
  auto opened =
      std::make_shared<Pool>(std::move(*encoder), PoolOptions{.threads = threads_of_a_pool()});
  return pools_[std::string(name)] = std::move(opened);
}

void Models::stop() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, pool] : pools_) pool->stop();
}

}  // namespace sluice::embed
