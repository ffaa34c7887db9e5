#pragma once
// Result<T>: a value or the Error that stands for it. Everything outside our control that can fail
// returns one; exceptions are only for start-up and for running out of memory.
//
//   Result<int> parse_port(std::string_view text);
//   TRY(const int port, parse_port(text));       // returns the error to our caller
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace sluice {

// Errors are made and destroyed out of line, away from the code that mostly runs.
struct DestroyError {
  [[gnu::cold, gnu::noinline]] void operator()(Error* error) const { delete error; }
};
using OwnedError = std::unique_ptr<Error, DestroyError>;

// What fail() returns; turns into any Result.
struct Failure {
  OwnedError error;
};

// Ends the function with the error: `return fail(...)`.
[[gnu::cold, gnu::noinline]] inline Failure fail(Error&& error) {
  return {OwnedError(new Error(std::move(error)))};
}
[[gnu::cold, gnu::noinline]] inline Failure fail(const Error& error) {
  return {OwnedError(new Error(error))};
}

// The error is kept apart, so that a Result is little more than its value: every frame of a
// coroutine that waits for one holds several. (std::expected would hold the 170 bytes of an Error
// each time.)
template <class T>
class Result {
 public:
  template <class U = T>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Failure>)
  Result(U&& value) : value_(std::in_place, std::forward<U>(value)) {}
  Result(Failure failure) : error_(std::move(failure.error)) {}
  Result(Result&&) = default;
  Result& operator=(Result&&) = default;
  Result(const Result& other) : value_(other.value_), error_(copy(other.error_)) {}
  Result& operator=(const Result& other) {
    value_ = other.value_;
    error_ = copy(other.error_);
    return *this;
  }

  explicit operator bool() const { return value_.has_value(); }
  bool has_value() const { return value_.has_value(); }

  // Only with a value.
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& value() & { return *value_; }
  T&& value() && { return std::move(*value_); }

  // Only without one.
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  static OwnedError copy(const OwnedError& error) {
    return error == nullptr ? nullptr : fail(*error).error;
  }
  std::optional<T> value_;
  OwnedError error_;  // exactly when there is no value
};

struct Done {};
using Status = Result<Done>;

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
