#pragma once
// A file's bytes, mapped read-only: they are read when touched, and shared between processes. A
// file that is replaced (rename) stays as it was for who has it open. Move-only; any thread may
// read.
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sluice::embed {

class MappedFile {
 public:
  // Error: the file can't be opened or mapped; names it and the system's reason.
  static Result<MappedFile> open(const std::string& path);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

}  // namespace sluice::embed
