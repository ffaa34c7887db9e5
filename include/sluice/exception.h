#pragma once
// How the library fails: every call that can fail throws an Exception, and a future holds one. What
// is no failure (no hit, no such entry) is a value. The message says what was attempted and what to
// do; it never holds a password, a key or a prompt.
#include <stdexcept>
#include <string>

namespace sluice {

enum class Failed {
  argument,     // the call itself: a value out of range, a filter that can't be asked
  not_found,    // no such index or entry
  conflict,     // an index is there, with a schema that does not fit
  permission,   // refused credentials, or no right to do that
  unsupported,  // the server has no search module, or a store can't do that
  connection,   // no connection, or an answer that can't be read
  timeout,      // no answer in time
  internal,
};

class Exception : public std::runtime_error {
 public:
  Exception(Failed why, const std::string& message) : std::runtime_error(message), why_(why) {}
  Failed why() const noexcept { return why_; }

 private:
  Failed why_;
};

}  // namespace sluice
