#include "embed/onnx.h"

#include <optional>

#include "embed/protobuf.h"

namespace sluice::embed {

namespace {

// Field numbers of onnx.proto.
namespace model {
constexpr std::uint32_t graph = 7;
}
namespace graph {
constexpr std::uint32_t node = 1, initializer = 5;
}
namespace node {
constexpr std::uint32_t input = 1, output = 2, operation = 4;
}
namespace tensor {
constexpr std::uint32_t dims = 1, data_type = 2, float_data = 4, name = 8, raw_data = 9,
                        data_location = 14;
constexpr std::uint64_t f32 = 1, f16 = 10, bf16 = 16;
}  // namespace tensor

Failure not_onnx() { return fail(client_error("this is no ONNX file, or it was cut")); }

struct Node {
  std::string_view operation;
  std::vector<std::string_view> inputs, outputs;
};

struct Graph {
  Tensors tensors;
  std::vector<Node> nodes;
};

std::optional<ElementType> element_type(std::uint64_t type) {
  switch (type) {
    case tensor::f32: return ElementType::f32;
    case tensor::f16: return ElementType::f16;
    case tensor::bf16: return ElementType::bf16;
    default: return std::nullopt;
  }
}

Status add_initializer(std::string_view message, Tensors& tensors) {
  std::string name;
  Tensor found;
  std::uint64_t type = 0, location = 0;
  ProtobufReader reader(message);
  while (reader.next()) {
    switch (reader.field()) {
      case tensor::dims: {
        if (reader.bytes().empty()) found.dims.push_back(reader.number());
        for (ProtobufReader packed(reader.bytes()); !packed.at_end() && !packed.broken();)
          found.dims.push_back(packed.varint());
        break;
      }
      case tensor::data_type: type = reader.number(); break;
      case tensor::name: name = reader.bytes(); break;
      case tensor::raw_data:
      case tensor::float_data: found.bytes = reader.bytes(); break;
      case tensor::data_location: location = reader.number(); break;
      default: break;
    }
  }
  if (reader.broken()) return not_onnx();
  const auto known = element_type(type);
  if (!known) return Done{};
  if (location != 0)
    return fail(
        client_error("the ONNX file keeps " + name + " in another file; export it as one file"));
  found.type = *known;
  TRY(const std::size_t size, tensor_bytes(found.type, found.dims));
  if (found.bytes.size() != size) return not_onnx();
  tensors.insert_or_assign(std::move(name), std::move(found));
  return Done{};
}

Status add_node(std::string_view message, std::vector<Node>& nodes) {
  Node& added = nodes.emplace_back();
  ProtobufReader reader(message);
  while (reader.next()) {
    switch (reader.field()) {
      case node::input: added.inputs.push_back(reader.bytes()); break;
      case node::output: added.outputs.push_back(reader.bytes()); break;
      case node::operation: added.operation = reader.bytes(); break;
      default: break;
    }
  }
  if (reader.broken()) return not_onnx();
  return Done{};
}

Result<Graph> read_graph(std::string_view message) {
  Graph read;
  ProtobufReader reader(message);
  while (reader.next()) {
    if (reader.field() == graph::initializer) {
      TRY([[maybe_unused]] const Done added, add_initializer(reader.bytes(), read.tensors));
    } else if (reader.field() == graph::node) {
      TRY([[maybe_unused]] const Done added, add_node(reader.bytes(), read.nodes));
    }
  }
  if (reader.broken()) return not_onnx();
  return read;
}

// product = MatMul(x, matrix); Add(product, "….bias") → the matrix gets the name "….weight".
void name_matrices(Graph& read) {
  constexpr std::string_view bias = ".bias", weight = ".weight";
  std::map<std::string_view, std::string_view> matrix_of;  // by the product
  for (const Node& each : read.nodes)
    if (each.operation == "MatMul" && each.inputs.size() == 2 && each.outputs.size() == 1 &&
        read.tensors.contains(each.inputs[1]))
      matrix_of[each.outputs[0]] = each.inputs[1];
  for (const Node& each : read.nodes) {
    if (each.operation != "Add" || each.inputs.size() != 2) continue;
    for (const auto& [added, product] :
         {std::pair(each.inputs[0], each.inputs[1]), std::pair(each.inputs[1], each.inputs[0])}) {
      const auto matrix = matrix_of.find(product);
      if (!added.ends_with(bias) || matrix == matrix_of.end()) continue;
      Tensor named = read.tensors.find(matrix->second)->second;
      named.transposed = true;
      std::string name(added.substr(0, added.size() - bias.size()));
      read.tensors.insert_or_assign(name.append(weight), std::move(named));
    }
  }
}

Tensors without_prefixes(Tensors tensors) {
  Tensors plain;
  for (auto& [name, found] : tensors) plain.insert_or_assign(plain_name(name), std::move(found));
  return plain;
}

}  // namespace

Result<Tensors> read_onnx(std::string_view file) {
  ProtobufReader reader(file);
  std::optional<std::string_view> message;
  while (reader.next())
    if (reader.field() == model::graph) message = reader.bytes();
  if (reader.broken() || !message) return not_onnx();
  TRY(Graph read, read_graph(*message));
  name_matrices(read);
  return without_prefixes(std::move(read.tensors));
}

}  // namespace sluice::embed
