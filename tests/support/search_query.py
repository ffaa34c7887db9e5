"""The query language of FT.SEARCH (dialect 2), as much of it as RedisVL and Sluice send:

    @tag:{a|b\\ c}   @num:[(1 +inf]   @text:(word pre* "a phrase")   @geo:[lon lat r km]   ismissing(@f)
    @v:[VECTOR_RANGE $r $blob]=>{$YIELD_DISTANCE_AS: d}      F=>[KNN 3 @v $blob AS d]
    (A B)   (A | B)   (-A)   *       A B | C is (A B) | C, as on the real server

parse(text, params) gives a Query; Query.run(documents) computes it by looking at every document.
"""

import dataclasses
import math
import re
import struct

UNITS = {"m": 1.0, "km": 1000.0, "mi": 1609.34, "ft": 0.3048}
TOKEN = re.compile(r"""\s*(?:
    (?P<arrow>=>)
  | (?P<field>@(?:\\.|[\w.])+:)
  | (?P<missing>ismissing\(@(?P<missing_field>(?:\\.|[\w.])+)\))
  | (?P<tags>\{(?:\\.|[^}\\])*\})
  | (?P<range>\[[^\]]*\])
  | (?P<phrase>"(?:\\.|[^"\\])*")
  | (?P<mark>[()|~*-])
  | (?P<word>(?:\\.|[^\s()|{}\[\]"@~*-])+\*?|\*(?:\\.|[^\s()|{}\[\]"@~*-])+\*?)
)""", re.VERBOSE)


class QueryError(Exception):
    """What the server answers; its text is the whole message."""


@dataclasses.dataclass
class Document:
    key: str
    fields: dict[str, bytes]
    yields: dict[str, float] = dataclasses.field(default_factory=dict)

    def text(self, name: str) -> str | None:
        value = self.fields.get(name)
        return None if value is None else value.decode("utf-8", "replace")


@dataclasses.dataclass
class Query:
    matches: object                # Document → bool
    knn: tuple | None = None       # (count, field, vector, name of the distance)

    def run(self, documents: list[Document], distance) -> list[Document]:
        found = [each for each in documents if self.matches(each)]
        if self.knn is None:
            return found
        count, name, vector, alias = self.knn
        near = []
        for each in found:
            measured = distance(name, vector, each.fields.get(name))
            if measured is not None:
                each.yields[alias] = measured
                near.append(each)
        return sorted(near, key=lambda each: each.yields[alias])[:count]


def unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def words(text: str) -> list[str]:
    return re.findall(r"[\w*%]+", text.lower())


def wildcard(pattern: str) -> re.Pattern:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))) + r"\Z", re.DOTALL)


def distance_between(metric: str, a: list[float], b: list[float]) -> float | None:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    if metric == "L2":
        return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
    if metric == "IP":
        return 1 - dot
    norm = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
    if norm == 0 or math.isnan(norm):
        return None
    # In single precision, as the server computes: the distance to itself is 0.
    return max(0.0, 1 - struct.unpack("<f", struct.pack("<f", dot / norm))[0])


