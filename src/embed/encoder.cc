#include "embed/encoder.h"

#include <algorithm>
#include <filesystem>

#include "base/assert.h"
#include "embed/forward.h"
#include "embed/model_file.h"
#include "embed/tokenizer.h"

namespace sluice::embed {

struct Encoder::State {
  std::string name;
  ModelFile model;
  const Kernel& kernel;
  Tokenizer tokenizer;
};

namespace {

Tokenizer make_tokenizer(const ModelFile& model) {
  const Shape& shape = model.shape();
  const auto written_out = model.written_out();
  return Tokenizer(Vocabulary(model.piece_offsets(), model.pieces()),
                   {.normalization = {.clean_text = shape.clean_text != 0,
                                      .split_ideographs = shape.split_ideographs != 0,
                                      .strip_accents = shape.strip_accents != 0,
                                      .lower_case = shape.lower_case != 0},
                    .unknown = shape.unknown,
                    .most_characters = shape.most_characters,
                    .written_out = {written_out.begin(), written_out.end()}});
}

}  // namespace

Encoder::Encoder(std::unique_ptr<const State> state) : state_(std::move(state)) {}
Encoder::~Encoder() = default;

Result<std::shared_ptr<const Encoder>> Encoder::open(const std::string& path, CpuLevel level) {
  TRY(ModelFile model, ModelFile::open(path));
  Tokenizer tokenizer = make_tokenizer(model);
  auto state = std::make_unique<const State>(State{std::filesystem::path(path).stem().string(),
                                                   std::move(model), kernel_for(level),
                                                   std::move(tokenizer)});
  return std::shared_ptr<const Encoder>(new Encoder(std::move(state)));
}

const std::string& Encoder::name() const { return state_->name; }
const std::string& Encoder::space() const { return state_->model.digest(); }
int Encoder::dimensions() const { return static_cast<int>(state_->model.shape().hidden); }
int Encoder::max_tokens() const { return static_cast<int>(state_->model.shape().max_tokens); }
int Encoder::layers() const { return static_cast<int>(state_->model.shape().layers); }
std::size_t Encoder::file_size() const { return state_->model.size(); }
CpuLevel Encoder::level() const { return state_->kernel.level; }

bool Encoder::encode(std::string_view text, std::span<float> out, LongText policy) const {
  SLUICE_ASSERT(out.size() == static_cast<std::size_t>(dimensions()));
  static thread_local std::vector<std::uint32_t> ids;
  static thread_local Workspace workspace;
  const Shape& shape = state_->model.shape();
  const std::size_t most = shape.max_tokens - 2;
  state_->tokenizer.tokenize(text, most + 1, ids);
  if (ids.size() > most && policy == LongText::refused) return false;
  ids.resize(std::min(ids.size(), most));
  ids.insert(ids.begin(), shape.cls);
  ids.push_back(shape.sep);
  forward(state_->model, state_->kernel, ids, workspace, out);
  return true;
}

std::size_t Encoder::count_tokens(std::string_view text) const {
  return state_->tokenizer.count(text);
}

bool Encoder::has_unknown(std::string_view text) const {
  return state_->tokenizer.has_unknown(text);
}

std::vector<Piece> Encoder::pieces(std::string_view text, std::size_t most) const {
  std::vector<std::uint32_t> ids;
  state_->tokenizer.tokenize(text, most, ids);
  std::vector<Piece> pieces;
  for (const std::uint32_t id : ids)
    pieces.push_back({state_->tokenizer.vocabulary().piece(id), id != state_->tokenizer.unknown()});
  return pieces;
}

}  // namespace sluice::embed
