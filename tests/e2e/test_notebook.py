"""The steps of the recipe "LiteLLM Proxy with Redis", with its configuration: what its reader sees, Sluice shows. And
examples/notebook, which is run as it stands.
"""

import json
import os
import re
import shutil
import subprocess

import pytest

import gateway_process
import run_notebook
from gateway_process import REPOSITORY, binary
from raw_http import wait_until
from search_server import SearchServer
from search_sides import Probe, redisvl, run  # noqa: F401 (a fixture)
from test_cache import outcome
from test_semantic import ask, model  # noqa: F401 (a fixture)

pytestmark = pytest.mark.sluice_only("the recipe is its own")

NOTEBOOK = REPOSITORY / "examples/notebook/gateway_with_redis.ipynb"
CAPITAL = "what is the capital city of the United States?"
SAME_CAPITAL = "what is the capital of the United States of America?"
PRESIDENT = "who is the president of France?"
SAME_PRESIDENT = ["who is the country president of France?", "who is France's current presidet?",
                  "The current president of France is?"]

EXACT = {"type": "redis", "default_in_redis_ttl": 60}
SEMANTIC = {"type": "redis-semantic", "ttl": 60, "similarity_threshold": 0.90,
            "embedding_model": "built-in", "redis_semantic_cache_index_name": "llmcache"}
OWN_VERDICT = {name: value for name, value in SEMANTIC.items() if name != "similarity_threshold"}
IN_PROCESS = {**OWN_VERDICT, "type": "semantic"}


@pytest.fixture
def redis():
    """A Redis Stack, empty."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    with SearchServer() as server:
        yield server


def config(cache_params: dict, redis: SearchServer | None) -> dict:
    """Without api_base: the provider is found as OpenAI's is, by its variables."""
    def entry(name: str, **more) -> dict:
        return {"model_name": name, "litellm_params": {"api_key": "os.environ/OPENAI_API_KEY", "model": name, **more}}

    where = {name: f"os.environ/REDIS_{name.upper()}" for name in ("host", "port", "password")} if redis else {}
    return {"model_list": [entry("gpt-3.5-turbo", rpm=30), entry("gpt-4o-mini", rpm=30),
                           entry("text-embedding-3-small")],
            "litellm_settings": {"cache": True, "set_verbose": True, "cache_params": {**where, **cache_params}}}


@pytest.fixture
def begin(start, provider, model, tmp_path):  # noqa: F811
    """begin(cache_params, redis): the recipe's proxy, started as it starts it."""
    def begin_one(cache_params: dict, redis: SearchServer | None):
        if redis is None:
            cache_params = {**cache_params, "disk_cache_dir": str(tmp_path / "cache")}
        environment = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis.port), "REDIS_PASSWORD": ""} if redis else {}
        return start(config(cache_params, redis), environment=environment, arguments=["--detailed_debug"])
    return begin_one


def chat(gateway, text: str, model: str = "gpt-4o-mini"):  # noqa: F811
    """As the recipe's requests are: without /v1 and without a key."""
    return gateway.ask("POST", "/chat/completions", None,
                       {"model": model, "messages": [{"role": "user", "content": text}]})


@pytest.fixture
def hits_soon(provider):
    """hits_soon(gateway, text) waits until the entry is in the index. It leaves none, and no calls."""
    def wait(gateway, text: str) -> None:
        more = {"model": "gpt-4o-mini", "cache": {"no-store": True}}
        wait_until(lambda: outcome(ask(gateway, text, **more)) == "semantic", every=0.2)
        provider.clear()
    return wait


def words(answer) -> str:
    return answer.json["choices"][0]["message"]["content"]