class Parser:
    def __init__(self, text: str, params: dict[str, bytes], fields: dict, distance):
        self.text, self.params, self.fields, self.distance = text, params, fields, distance
        self.at, self.tokens = 0, []
        position = 0
        while text[position:].strip():
            token = TOKEN.match(text, position)
            if not token:
                raise QueryError(f"Syntax error at offset {position} near {text[position:position + 10]}")
            position = token.end()
            self.tokens.append((token.lastgroup if token.lastgroup != "missing_field" else "missing",
                                token.group().strip(), token.start(), token))

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self):
        if self.at == len(self.tokens):
            raise QueryError(f"Syntax error at offset {len(self.text)} near end")
        self.at += 1
        return self.tokens[self.at - 1]

    def fail(self):
        offset = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
        raise QueryError(f"Syntax error at offset {offset} near {self.peek()}")

    def parameter(self, text: str) -> bytes:
        if not text.startswith("$"):
            return text.encode()
        if text[1:] not in self.params:
            raise QueryError(f"No such parameter `{text[1:]}`")
        return self.params[text[1:]]

    def query(self) -> Query:
        matches, knn = self.union(), None
        if self.kind() == "arrow":
            self.take()
            knn = self.nearest()
        if self.at < len(self.tokens):
            self.fail()
        return Query(matches, knn)

    def nearest(self):
        inside = self.take()[1].strip("[]").split()
        if len(inside) < 4 or inside[0].upper() != "KNN":
            self.fail()
        name = inside[2].lstrip("@")
        alias = inside[inside.index("AS") + 1] if "AS" in inside else f"__{name}_score"
        return int(self.parameter(inside[1])), name, self.vector(name, inside[3]), alias

    def vector(self, name: str, parameter: str) -> list[float]:
        field, blob = self.fields.get(name), self.parameter(parameter)
        if field is None or field.type != "VECTOR":
            raise QueryError(f"Unknown field `{name}`")
        if len(blob) != field.blob_size:
            raise QueryError(f"Error parsing vector similarity query: query vector blob size ({len(blob)}) does not "
                             f"match index's expected size ({field.blob_size}).")
        return field.numbers(blob)

    def union(self):
        parts = [self.intersection()]
        while self.peek() == "|":
            self.take()
            parts.append(self.intersection())
        return parts[0] if len(parts) == 1 else lambda d: any([part(d) for part in parts])

    def intersection(self):
        parts = [self.term()]
        while self.peek() and self.peek() not in ")|" and self.kind() != "arrow":
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else lambda d: all(part(d) for part in parts)

    def term(self):
        kind, text, _, token = self.take()
        if text == "(":
            inner = self.union()
            if self.peek() != ")":
                self.fail()
            self.take()
            return inner
        if text == "-":
            inner = self.term()
            return lambda d: not inner(d)
        if text == "~":
            self.term()
            return lambda d: True
        if text == "*":
            return lambda d: True
        if kind == "missing":
            name = unescape(token.group("missing_field"))
            return lambda d: name not in d.fields
        if kind == "field":
            return self.condition(unescape(text[1:-1]))
        self.at -= 1
        return self.words(None)

    def condition(self, name: str):
        kind, text = self.kind(), self.peek()
        if name not in self.fields:  # the real server finds nothing, without an error
            self.take() if kind in ("tags", "range") else self.text_condition(name)
            return lambda d: False
        if kind == "tags":
            self.take()
            return self.tags(name, text[1:-1])
        if kind == "range":
            self.take()
            return self.range(name, text[1:-1].split())
        return self.text_condition(name)

    def text_condition(self, name: str):
        if self.peek() != "(":
            return self.words(name)
        self.take()
        parts = [self.alternatives(name)]
        while self.peek() == "|":
            self.take()
            parts.append(self.alternatives(name))
        if self.peek() != ")":
            self.fail()
        self.take()
        return lambda d: any(part(d) for part in parts)

    def alternatives(self, name: str):
        parts = [self.words(name)]
        while self.peek() and self.peek() not in ")|":
            parts.append(self.words(name))
        return lambda d: all(part(d) for part in parts)

    def words(self, name: str | None):
        kind, text = self.take()[:2]
        if kind not in ("word", "phrase"):
            self.at -= 1
            self.fail()
        wanted = words(unescape(text))
        names = [name] if name else [each for each, field in self.fields.items() if field.type == "TEXT"]

        def holds(document: Document) -> bool:
            for each in names:
                stored = words(document.text(each) or "")
                if kind == "phrase":
                    found = any(stored[i:i + len(wanted)] == wanted for i in range(len(stored)))
                else:
                    found = all(any(wildcard(w).match(s) for s in stored) for w in wanted)
                if wanted and found:
                    return True
            return False
        return holds

    def tags(self, name: str, text: str):
        field = self.fields[name]
        fold = str if field.has("CASESENSITIVE") else str.lower
        values = []
        for part in re.split(r"(?<!\\)\|", text):
            part = part.strip()
            bound = part.startswith("$")
            values.append(fold(self.parameter(part).decode() if bound else
                               unescape(part.replace(r"\*", "\0")) if not bound else part))
        patterns = [re.compile(wildcard(v).pattern.replace("\0", r"\*"), re.DOTALL) for v in values]

        def holds(document: Document) -> bool:
            stored = document.text(name)
            parts = [] if stored is None else [fold(p.strip()) for p in stored.split(field.separator)]
            return any(pattern.match(part) for pattern in patterns for part in parts)
        return holds

    def range(self, name: str, parts: list[str]):
        if parts and parts[0].upper() == "VECTOR_RANGE":
            return self.vector_range(name, parts)
        if len(parts) == 4:
            return self.within(name, parts)
        if len(parts) != 2:
            self.fail()
        low, high = parts
        open_low, open_high = low.startswith("("), high.startswith("(")
        low, high = float(self.parameter(low.lstrip("("))), float(self.parameter(high.lstrip("(")))

        def holds(document: Document) -> bool:
            try:
                value = float(document.text(name) or "")
            except ValueError:
                return False
            return (value > low if open_low else value >= low) and (value < high if open_high else value <= high)
        return holds

    def within(self, name: str, parts: list[str]):
        longitude, latitude, radius = map(float, parts[:3])
        reach = radius * UNITS[parts[3]]

        def holds(document: Document) -> bool:
            stored = document.text(name)
            if not stored:
                return False
            x, y = map(float, stored.split(","))
            u = math.sin(math.radians(y - latitude) / 2)
            v = math.sin(math.radians(x - longitude) / 2)
            h = u * u + math.cos(math.radians(latitude)) * math.cos(math.radians(y)) * v * v
            return 2 * 6372797.560856 * math.asin(math.sqrt(h)) <= reach
        return holds

    def vector_range(self, name: str, parts: list[str]):
        radius, vector = float(self.parameter(parts[1])), self.vector(name, parts[2])
        if radius < 0:
            raise QueryError(f"Error parsing vector similarity query: negative radius ({radius:g}) given in a range query")
        alias = None
        if self.kind() == "arrow" and self.tokens[self.at + 1][0] == "tags":
            self.take()
            attributes = self.take()[1]
            yields = re.search(r"\$YIELD_DISTANCE_AS:\s*(\w+)", attributes)
            alias = yields and yields.group(1)

        def holds(document: Document) -> bool:
            measured = self.distance(name, vector, document.fields.get(name))
            if measured is None or measured > radius:
                return False
            if alias:
                document.yields[alias] = measured
            return True
        return holds


def float_numbers(kind: str, blob: bytes) -> list[float]:
    if kind == "BFLOAT16":
        halves = struct.unpack(f"<{len(blob) // 2}H", blob)
        return [struct.unpack("<f", struct.pack("<I", half << 16))[0] for half in halves]
    code, size = {"FLOAT32": ("f", 4), "FLOAT64": ("d", 8), "FLOAT16": ("e", 2), "INT8": ("b", 1),
                  "UINT8": ("B", 1)}[kind]
    return list(struct.unpack(f"<{len(blob) // size}{code}", blob))
