#pragma once
// Makes the body for a provider out of the client's: the client's bytes stay, only what the gateway
// owns is replaced, left out or added. Pure.
//
//   {"model":"fast","messages":[…],"metadata":{}}  →
//   {"model":"gpt-4o-mini",«"messages":[…]»,"seed":1}
//
// The part in «» still points into the client's body, so a large one is never copied.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/call.h"

namespace sluice::gateway {

// A text made of pieces, some of its own, some borrowed. Valid as long as what it borrows from.
class PieceList {
 public:
  void add(std::string_view text);     // copied
  void borrow(std::string_view text);  // not copied; must outlive the list
  std::size_t size() const { return size_; }
  // At most `most` pieces, joined if there are more.
  std::span<const std::string_view> pieces(std::size_t most);
  std::string join() const;
  void clear();

 private:
  struct Part {
    const char* borrowed;
    std::size_t at, size;
  };  // borrowed null: at = place in own_
  std::string own_;
  std::vector<Part> parts_;
  std::vector<std::string_view> views_;
  std::size_t size_ = 0;
};

struct SpliceInput {
  const Call& call;
  const Settings& settings;
  const Deployment& deployment;
  std::string_view model;      // the provider's name for it
  std::string_view overrides;  // JSON object whose fields replace the client's; or empty
};

// Error: a parameter that the provider does not have, when drop_params is off.
Status splice_body(const SpliceInput& input, PieceList& out);

}  // namespace sluice::gateway
