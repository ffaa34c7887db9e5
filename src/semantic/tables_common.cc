#include <array>

#include "semantic/tables.h"

namespace sluice::semantic::tables {
namespace {

constexpr std::array rows = std::to_array<RarityClass>({
#include "semantic/common_words.inc"
});

}  // namespace

const std::span<const RarityClass> common_words = rows;

}  // namespace sluice::semantic::tables
