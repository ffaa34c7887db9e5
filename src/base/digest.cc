#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <memory>

namespace sluice {

std::string sha256(std::string_view text) {
  // Fetched once: an implicit fetch for every digest costs as much as hashing 600 bytes.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string digest(32, '\0');
  EVP_DigestInit_ex2(context.get(), algorithm, nullptr);
  EVP_DigestUpdate(context.get(), text.data(), text.size());
  EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

// The two digits of each byte.
constexpr auto hex_digits = [] {
  constexpr char digits[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> table{};
  for (std::size_t byte = 0; byte < 256; byte++)
    table[byte] = {digits[byte >> 4], digits[byte & 15]};
  return table;
}();

void write_hex(std::string_view bytes, char* to) {
  for (const char c : bytes) {
    std::memcpy(to, hex_digits[static_cast<unsigned char>(c)].data(), 2);
    to += 2;
  }
}

std::string hex(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  write_hex(bytes, out.data());
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sluice
