"""The semantic cache with an embedding model elsewhere: LiteLLM's own configuration, a model of the model list, and
what a client sees of a model that fails, hangs or changes."""

import json
import shutil
import signal

import pytest

import gateway_process
from conftest import deployment, main_config
from raw_http import encode_request, wait_until
from test_cache import outcome
from test_eval import model_folder
from test_semantic import ask, model  # noqa: F401 (a fixture)
from test_semantic_redis import hits_soon, redis_port  # noqa: F401 (a fixture)

pytestmark = pytest.mark.sluice_only("its semantic cache has no vetoes and other headers")

QUESTION = "What is the capital of France?"
SAME = "what is the capital city of France?"
OTHER = "How do I bake a loaf of bread at home?"
MODEL = "text-embedding-3-small"


def config(base: str, **cache_params) -> dict:
    made = main_config(base)
    made["router_settings"]["num_retries"] = 0
    made["litellm_settings"] = {"cache": True, "cache_params": {"similarity_threshold": 0.75, **cache_params}}
    return made


def embedded_config(base: str, folder, **cache_params) -> dict:
    return config(base, type="semantic", disk_cache_dir=str(folder / "cache"), embedding_model="embed", **cache_params)


def texts_embedded(provider) -> list[str]:
    return [call.json["input"] for call in provider.calls() if call.path.endswith("/embeddings")]


def hits_at_once(gateway, text: str) -> bool:
    return outcome(ask(gateway, text, cache={"no-store": True})) == "semantic"


def failing(command: str, question: str) -> str:
    """A question whose embedding fails; its answer does not."""
    return f"!on {MODEL} {command} {question}"


def test_litellms_own_configuration_matches_by_meaning(start, provider, redis_port):  # noqa: F811
    made = config(provider.url, type="redis-semantic", host="127.0.0.1", port=redis_port)
    gateway, other = start(made), start(made)
    assert outcome(ask(gateway, QUESTION)) == "miss"
    assert hits_soon(gateway, SAME) and hits_soon(other, SAME)
    assert outcome(ask(gateway, OTHER)) == "miss"
    asked = [call for call in provider.calls() if call.path.endswith("/embeddings")]
    assert {call.json["model"] for call in asked} == {"text-embedding-ada-002"}
    assert {call.header("authorization") for call in asked} == {f"Bearer {gateway_process.PROVIDER_KEY}"}
    assert texts_embedded(provider).count(QUESTION) == 1, "one text, one call: for the lookup and for keeping it"


def test_a_model_of_the_list_is_asked_with_what_the_list_says(start, provider, tmp_path):
    made = embedded_config(provider.url, tmp_path)
    made["model_list"].append(deployment("own", "openai/nomic", provider.url, api_key="sk-own", dimensions=64))
    made["litellm_settings"]["cache_params"]["embedding_model"] = "own"
    gateway = start(made)
    first = ask(gateway, QUESTION)
    assert outcome(first) == "miss" and hits_soon(gateway, SAME)
    assert ask(gateway, SAME).body == first.body
    call = next(call for call in provider.calls() if call.path.endswith("/embeddings"))
    assert call.json == {"model": "nomic", "input": QUESTION, "dimensions": 64}
    assert call.header("authorization") == "Bearer sk-own"


def test_what_a_vector_costs_is_counted(start, provider, tmp_path):
    gateway = start(embedded_config(provider.url, tmp_path))
    ask(gateway, QUESTION)
    wait_until(lambda: 'litellm_input_tokens_total{requested_model="embed"' in
               gateway.ask("GET", "/metrics").body.decode())
    gateway.stop()
    rows = [line for line in gateway.log.splitlines() if "endpoint=embeddings" in line]
    assert len(rows) == 1 and "group=embed" in rows[0] and "status=200" in rows[0]
    assert QUESTION not in rows[0]


