#include "semantic/tables.h"

namespace sluice::semantic::tables {

const std::string_view common_synonyms =
#include "semantic/synonyms.inc"
    ;

}  // namespace sluice::semantic::tables
