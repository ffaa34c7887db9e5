#include "embed/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sluice::embed {

namespace {

Failure cannot(std::string_view what, const std::string& path) {
  return fail(gateway_error(path + ": cannot be " + std::string(what) + ": " +
                            std::generic_category().message(errno)));
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot("opened", path);
  struct stat status;
  const bool known = ::fstat(file, &status) == 0;
  if (known && !S_ISREG(status.st_mode)) errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  if (!known || !S_ISREG(status.st_mode)) {
    Failure failure = cannot("read", path);
    ::close(file);
    return failure;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  // Nothing can't be mapped.
  void* at = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (at == MAP_FAILED) {
    Failure failure = cannot("mapped", path);
    ::close(file);
    return failure;
  }
  ::close(file);
  return MappedFile(std::string_view(static_cast<const char*>(at), size));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace sluice::embed
