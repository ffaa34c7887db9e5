#pragma once
// Runs the programs that fetch and unpack a model.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "sluice/model_progress.h"

namespace sluice {

// A folder that is gone at the end, with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder();  // path() is empty when there can't be one
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Runs `words` in `folder` to its end, ticking the progress by what it writes there. Error: it is
// not there (`install` names what brings it), or it failed, with the end of what it said.
Status run_program(std::vector<std::string> words, const std::string& install,
                   const std::filesystem::path& folder, Progress& progress);

}  // namespace sluice