def test_entries_survive_a_restart(start, provider, tmp_path):
    made = embedded_config(provider.url, tmp_path)
    gateway = start(made)
    first = ask(gateway, QUESTION)
    assert hits_soon(gateway, SAME)
    gateway.stop()
    again = start(made)
    assert hits_soon(again, SAME) and ask(again, SAME).body == first.body


def test_gateways_share_an_index_of_our_own_in_a_redis(start, provider, redis_port):  # noqa: F811
    made = config(provider.url, type="semantic", host="127.0.0.1", port=redis_port, embedding_model="embed")
    gateway = start(made)
    ask(gateway, QUESTION)
    assert hits_soon(gateway, SAME)
    other = start(made)
    assert hits_soon(other, SAME)
    third = start(made)
    assert third.ask("POST", "/cache/flushall").status == 200, "though it has seen no vector yet"
    assert not any(hits_at_once(each, SAME) for each in (gateway, other, third))


def test_another_model_begins_anew(start, provider, tmp_path):
    made = embedded_config(provider.url, tmp_path)
    gateway = start(made)
    ask(gateway, QUESTION)
    assert hits_soon(gateway, SAME)
    for each in made["model_list"]:
        if each["model_name"] == "embed":
            each["litellm_params"]["model"] = "openai/text-embedding-3-large"
    gateway.write_config(made)
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: "reloaded the configuration" in gateway.log)
    assert not hits_at_once(gateway, SAME)
    ask(gateway, QUESTION, cache={"no-cache": True})
    assert hits_soon(gateway, SAME)


def test_emptying_the_cache_before_its_first_question_takes_all(start, provider, tmp_path):
    made = embedded_config(provider.url, tmp_path)
    gateway = start(made)
    ask(gateway, QUESTION)
    assert hits_soon(gateway, SAME)
    gateway.stop()
    again = start(made)
    assert again.ask("POST", "/cache/flushall").status == 200
    ask(again, OTHER)
    assert hits_soon(again, OTHER + " ?"), "the index is open"
    assert not hits_at_once(again, SAME)


@pytest.mark.parametrize("command", ["!status 500", "!status 401", "!close", "!garbage", "!half", "!html 502",
                                     "!slow 60", "!dimensions 8", "!dimensions 100000"])
def test_a_model_that_fails_costs_a_hit_and_nothing_else(start, provider, tmp_path, command):
    gateway = start(embedded_config(provider.url, tmp_path, semantic_cache_embedding_timeout=1))
    ask(gateway, QUESTION)
    assert hits_soon(gateway, SAME)
    question = failing(command, "Who painted the ceiling of the Sistine chapel?")
    answer = ask(gateway, question)
    assert answer.status == 200 and outcome(answer) == "miss"
    assert outcome(ask(gateway, question + " !")) == "miss"
    assert outcome(ask(gateway, question)) == "exact"
    assert hits_at_once(gateway, SAME), "the others are as before"


def test_a_vector_that_was_not_to_be_had_is_not_asked_for_again(start, provider, tmp_path):
    gateway = start(embedded_config(provider.url, tmp_path))
    question = failing("!status 500", "Who painted the ceiling of the Sistine chapel?")
    ask(gateway, question)
    assert texts_embedded(provider) == [question], "the answer is kept without"


def test_a_model_that_is_away_is_told_once(start, provider, tmp_path):
    made = embedded_config(provider.url, tmp_path)
    for each in made["model_list"]:
        if each["model_name"] == "embed":
            each["litellm_params"]["api_base"] = f"http://127.0.0.1:{gateway_process.free_port()}/v1"
    gateway = start(made, arguments=["--num_workers", "1"])
    for number in range(8):
        answer = ask(gateway, f"Which number comes after {number} in the sequence of primes?")
        assert answer.status == 200 and outcome(answer) == "miss"
    assert gateway.log.count("embedding model `embed` gives no vectors (APIConnectionError") == 1


