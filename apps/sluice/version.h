#pragma once

namespace sluice {

// Set by the build from the project's version.
inline constexpr char version_text[] = SLUICE_VERSION;

}  // namespace sluice
