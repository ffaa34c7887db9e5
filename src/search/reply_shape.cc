#include "search/reply_shape.h"

#include "search/text_case.h"

namespace sluice::search {

using redis::Reply;
using Type = Reply::Type;

bool is_text(const Reply& reply) { return reply.type == Type::text || reply.type == Type::status; }
bool is_group(const Reply& reply) { return reply.type == Type::list || reply.type == Type::map; }

std::optional<std::string> scalar(const Reply& reply) {
  switch (reply.type) {
    case Type::text:
    case Type::status:
    case Type::number: return reply.text;
    case Type::integer: return std::to_string(reply.integer);
    case Type::nil:
    case Type::error:
    case Type::list:
    case Type::map: return {};
  }
  return {};
}

const Reply* find_value(const std::vector<Reply>& pairs, std::string_view name) {
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (is_text(pairs[i]) && equal_ignoring_case(pairs[i].text, name)) return &pairs[i + 1];
  }
  return nullptr;
}

Failure strange(std::string_view command) {
  return fail(connection_error("the server's reply to " + std::string(command) +
                               " has a shape that is not understood"));
}

}  // namespace sluice::search
