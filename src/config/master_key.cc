#include "config/master_key.h"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "base/digest.h"
#include "config/reader.h"

namespace sluice::config {
namespace {

// A key nobody knows: refuses every request until the configuration is put right.
std::string unguessable_key() {
  std::string bytes(32, '\0');
  const int made = RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), 32);
  if (made != 1) throw std::runtime_error("the system has no random numbers to give");
  return hex(bytes);
}

// Anything that was meant to keep strangers out, and did not become a master key, must not leave
// the gateway open.
bool asks_for_other_auth(const Node& section) {
  constexpr std::string_view keys[] = {"custom_auth", "enable_jwt_auth", "enable_oauth2_auth",
                                       "enable_oauth2_proxy_auth"};
  return std::ranges::any_of(keys, [&](std::string_view key) {
    const Node* node = section.find_set(key);
    return node != nullptr && node->text != "False";
  });
}

// A frequent slip.
void check_misplaced_key(const Node& litellm, Report& report, const Settings& settings) {
  const Key* key = litellm.find_key("master_key");
  if (key == nullptr) return;
  const bool open = settings.master_key.empty();
  report.ignored(key->mark, "litellm_settings.master_key",
                 std::string("has no effect here") +
                     (open ? ", so the gateway is open to everyone; move it to `general_settings`"
                           : "; remove it, the key is set elsewhere"));
}

void read_configured_key(const Node& node, const Reader& general, Report& report,
                         Settings& settings) {
  if (node.is_null() && node.variable.empty()) return;
  if (node.is_null()) {
    settings.master_key = unguessable_key();
    report.ignored(node.mark, general.path_of("master_key"),
                   missing_variable(node) + "; every request is refused until it is");
  } else if (node.is_text()) {
    settings.master_key = node.text;
  } else {
    general.wrong("master_key", "must be a text; write it in quotes");
  }
}

}  // namespace

void read_master_key(const Node& general, const Node& litellm, const Environment& environment,
                     Report& report, Settings& settings) {
  const Reader reader(general, "general_settings", report);
  settings.master_key = environment.get("LITELLM_MASTER_KEY").value_or("");
  if (const Node* node = general.find("master_key")) {
    read_configured_key(*node, reader, report, settings);
  }
  if (settings.master_key.empty() && asks_for_other_auth(general)) {
    settings.master_key = unguessable_key();
    report.ignored(general.mark, reader.path(),
                   "without a `master_key` every request is refused, since the other ways to check "
                   "a caller are not there yet");
  }
  check_misplaced_key(litellm, report, settings);
}

}  // namespace sluice::config
