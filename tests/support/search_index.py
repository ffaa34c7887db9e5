"""One index of the stand-in: what FT.CREATE said, and what FT.INFO and FT.SEARCH answer.

Replies are Python values: str is a simple string, bytes a bulk string, int, float, list, dict (a map under RESP3,
pairs under RESP2) and None.
"""

import dataclasses
import math

from search_query import Document, Parser, QueryError, distance_between, float_numbers

SIZES = {"FLOAT32": 4, "FLOAT64": 8, "FLOAT16": 2, "BFLOAT16": 2, "INT8": 1, "UINT8": 1}
FLAGS = {"NOSTEM", "CASESENSITIVE", "SORTABLE", "UNF", "NOINDEX", "INDEXEMPTY", "INDEXMISSING", "WITHSUFFIXTRIE"}


@dataclasses.dataclass
class Field:
    name: str
    path: str
    type: str
    options: list = dataclasses.field(default_factory=list)  # ("WEIGHT", "1"), ("SORTABLE",)

    def option(self, name: str, default: str = "") -> str:
        return next((o[1] for o in self.options if o[0] == name and len(o) == 2), default)

    def has(self, flag: str) -> bool:
        return (flag,) in self.options

    @property
    def separator(self) -> str:
        return self.option("SEPARATOR", ",")

    @property
    def blob_size(self) -> int:
        return int(self.option("DIM")) * SIZES[self.option("TYPE")]

    def numbers(self, blob: bytes) -> list[float]:
        return float_numbers(self.option("TYPE"), blob)


