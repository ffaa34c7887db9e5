#pragma once
// From the errors inside to the exceptions of the library.
#include <sluice/exception.h>
#include <utility>

#include "base/result.h"

namespace sluice::client {

Exception exception_of(const Error& error);

// The value, or the error thrown.
template <class T>
T value_of(Result<T> result) {
  if (!result) throw exception_of(result.error());
  return std::move(*result);
}

}  // namespace sluice::client