@pytest.mark.parametrize("cache_params", [EXACT, SEMANTIC, IN_PROCESS], ids=lambda params: params["type"])
def test_every_setting_is_honoured(cache_params, redis, tmp_path):
    file = tmp_path / "litellm_redis.yml"
    file.write_text(json.dumps(config(cache_params, redis)))
    environment = {**os.environ, "OPENAI_API_KEY": "sk-any", "REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis.port),
                   "REDIS_PASSWORD": ""}
    checked = subprocess.run([binary("sluice"), "check", str(file)], env=environment, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_two_models_answer_and_a_third_is_not_there(begin, provider, redis):
    gateway = begin(EXACT, redis)
    for name in ["gpt-4o-mini", "gpt-3.5-turbo"]:
        answer = chat(gateway, "hello, how are you?", name)
        assert answer.status == 200 and outcome(answer) == "miss"
        assert answer.json["id"].startswith("chatcmpl-") and answer.json["model"].startswith(name)
        assert provider.calls()[-1].json["model"] == name
    refused = chat(gateway, "hello, how are you?", "claude")
    assert refused.status == 400 and len(provider.calls()) == 2
    assert refused.json["error"]["message"] == str({"error": (
        "/chat/completions: Invalid model name passed in model=claude. "
        "Call `/v1/models` to view available models for your key.")})


def test_the_same_prompt_is_paid_once(begin, provider, redis):
    gateway = begin(EXACT, redis)
    answers = [chat(gateway, "what is the capital of france?") for _ in range(8)]
    assert [outcome(answer) for answer in answers] == ["miss"] + 7 * ["exact"]
    assert all(answer.json == answers[0].json for answer in answers) and len(provider.calls()) == 1
    assert outcome(chat(gateway, "what is the capital of italy?")) == "miss"
    assert outcome(chat(gateway, "what is the capital of france?", "gpt-3.5-turbo")) == "miss"


def test_an_entry_is_in_redis_for_a_minute(begin, redis):
    gateway = begin(EXACT, redis)
    first = chat(gateway, "what is the capital of france?")
    key = chat(gateway, "what is the capital of france?").header("x-litellm-cache-key")
    wait_until(lambda: redis_cli(redis, "EXISTS", key) == "1")
    assert 0 < int(redis_cli(redis, "TTL", key)) <= 60
    assert first.json["id"] in redis_cli(redis, "GET", key)
    gateway.stop()
    assert outcome(chat(begin(EXACT, redis), "what is the capital of france?")) == "exact", "after a restart too"


def redis_cli(server: SearchServer, *words: str) -> str:
    return run("redis-cli", "-p", str(server.port), *words).strip()


def test_calls_to_a_provider_are_limited_and_hits_are_not(begin, provider, redis):
    gateway = begin(EXACT, redis)
    statuses = [chat(gateway, f"tell me about the number {i}").status for i in range(31)]
    assert statuses == 30 * [200] + [429] and len(provider.calls()) == 30
    assert outcome(chat(gateway, "tell me about the number 0")) == "exact"
    assert chat(gateway, "tell me about the number 30", "gpt-3.5-turbo").status == 200


WHERE = pytest.mark.parametrize("cache_params, with_redis", [
    pytest.param(SEMANTIC, True, id="threshold"), pytest.param(OWN_VERDICT, True, id="own verdict"),
    pytest.param(IN_PROCESS, False, id="without Redis")])


@WHERE
def test_the_same_question_in_the_same_words(begin, provider, redis, hits_soon, cache_params, with_redis):
    gateway = begin(cache_params, redis if with_redis else None)
    first = chat(gateway, CAPITAL)
    hits_soon(gateway, SAME_CAPITAL)
    answers = [chat(gateway, CAPITAL) for _ in range(7)]
    assert {outcome(answer) for answer in answers} <= {"semantic", "exact"}
    assert all(answer.json == first.json for answer in answers) and not provider.calls()


@WHERE
def test_the_same_question_in_other_words(begin, provider, redis, hits_soon, cache_params, with_redis):
    gateway = begin(cache_params, redis if with_redis else None)
    first = chat(gateway, PRESIDENT)
    hits_soon(gateway, SAME_PRESIDENT[0])
    answers = [chat(gateway, text) for text in SAME_PRESIDENT]
    # The misspelt one is at .88: nearer is only what the threshold asks for.
    expected = ["semantic", "miss" if cache_params is SEMANTIC else "semantic", "semantic"]
    assert [outcome(answer) for answer in answers] == expected
    for answer in answers:
        if outcome(answer) == "semantic":
            assert answer.json == first.json and float(answer.header("x-litellm-semantic-similarity")) > 0.85
    assert len(provider.calls()) == expected.count("miss")


@WHERE
def test_another_question_gets_an_answer_of_its_own(begin, provider, redis, hits_soon, cache_params, with_redis):
    gateway = begin(cache_params, redis if with_redis else None)
    chat(gateway, CAPITAL)
    hits_soon(gateway, SAME_CAPITAL)
    for other in ["what is the boiling point of water?", "what is the capital city of the United Kingdom?",
                  "what is the population of the United States?", PRESIDENT]:
        answer = chat(gateway, other)
        assert outcome(answer) == "miss" and other in words(answer) and CAPITAL not in words(answer)
    assert len(provider.calls()) == 4


def test_the_index_is_seen_with_redisvl(begin, redis, hits_soon, redisvl):  # noqa: F811
    gateway = begin(SEMANTIC, redis)
    first = chat(gateway, CAPITAL)
    hits_soon(gateway, SAME_CAPITAL)
    table = run(redisvl / "rvl", "index", "info", "-i", "llmcache", env={**os.environ, "REDIS_URL": redis.url})
    for name in ["llmcache", "HASH", "prompt", "response", "inserted_at", "updated_at", "prompt_vector", "384", "COSINE"]:
        assert name in table
    [entry] = look(redisvl, redis)
    assert entry["id"].startswith("llmcache:") and entry["prompt"] == CAPITAL and 0 < entry["ttl"] <= 60
    assert first.json["id"] in entry["response"] and entry["vector"] == 384 * 4


LOOK = """
import json, sys
from redisvl.index import SearchIndex
from redisvl.query import FilterQuery
index = SearchIndex.from_existing("llmcache", redis_url=sys.argv[1])
assert index.exists()
found = []
for entry in (entry for page in index.paginate(FilterQuery()) for entry in page):
    fields = index.client.hgetall(entry["id"])
    found.append({"id": entry["id"], "ttl": index.client.ttl(entry["id"]), "prompt": fields[b"prompt"].decode(),
                  "response": fields[b"response"].decode(), "vector": len(fields[b"prompt_vector"])})
print(json.dumps(found))
"""


def look(programs, server: SearchServer) -> list[dict]:
    return json.loads(run(programs / "python", "-W", "ignore", "-c", LOOK, server.url))


def test_redisvl_keeps_a_cache_of_its_own_beside(begin, redis, hits_soon, redisvl):  # noqa: F811
    """Section 7: the gateway is not asked, and its index stays what it is."""
    gateway = begin(SEMANTIC, redis)
    chat(gateway, CAPITAL)
    hits_soon(gateway, SAME_CAPITAL)
    own = Probe(str(redisvl / "python"), str(REPOSITORY / "tests/support/redisvl_probe.py"), "own", redis.url)
    own.store(CAPITAL, "Washington DC is the capital of the USA.")
    assert [hit["response"] for hit in own.check(CAPITAL)] == ["Washington DC is the capital of the USA."]
    assert [own.check(text) for text in [PRESIDENT, *SAME_PRESIDENT]] == [[], [], [], []]
    own.destroy()
    own.close()
    assert len(look(redisvl, redis)) == 1


def test_after_the_cleanup_nothing_is_left_and_it_begins_anew(begin, provider, redis, hits_soon):
    gateway = begin(SEMANTIC, redis)
    chat(gateway, CAPITAL)
    hits_soon(gateway, SAME_CAPITAL)
    assert gateway.stop() == 0
    redis_cli(redis, "FLUSHALL")
    assert outcome(chat(begin(SEMANTIC, redis), CAPITAL)) == "miss" and len(provider.calls()) == 1


# examples/notebook

ASKED = re.compile(r"^\[(\w+)\]", re.MULTILINE)


def printed_by(programs, redis: SearchServer, **more) -> list[str]:
    """What each cell of the notebook prints, run with that venv's Python."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"SLUICE": binary("sluice"), "PORT": str(gateway_process.free_port()), "REDIS_URL": redis.url, **more}
    return json.loads(run(programs / "python", run_notebook.__file__, NOTEBOOK, env=environment))


def shown() -> list[str]:
    return run_notebook.stored_outputs(json.loads(NOTEBOOK.read_text()))


def test_the_example_prints_what_it_shows(redis, redisvl, model):  # noqa: F811
    """But for numbers: times, and sizes that hold times."""
    def masked(texts: list[str]) -> list[str]:
        return [re.sub(r"\d+", "0", text) for text in texts]

    assert masked(printed_by(redisvl, redis)) == masked(shown())


def test_with_a_key_the_example_asks_openai(redis, redisvl, model, provider):  # noqa: F811
    printed = printed_by(redisvl, redis, OPENAI_API_KEY="sk-any", OPENAI_BASE_URL=provider.url)
    assert printed[0].startswith("gpt-4o-mini answers, text-embedding-3-small")
    got = ASKED.findall("".join(printed))
    assert got == ["miss", *ASKED.findall("".join(shown()))], "one model more says good morning, all else is as shown"
    assert len([call for call in provider.calls() if "messages" in call.json]) == got.count("miss") + 1
    assert {call.json["model"] for call in provider.calls()} == {"gpt-4o-mini", "gpt-3.5-turbo", "text-embedding-3-small"}