def test_a_model_that_comes_back_is_asked_again(start, provider, tmp_path):
    gateway = start(embedded_config(provider.url, tmp_path), arguments=["--num_workers", "1"])
    for number in range(3):
        ask(gateway, failing("!status 500", f"Which city hosted the olympic games number {number}?"))
    assert gateway.log.count("gives no vectors (APIError, status 500)") == 1

    def hits_again() -> bool:
        ask(gateway, QUESTION, cache={"no-cache": True})
        return hits_at_once(gateway, SAME)

    wait_until(hits_again, 15)
    assert gateway.log.count("embedding model `embed` answers again") == 1


def test_a_client_that_leaves_takes_its_embedding_along(start, provider, tmp_path):
    gateway = start(embedded_config(provider.url, tmp_path, semantic_cache_embedding_timeout=60))
    body = {"model": "chat", "messages": [{"role": "user", "content": failing("!slow 60", "Who wrote Frankenstein?")}]}
    with gateway.open() as client:
        client.send(encode_request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {gateway.key}"},
                                   json.dumps(body).encode()))
        provider.wait_for(lambda calls: bool(calls))
    calls = provider.wait_for(lambda calls: calls[0].outcome == "client left")
    assert [call.path for call in calls] == ["/v1/embeddings"], "the question was not asked for nobody"


def test_another_encoder_of_this_process_is_judged_by_its_cosine(start, provider, model, tmp_path):  # noqa: F811
    shutil.copy(model_folder() / "all-MiniLM-L6-v2.sluice", tmp_path / "mine.sluice")
    made = config(provider.url, type="semantic", disk_cache_dir=str(tmp_path / "cache"), embedding_model="sluice/mine")
    made["litellm_settings"]["cache_params"]["similarity_threshold"] = 0.9
    gateway = start(made, environment={"SLUICE_MODEL_DIR": str(tmp_path)})
    ask(gateway, "How many people lived in Rome in 2023?")
    assert hits_soon(gateway, "How many people lived in Rome in 2024?"), "no vetoes unless asked for"
    assert not hits_at_once(gateway, OTHER) and not texts_embedded(provider)


def test_a_model_that_changes_its_dimensions_is_told(start, provider, tmp_path):
    gateway = start(embedded_config(provider.url, tmp_path))
    ask(gateway, QUESTION)
    for number in range(3):
        ask(gateway, failing("!dimensions 8", f"How many moons does planet number {number} have?"))
    assert gateway.log.count("the embedding model's vectors have 8 dimensions, its first one had 1536") == 1


def test_without_a_key_the_rest_serves_and_the_log_says_what_to_set(start, provider, redis_port):  # noqa: F811
    made = config(provider.url, type="redis-semantic", host="127.0.0.1", port=redis_port)
    gateway = start(made, environment={"OPENAI_API_KEY": ""})
    assert outcome(ask(gateway, QUESTION)) == "miss" and outcome(ask(gateway, QUESTION)) == "exact"
    assert "`text-embedding-ada-002` can't be asked" in gateway.log and "`OPENAI_API_KEY`" in gateway.log


def test_the_clients_credentials_and_fields_stay_the_clients(start, provider, tmp_path):
    """What a client sends with its chat is not sent on with the question's embedding."""
    gateway = start(embedded_config(provider.url, tmp_path))
    ask(gateway, QUESTION, temperature=0.5, extra_headers={"x-secret": "s"}, user="somebody")
    call = next(call for call in provider.calls() if call.path.endswith("/embeddings"))
    assert json.loads(call.body) == {"model": MODEL, "input": QUESTION} and call.header("x-secret") is None


def test_a_client_cannot_ask_for_the_caches_own_model(start, provider, redis_port):  # noqa: F811
    made = config(provider.url, type="redis-semantic", host="127.0.0.1", port=redis_port)
    made["model_list"] = [deployment("chat", "openai/gpt-4o-mini", provider.url)]
    made["router_settings"] = {}
    gateway = start(made)
    assert [model["id"] for model in gateway.ask("GET", "/v1/models").json["data"]] == ["chat"]
    body = {"model": "text-embedding-ada-002", "input": "x"}
    assert gateway.ask("POST", "/v1/embeddings", None, body).status == 400
