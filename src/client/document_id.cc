#include "client/document_id.h"

#include <chrono>
#include <cstdint>
#include <random>

namespace sluice::client {

std::string make_document_id() {
  constexpr char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr int time_digits = 10, random_digits = 16;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  auto time = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
  std::string id(time_digits, '0');
  for (int i = time_digits; i-- > 0; time >>= 5)
    id[static_cast<std::size_t>(i)] = digits[time & 31];
  std::random_device random;
  for (int i = 0; i < random_digits; i++) id += digits[random() & 31];
  return id;
}

}  // namespace sluice::client
