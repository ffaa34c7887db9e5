"""The real LiteLLM 1.68.0 and the gateway share one Redis: what one stores is a hit in the other.

LiteLLM runs from LITELLM_BINARY, else from a venv that is made when it is needed (SLUICE_SKIP_LITELLM=1 skips this
file). With --gateway=litellm both sides are LiteLLM, which proves the harness.
"""

import os
import uuid

import pytest

import gateway_process
import litellm_cache
from conftest import deployment, main_config
from litellm_cache import KINDS, told
from raw_http import wait_until
from redis_server import RedisServer

pytestmark = pytest.mark.skipif(bool(os.environ.get("SLUICE_SKIP_LITELLM")), reason="SLUICE_SKIP_LITELLM is set")


def config(base: str, port: int, **cache_params) -> dict:
    made = main_config(base)
    made["model_list"].append(deployment("tuned", "openai/gpt-4o-mini", base, temperature=0.2, max_tokens=100))
    made["litellm_settings"] = {"cache": True, "cache_params": {
        "type": "redis", "host": "127.0.0.1", "port": port, "ttl": 600, **cache_params}}
    return made


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def start_litellm(shared_provider, tmp_path_factory):
    os.environ.setdefault("LITELLM_BINARY", litellm_cache.litellm_binary())
    started = []

    def start_one(made, **more):
        environment = {"OPENAI_BASE_URL": shared_provider.url, "OPENAI_API_BASE": shared_provider.url, **more}
        folder = tmp_path_factory.mktemp("litellm")
        started.append(gateway_process.start("litellm", made, folder, environment=environment))
        return started[-1]

    yield start_one
    for gateway in started:
        gateway.stop()


@pytest.fixture(scope="module")
def sides(start_litellm, launch, redis, shared_provider):
    """sides(namespace): LiteLLM and the gateway under test, with or without a namespace in their configuration."""
    running = {}

    def of(namespace: bool):
        if namespace not in running:
            made = config(shared_provider.url, redis.port, **({"namespace": "shared"} if namespace else {}))
            running[namespace] = {"litellm": start_litellm(made), "gateway": launch(made)}
        return running[namespace]

    return of


WAYS = pytest.mark.parametrize("stores, reads", [("litellm", "gateway"), ("gateway", "litellm")])


def ask(side, path: str, body: dict | bytes):
    given = {"body": body} if isinstance(body, bytes) else {"json_body": body}
    answer = side.ask("POST", path, {"Content-Type": "application/json"}, **given)
    assert answer.status == 200, answer.body.decode()
    return answer


@pytest.fixture
def text() -> str:
    """A question that nobody has asked yet."""
    return f"question {uuid.uuid4()}"


@WAYS
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_one_stores_the_other_has(kind, stores, reads, sides, redis, provider, text):
    both = sides(kind.namespace)
    before = redis.entries()
    first = ask(both[stores], kind.path, kind.body_about(text))
    wait_until(lambda: len(redis.entries() - before) == kind.entries)
    assert len(provider.calls()) == 1
    second = ask(both[reads], kind.path, kind.body_about(text))
    assert len(provider.calls()) == 1, "not a hit"
    assert told(second) == told(first)
    if both[reads].kind == "sluice":
        assert second.header("x-sluice-cache") == "exact"
        if "embeddings" not in kind.path:  # the configuration's namespace is only in the stored key
            assert any(key.endswith(second.header("x-litellm-cache-key")) for key in redis.entries() - before)


@WAYS
def test_only_the_items_that_nobody_has_are_asked_for(stores, reads, sides, redis, provider, text):
    both = sides(False)
    before = redis.entries()
    known, unknown = f"{text} known", f"{text} unknown"
    first = ask(both[stores], "/v1/embeddings", {"model": "embed", "input": [known]})
    wait_until(lambda: redis.entries() > before)
    second = ask(both[reads], "/v1/embeddings", {"model": "embed", "input": [unknown, known]})
    assert [call.json["input"] for call in provider.calls()] == [[known], [unknown]]
    assert told(second)["vectors"][1] == told(first)["vectors"][0]


@pytest.mark.parametrize("stores, reads, asked", [
    pytest.param("litellm", "gateway", str, marks=pytest.mark.sluice_only("answers a known single text with an error")),
    ("gateway", "litellm", lambda text: [text]),
], ids=["text", "list"])
def test_a_single_text_is_stored_like_a_list_of_one(stores, reads, asked, sides, redis, provider, text):
    both = sides(False)
    before = redis.entries()
    first = ask(both[stores], "/v1/embeddings", {"model": "embed", "input": text})
    wait_until(lambda: redis.entries() > before)
    second = ask(both[reads], "/v1/embeddings", {"model": "embed", "input": asked(text)})
    assert len(provider.calls()) == 1, "not a hit"
    assert told(second) == told(first)
