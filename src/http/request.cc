#include "http/request.h"

#include "base/percent.h"
#include "http/recycled.h"

namespace sluice::http {

void Request::reset() {
  head.clear();
  reset_string(bytes);
  cancel = nullptr;
  peer = nullptr;
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? std::string()
                                            : percent_decode(pair.substr(equals + 1));
  }
  return {};
}

}  // namespace sluice::http
