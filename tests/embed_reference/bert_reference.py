"""The published model in ONNX Runtime, as reference for Sluice's encoder: 32-bit floats, HuggingFace's tokenizer.

    reference = Reference.of_safetensors(folder)            # config.json, tokenizer.json, *.safetensors
    reference = Reference.of_onnx(model, tokenizer, "cls")  # a published ONNX file
    reference.encode("a text")                              # a unit vector
"""

import json
import pathlib

import numpy
import onnxruntime
import tokenizers
from onnx import TensorProto, helper, numpy_helper

OPSET = 20  # the first with Gelu
TYPES = {"F16": numpy.float16, "F32": numpy.float32}


class Reference:
    def __init__(self, model: bytes, tokenizer: pathlib.Path, pooling: str, most_tokens: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options)
        self._pooling = pooling
        self.tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(most_tokens)

    @classmethod
    def of_safetensors(cls, folder: pathlib.Path, pooling: str = "mean", most_tokens: int = 256):
        [weights] = folder.glob("*.safetensors")
        config = json.loads((folder / "config.json").read_text())
        model = Graph(read_safetensors(weights), config).model()
        return cls(model, folder / "tokenizer.json", pooling, most_tokens)

    @classmethod
    def of_onnx(cls, model: pathlib.Path, tokenizer: pathlib.Path, pooling: str, most_tokens: int):
        return cls(model.read_bytes(), tokenizer, pooling, most_tokens)

    def encode(self, text: str) -> numpy.ndarray:
        return self.encode_ids([self.tokenizer.encode(text).ids])[0]

    def encode_ids(self, ids: list[list[int]]) -> numpy.ndarray:
        """Texts of the same length, side by side."""
        given = {"input_ids": numpy.array(ids, numpy.int64)}
        given["attention_mask"] = numpy.ones_like(given["input_ids"])
        given["token_type_ids"] = numpy.zeros_like(given["input_ids"])
        wanted = {each.name for each in self._session.get_inputs()}
        rows = self._session.run(None, {name: value for name, value in given.items() if name in wanted})[0]
        pooled = rows.mean(axis=1) if self._pooling == "mean" else rows[:, 0]
        return pooled / numpy.linalg.norm(pooled, axis=1, keepdims=True)


def read_safetensors(path: pathlib.Path) -> dict[str, numpy.ndarray]:
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name == "__metadata__" or entry["dtype"] not in TYPES:
            continue
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = values.astype(numpy.float32)
    return tensors


class Graph:
    """BERT's encoder as an ONNX graph: input_ids [texts, tokens] to the rows of the last layer."""

    def __init__(self, tensors: dict[str, numpy.ndarray], config: dict):
        self._tensors = tensors
        self._config = config
        self._nodes = []
        self._initializers = []

    def model(self) -> bytes:
        x = self._embed()
        for index in range(self._config["num_hidden_layers"]):
            x = self._layer(f"encoder.layer.{index}.", x)
        graph = helper.make_graph(
            self._nodes, "bert",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, None)], self._initializers)
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=10).SerializeToString()

    def _node(self, kind: str, *inputs: str, **attributes) -> str:
        output = f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def _constant(self, values) -> str:
        name = f"constant_{len(self._initializers)}"
        self._initializers.append(numpy_helper.from_array(numpy.asarray(values), name))
        return name

    def _embed(self) -> str:
        words = self._node("Gather", self._constant(self._tensors["embeddings.word_embeddings.weight"]), "input_ids")
        tokens = self._node("Shape", "input_ids", start=1, end=2)
        first, axis = self._constant(numpy.array([0])), self._constant(numpy.array([0]))
        places = self._tensors["embeddings.position_embeddings.weight"]
        kind = self._tensors["embeddings.token_type_embeddings.weight"][0]
        rows = self._node("Slice", self._constant(places + kind), first, tokens, axis)
        return self._norm("embeddings.LayerNorm", self._node("Add", words, rows))

    def _norm(self, name: str, x: str) -> str:
        scale, shift = (self._constant(self._tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self._node("LayerNormalization", x, scale, shift, epsilon=self._config["layer_norm_eps"])

    def _linear(self, name: str, x: str) -> str:
        product = self._node("MatMul", x, self._constant(self._tensors[f"{name}.weight"].T.copy()))
        return self._node("Add", product, self._constant(self._tensors[f"{name}.bias"]))

    def _heads(self, x: str, order: list[int]) -> str:
        heads = self._config["num_attention_heads"]
        size = self._config["hidden_size"] // heads
        return self._node("Transpose", self._node("Reshape", x, self._constant(numpy.array([0, 0, heads, size]))),
                          perm=order)

    def _layer(self, name: str, x: str) -> str:
        queries, keys, values = (
            self._heads(self._linear(f"{name}attention.self.{part}", x), order)
            for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])))
        size = self._config["hidden_size"] // self._config["num_attention_heads"]
        scores = self._node("Div", self._node("MatMul", queries, keys), self._constant(numpy.float32(size ** 0.5)))
        mixed = self._node("MatMul", self._node("Softmax", scores, axis=-1), values)
        joined = self._node("Reshape", self._node("Transpose", mixed, perm=[0, 2, 1, 3]),
                            self._constant(numpy.array([0, 0, self._config["hidden_size"]])))
        attended = self._norm(f"{name}attention.output.LayerNorm",
                              self._node("Add", self._linear(f"{name}attention.output.dense", joined), x))
        wide = self._node("Gelu", self._linear(f"{name}intermediate.dense", attended))
        return self._norm(f"{name}output.LayerNorm",
                          self._node("Add", self._linear(f"{name}output.dense", wide), attended))