class Index:
    def __init__(self, args: list[bytes]):
        words = [arg.decode() for arg in args]
        self.name, self.searches = words[1], 0
        self.key_type, self.prefixes, self.fields = "HASH", [""], {}
        at = 2
        while at < len(words) and words[at].upper() != "SCHEMA":
            option = words[at].upper()
            if option == "ON":
                self.key_type = words[at + 1].upper()
                at += 2
            elif option == "PREFIX":
                count = int(words[at + 1])
                self.prefixes = words[at + 2:at + 2 + count]
                at += 2 + count
            elif option in ("SCORE", "LANGUAGE"):
                at += 2
            elif option == "STOPWORDS":
                at += 2 + int(words[at + 1])
            else:
                raise QueryError(f"Unknown argument `{words[at]}`")
        self.read_fields(words[at + 1:])
        if not self.fields:
            raise QueryError("Fields arguments are missing")

    def read_fields(self, words: list[str]) -> None:
        while words:
            path = name = words.pop(0)
            if words and words[0].upper() == "AS":
                name, words = words[1], words[2:]
            if not words:
                raise QueryError(f"Field `{name}` does not have a type")
            field = Field(name, path, words.pop(0).upper())
            if name in self.fields:
                raise QueryError(f"Duplicate field in schema - {name}")
            self.read_options(field, words)
            self.fields[name] = field

    @staticmethod
    def read_options(field: Field, words: list[str]) -> None:
        if field.type == "VECTOR":
            algorithm, count = words.pop(0).upper(), int(words.pop(0))
            field.options.append(("ALGORITHM", algorithm))
            for i in range(0, count, 2):
                field.options.append((words[i].upper(), words[i + 1].upper()))
            del words[:count]
        elif field.type not in ("TEXT", "TAG", "NUMERIC", "GEO"):
            raise QueryError(f"Invalid field type for field `{field.name}`")
        while words and words[0].upper() in FLAGS | {"WEIGHT", "SEPARATOR", "PHONETIC"}:
            word = words.pop(0).upper()
            field.options.append((word,) if word in FLAGS else (word, words.pop(0)))
        if field.type == "NUMERIC" and field.has("SORTABLE") and not field.has("UNF"):
            field.options.append(("UNF",))
        if field.type == "TEXT" and not field.option("WEIGHT"):
            field.options.insert(0, ("WEIGHT", "1"))
        if field.type == "TAG" and not field.option("SEPARATOR"):
            field.options.insert(0, ("SEPARATOR", ","))

    def covers(self, key: str) -> bool:
        return any(key.startswith(prefix) for prefix in self.prefixes)

    def accepts(self, document: Document) -> bool:
        """A document with a broken number or vector is left out of the whole index."""
        for field in self.fields.values():
            value = document.fields.get(field.path)
            if value is None:
                continue
            if field.type == "VECTOR" and len(value) != field.blob_size:
                return False
            if field.type == "NUMERIC":
                try:
                    float(value)
                except ValueError:
                    return False
        return True

    def distance(self, name: str, vector: list[float], blob: bytes | None) -> float | None:
        field = self.fields[name]
        if blob is None or len(blob) != field.blob_size:
            return None
        measured = distance_between(field.option("DISTANCE_METRIC"), vector, field.numbers(blob))
        return None if measured is None or math.isnan(measured) else measured

    # Replies

    def info(self, documents: list[Document], flavor: str):
        indexed = [each for each in documents if self.accepts(each)]
        reply = {"index_name": self.name, "index_options": [],
                 "index_definition": {"key_type": self.key_type, "prefixes": list(self.prefixes),
                                      "default_score": b"1"},
                 "attributes": [self.attribute(field, flavor) for field in self.fields.values()]}
        if flavor == "valkey":
            return reply | {"num_docs": str(len(indexed)).encode(), "num_terms": b"0", "num_records": b"0",
                            "hash_indexing_failures": b"0", "backfill_in_progress": b"0",
                            "backfill_complete_percent": b"1.000000", "mutation_queue_size": b"0",
                            "recent_mutations_queue_delay": b"0 sec", "state": b"ready"}
        numbers = {"num_docs": len(indexed), "max_doc_id": len(documents), "num_terms": 0, "num_records": 0,
                   "inverted_sz_mb": b"0.000553131103515625", "vector_index_sz_mb": b"6.008392333984375",
                   "total_inverted_index_blocks": 0, "offset_vectors_sz_mb": b"1.9073486328125e-6",
                   "doc_table_size_mb": b"0.015454292297363281", "sortable_values_size_mb": b"0",
                   "key_table_size_mb": b"2.765655517578125e-5", "records_per_doc_avg": b"nan",
                   "bytes_per_record_avg": b"nan", "offsets_per_term_avg": b"nan",
                   "offset_bits_per_record_avg": b"nan",
                   "hash_indexing_failures": len(documents) - len(indexed), "total_indexing_time": b"0.157924",
                   "indexing": 0, "percent_indexed": b"1", "number_of_uses": self.searches, "cleaning": 0}
        return reply | numbers | {"gc_stats": {"bytes_collected": b"0"}, "cursor_stats": {"global_idle": 0},
                                  "dialect_stats": {"dialect_2": 1}}

    @staticmethod
    def attribute(field: Field, flavor: str):
        head = {"identifier": field.path, "attribute": field.name, "type": field.type}
        if field.type != "VECTOR":
            # Flags have no value, so this is a list even under RESP3's maps.
            return [word for pair in head.items() for word in pair] + \
                   [word.encode() if i else word for option in field.options for i, word in enumerate(option)]
        dims = int(field.option("DIM"))
        if flavor == "valkey":
            return head | {"index": {"capacity": 10240, "dimensions": dims,
                                     "distance_metric": field.option("DISTANCE_METRIC"), "size": b"0",
                                     "data_type": field.option("TYPE"),
                                     "algorithm": {"name": field.option("ALGORITHM")}}}
        more = {"M": int(field.option("M", "16")), "ef_construction": int(field.option("EF_CONSTRUCTION", "200"))}
        return head | {"algorithm": field.option("ALGORITHM"), "data_type": field.option("TYPE"), "dim": dims,
                       "distance_metric": field.option("DISTANCE_METRIC")} | \
            (more if field.option("ALGORITHM") == "HNSW" else {})

    def search(self, args: list[bytes], documents: list[Document], ghosts: set[str], protocol: int):
        options = SearchOptions(args[3:])
        text = args[2].decode()
        self.searches += 1
        candidates = [each for each in documents if self.accepts(each)]
        query = Parser(text, options.params, self.fields, self.distance).query()
        found = query.run(candidates, self.distance)
        if options.sort_by:
            found.sort(key=lambda each: self.sort_value(each, options.sort_by), reverse=options.descending)
        rows = found[options.offset:options.offset + options.count]
        answer = [(each.key, None if each.key in ghosts else self.row(each, options)) for each in rows]
        if protocol == 3:
            results = [{"id": key.encode(), **({} if options.only_keys else {"extra_attributes": row}), "values": []}
                       for key, row in answer]
            return {"attributes": [], "format": "STRING", "results": results, "total_results": len(found),
                    "warning": []}
        flat = [len(found)]
        for key, row in answer:
            flat += [key.encode()] if options.only_keys else [key.encode(), row]
        return flat

    def sort_value(self, document: Document, name: str):
        if name in document.yields:
            return (0, document.yields[name], "")
        value = document.text(name)
        if value is None:
            return (2, 0.0, "")
        return (0, float(value), "") if self.fields[name].type == "NUMERIC" else (1, 0.0, value)

    def row(self, document: Document, options: "SearchOptions") -> dict[bytes, bytes]:
        """The sort field first, as the server does; numbers in 12 digits when asked for by name."""
        values = {name: b"%.12g" % value for name, value in document.yields.items()}
        if options.returned is None:
            values |= document.fields
        else:
            for name in options.returned:
                field = self.fields.get(name)
                value = document.fields.get(field.path if field else name)
                if name not in values and value is not None:
                    numeric = field is not None and field.type == "NUMERIC"
                    values[name] = b"%.12g" % float(value) if numeric else value
            values = {name: values[name] for name in values if name in options.returned}
        return {name.encode(): values[name]
                for name in sorted(values, key=lambda name: name != options.sort_by)}


class SearchOptions:
    def __init__(self, args: list[bytes]):
        self.returned, self.sort_by, self.descending, self.only_keys = None, "", False, False
        self.offset, self.count, self.params, self.dialect = 0, 10, {}, 1
        words = list(args)
        while words:
            option = words.pop(0).decode().upper()
            if option == "RETURN":
                count = int(words.pop(0))
                self.returned, words = [word.decode() for word in words[:count]], words[count:]
            elif option == "SORTBY":
                self.sort_by = words.pop(0).decode()
                if words and words[0].upper() in (b"ASC", b"DESC"):
                    self.descending = words.pop(0).upper() == b"DESC"
            elif option == "LIMIT":
                self.offset, self.count = int(words.pop(0)), int(words.pop(0))
            elif option == "PARAMS":
                count = int(words.pop(0))
                self.params = {words[i].decode(): words[i + 1] for i in range(0, count, 2)}
                words = words[count:]
            elif option == "NOCONTENT":
                self.only_keys = True
            elif option == "DIALECT":
                self.dialect = int(words.pop(0))
            elif option == "TIMEOUT":
                words.pop(0)
            else:
                raise QueryError(f"Unknown argument `{option}`")
        if self.count > 1_000_000:
            raise QueryError("LIMIT exceeds maximum of 1000000")
        if self.params and self.dialect < 2:
            raise QueryError("Parameters are not supported in this dialect version. Use DIALECT 2")
