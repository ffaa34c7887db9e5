#pragma once
// Opens the file of a disk store, or makes it; decides what to do with one that is not ours.
#include <memory>
#include <string>

#include "base/result.h"
#include "store/disk_writer.h"

namespace sluice::store {

// Makes the directory if need be. Returns its path without links; the error names
// `disk_cache_dir`, as those below.
Result<std::string> prepare_directory(const std::string& directory);
Result<std::shared_ptr<DiskState>> open_disk(const std::string& directory,
                                             std::size_t capacity_bytes);

}  // namespace sluice::store
