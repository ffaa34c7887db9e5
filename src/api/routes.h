#pragma once
// Which function answers which method and path.
#include <span>
#include <string_view>

#include "api/api.h"

namespace sluice::api {

enum class Access { open, key, metrics };  // metrics: a key only where the configuration says so

struct RouteRow {
  std::string_view method;
  std::string_view path;  // may hold one `{model}`: a part without '/', or the path's rest
  Answer answer;
  Access access = Access::key;
};

std::span<const RouteRow> routes();

struct RouteMatch {
  const RouteRow* row = nullptr;  // null: no such path, or not with this method
  std::string_view model;         // text of `{model}`
  std::string allowed;            // methods the path has ("POST"), when row is null
};
RouteMatch match_route(std::string_view method, std::string_view path);

}  // namespace sluice::api
