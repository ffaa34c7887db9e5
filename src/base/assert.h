#pragma once
// SLUICE_ASSERT(condition): for our own mistakes, never for input. Always on.
#include <cstdio>
#include <cstdlib>

#define SLUICE_ASSERT(condition)                                                             \
  do {                                                                                       \
    if (!(condition)) {                                                                      \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
