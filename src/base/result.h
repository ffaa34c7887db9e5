#pragma once
// Result<T>: a value or the Error that stands for it. Everything outside our control that can fail
// returns one; exceptions are only for start-up and for running out of memory.
//
//   Result<int> parse_port(std::string_view text);
//   TRY(const int port, parse_port(text));       // returns the error to our caller
#include <expected>

#include "base/error.h"

namespace sluice {

template <class T>
using Result = std::expected<T, Error>;

struct Done {};
using Status = Result<Done>;

// Ends the function with the error: `return fail(...)`.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace sluice

#define SLUICE_JOIN_(a, b) a##b
#define SLUICE_JOIN(a, b) SLUICE_JOIN_(a, b)
#define SLUICE_TRY_(name, decl, expr, ret)                \
  auto name = (expr);                                     \
  if (!name) ret ::sluice::fail(std::move(name).error()); \
  decl = std::move(*name)
// Declares `decl` from the value of `expr`, or returns its error.
#define TRY(decl, expr) SLUICE_TRY_(SLUICE_JOIN(try_result_, __LINE__), decl, expr, return)
// The same inside a coroutine; `expr` is normally `co_await something`.
#define CO_TRY(decl, expr) SLUICE_TRY_(SLUICE_JOIN(try_result_, __LINE__), decl, expr, co_return)
