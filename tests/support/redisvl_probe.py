"""RedisVL's side of tests/install/probe.cc: the same commands, the same vectorizer, the same JSON. Run by the Python of
a venv that has redisvl: redisvl_probe.py NAME URL [TAG]
"""

import json
import logging
import math
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

try:
    from redisvl.extensions.cache.llm import SemanticCache
except ImportError:  # before 0.6
    from redisvl.extensions.llmcache import SemanticCache
from redisvl.index import SearchIndex
from redisvl.query import CountQuery, FilterQuery, VectorQuery
from redisvl.query.filter import Tag
from redisvl.utils.vectorize import CustomTextVectorizer

DIMS = 64


def embed(text: str, **_) -> list[float]:
    vector = [0.0] * DIMS
    data = text.encode()
    for a, b in zip(data, data[1:]):
        vector[(31 * a + b) % DIMS] += 1
    length = sum(value * value for value in vector)
    if not length:
        vector[0] = length = 1.0
    return [value / math.sqrt(length) for value in vector]


def filter_of(text: str):
    if "=" not in text:
        return None
    name, value = text.split("=", 1)
    return Tag(name) == value


class Probe:
    def __init__(self, name: str, url: str, tag: str = ""):
        self.name, self.url = name, url
        fields = [{"name": tag, "type": "tag"}] if tag else None
        self.cache = SemanticCache(name=name, redis_url=url, vectorizer=CustomTextVectorizer(embed=embed),
                                   filterable_fields=fields)

    @property
    def index(self) -> SearchIndex:
        return SearchIndex.from_existing(self.name, redis_url=self.url)

    def store(self, prompt, response, metadata="", tag="", ttl=""):
        name, _, value = tag.partition("=")
        return self.cache.store(prompt, response, metadata=json.loads(metadata) if metadata else None,
                                filters={name: value} if tag else None, ttl=int(ttl) if ttl else None)

    def check(self, prompt, tag="", distance="", count="1"):
        hits = self.cache.check(prompt, num_results=int(count or 1), filter_expression=filter_of(tag),
                                distance_threshold=float(distance) if distance else None)
        return [{"key": hit["key"], "prompt": hit["prompt"], "response": hit["response"],
                 "distance": hit["vector_distance"], "metadata": hit.get("metadata"),
                 "filters": {k: v for k, v in hit.items() if k in self.cache.index.schema.fields and
                             k not in ("prompt", "response", "inserted_at", "updated_at")}} for hit in hits]

    def update(self, key, response, metadata=""):
        self.cache.update(key, response=response, **({"metadata": json.loads(metadata)} if metadata else {}))
        return True

    def drop(self, entry_id):
        self.cache.drop(ids=[entry_id])

    def clear(self):
        self.cache.clear()

    def destroy(self):
        self.cache.delete()

    def count(self, tag=""):
        return self.index.query(CountQuery(filter_of(tag) or "*"))

    def nearest(self, text, count, tag=""):
        query = VectorQuery(embed(text), "prompt_vector", return_fields=["prompt"], num_results=int(count),
                            filter_expression=filter_of(tag))
        return [row["prompt"] for row in self.index.query(query)]

    def pages(self):
        return [len(page) for page in self.index.paginate(FilterQuery(return_fields=["prompt"]), page_size=2)]

    def fetch(self, entry_id):
        return (self.index.fetch(entry_id) or {}).get("response")

    def schema(self):
        return self.index.schema.to_dict()


def main() -> None:
    try:
        probe = Probe(*sys.argv[1:])
    except Exception as error:
        print(json.dumps({"failed": type(error).__name__, "message": str(error)}), flush=True)
        return
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        try:
            print(json.dumps(getattr(probe, command)(*words)), flush=True)
        except Exception as error:
            print(json.dumps({"failed": type(error).__name__, "message": str(error)}), flush=True)


if __name__ == "__main__":
    main()
