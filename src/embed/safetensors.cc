#include "embed/safetensors.h"

#include <cstring>
#include <optional>

#include "embed/json_reader.h"

namespace sluice::embed {

namespace {

std::optional<ElementType> element_type(std::string_view name) {
  if (name == "F32") return ElementType::f32;
  if (name == "F16") return ElementType::f16;
  if (name == "BF16") return ElementType::bf16;
  return std::nullopt;  // position ids and such, which nobody needs
}

Result<std::vector<std::size_t>> counts(const JsonReader& entry, std::string_view key) {
  TRY(const auto elements, entry.array(key));
  std::vector<std::size_t> values;
  for (const std::string_view element : elements) {
    const auto value = json_count(element);
    if (!value) return entry.wrong(key, "a list of whole numbers");
    values.push_back(*value);
  }
  return values;
}

Status add_tensor(const JsonField& field, std::string_view data, Tensors& tensors) {
  TRY(const JsonReader entry, JsonReader::parse(field.value, "tensor " + std::string(field.key)));
  TRY(const std::string type_name, entry.text("dtype"));
  const auto type = element_type(type_name);
  if (!type) return Done{};
  Tensor tensor{.type = *type};
  TRY(tensor.dims, counts(entry, "shape"));
  TRY(const auto offsets, counts(entry, "data_offsets"));
  TRY(const std::size_t size, tensor_bytes(*type, tensor.dims));
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size() ||
      offsets[1] - offsets[0] != size)
    return entry.wrong("data_offsets", "a range of the file that fits the shape");
  tensor.bytes = data.substr(offsets[0], size);
  tensors.insert_or_assign(plain_name(field.key), std::move(tensor));
  return Done{};
}

}  // namespace

Result<Tensors> read_safetensors(std::string_view file) {
  std::uint64_t header = 0;
  if (file.size() < sizeof header) return fail(client_error("this is no safetensors file"));
  std::memcpy(&header, file.data(), sizeof header);
  file.remove_prefix(sizeof header);
  if (header > file.size() || header > max_json_bytes)
    return fail(client_error("this is no safetensors file, or it was cut"));
  TRY(const JsonReader entries, JsonReader::parse(file.substr(0, header), "the header"));
  Tensors tensors;
  for (const JsonField& field : entries.fields()) {
    if (field.key == "__metadata__") continue;
    TRY([[maybe_unused]] const Done added, add_tensor(field, file.substr(header), tensors));
  }
  return tensors;
}

}  // namespace sluice::embed
