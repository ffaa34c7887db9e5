"""The semantic cache: questions that mean the same get the stored answer, and no others do."""

import json
import pathlib
import re
import subprocess
import uuid

import pytest

from conftest import deployment, main_config
from gateway_process import binary
from test_cache import outcome, words_of

pytestmark = pytest.mark.sluice_only("has no encoder in its process")


@pytest.fixture(scope="session")
def model(gateway_kind):
    """The built-in encoder's file; fetched when it is not there yet."""
    if gateway_kind == "sluice":
        subprocess.run([binary("sluice"), "model", "pull"], check=True, timeout=300)


@pytest.fixture(scope="session")
def semantic_gateway(launch, shared_provider, model, tmp_path_factory):
    return launch(config(shared_provider.url, tmp_path_factory.mktemp("semantic")))


@pytest.fixture
def semantic(semantic_gateway, provider):
    return semantic_gateway


@pytest.fixture
def apart() -> dict:
    """A namespace of this test's own."""
    return {"cache": {"namespace": uuid.uuid4().hex}}


def config(base: str, folder: pathlib.Path, **cache_params) -> dict:
    made = main_config(base)
    made["litellm_settings"] = {"cache": True, "cache_params": {
        "type": "semantic", "disk_cache_dir": str(folder / "cache"), **cache_params}}
    return made


def ask(gateway, *texts: str, **more):
    """One call whose messages are these, a user's and an assistant's in turn."""
    roles = ["user", "assistant"]
    messages = [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]
    return gateway.ask("POST", "/v1/chat/completions", None, {"model": "chat", "messages": messages, **more})


QUESTION = "What is the capital of France?"


@pytest.mark.parametrize("same", [
    "what is the capital of france", "What's the capital of France?", "Please tell me the capital of France.",
    "Can you tell me what the capital of France is?", "What is the capital  of France ??"])
def test_the_same_question_in_other_words_is_answered(semantic, provider, apart, same):
    first = ask(semantic, QUESTION, **apart)
    second = ask(semantic, same, **apart)
    assert (outcome(first), outcome(second)) == ("miss", "semantic")
    assert second.body == first.body and len(provider.calls()) == 1
    assert float(second.header("x-litellm-response-cost")) == 0 and 0 <= int(second.header("age")) <= 5
    for name in ["x-litellm-semantic-similarity", "x-sluice-semantic"]:
        assert second.header(name) is None, "shown to those who debug only"


@pytest.mark.parametrize(("one", "other"), [
    (QUESTION, "What is the capital of Germany?"),
    (QUESTION, "What is not the capital of France?"),
    (QUESTION, "What is the population of France?"),
    ("How many people lived there in Rome in 2023?", "How many people lived there in Rome in 2024?"),
    ("Convert 5 miles to kilometres", "Convert 6 miles to kilometres"),
    ("Convert 5 miles to kilometres", "Convert 5 kilometres to miles"),
    ("How do I enable dark mode in the editor?", "How do I disable dark mode in the editor?"),
    ("How do I increase the heap size of a JVM?", "How do I decrease the heap size of a JVM?"),
    ("What changed in Python 3.11 for typing?", "What changed in Python 3.12 for typing?"),
    ("How do I sort a list in Java?", "How do I sort a list in JavaScript?"),
    ("Translate good morning into French", "Translate good morning into Spanish"),
    ("Is it safe to take ibuprofen with alcohol?", "Is it safe to take ibuprofen without alcohol?"),
    ("what is the boiling point of water?", "what is the capital city of the United States?")])
def test_another_question_is_not(semantic, provider, apart, one, other):
    assert outcome(ask(semantic, one, **apart)) == "miss"
    assert outcome(ask(semantic, other, **apart)) == "miss"


def count(gateway, result: str) -> float:
    line = f'sluice_semantic_lookups_total{{result="{result}"}} '
    metrics = gateway.ask("GET", "/metrics").body.decode()
    counts = json.loads(gateway.ask("GET", "/cache/stats").body)["semantic"]["lookups"]
    found = float(metrics.split(line)[1].split("\n")[0])
    assert found == counts[result]
    return found


def test_every_decision_is_explained_and_counted(start, provider, model, tmp_path):
    made = config(provider.url, tmp_path)
    made["litellm_settings"]["set_verbose"] = True
    gateway = start(made)
    said = [(QUESTION, "no_neighbour"),
            ("what's the capital of France", 'hit;similarity=0.9\\d+;reason="[a-z ]+"'),
            ("What is the capital of Germany?", 'other_question;similarity=0.\\d+;reason="[a-z ]+"'),
            ("Where is my order?", 'not_matchable;reason="[a-z ]+"')]
    for text, expected in said:
        answer = ask(gateway, text)
        assert re.fullmatch(expected, answer.header("x-sluice-semantic")), text
        assert text not in answer.header("x-sluice-semantic")
        assert outcome(answer) == ("semantic" if expected.startswith("hit") else "miss")
    assert [count(gateway, expected.split(";")[0]) for _, expected in said] == [1, 1, 1, 1]


@pytest.mark.parametrize("more", [
    {"temperature": 0.9}, {"max_tokens": 7}, {"seed": 3}, {"model": "nickname"},
    {"response_format": {"type": "json_object"}},
    {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]}])
def test_whatever_shapes_the_answer_must_be_equal(semantic, provider, apart, more):
    ask(semantic, QUESTION, **apart)
    assert outcome(ask(semantic, "what's the capital of France", **apart, **more)) == "miss"


def test_system_prompts_are_apart(semantic, provider, apart):
    def with_system(prompt, text):
        messages = [{"role": "system", "content": prompt}, {"role": "user", "content": text}]
        return semantic.ask("POST", "/v1/chat/completions", None, {"model": "chat", "messages": messages, **apart})

    assert outcome(with_system("Be brief.", QUESTION)) == "miss"
    assert outcome(with_system("Be verbose.", "what's the capital of France")) == "miss"
    assert outcome(with_system("Be brief.", "what's the capital of France")) == "semantic"


def test_a_conversation_matches_only_after_the_same_words(semantic, provider, apart):
    history = ["Tell me about Berlin.", "It is a city."]
    ask(semantic, *history, "How many people live in the city of Berlin?", **apart)
    same = "How many people live in the city of Berlin"
    assert outcome(ask(semantic, "Tell me about Hamburg.", "It is a city.", same, **apart)) == "miss"
    assert outcome(ask(semantic, *history, same, **apart)) == "semantic"


@pytest.mark.parametrize("text", ["Why is that?", "And what about it?", "continue", "Rewrite it in French"])
def test_questions_that_lean_on_others_are_not_matched(semantic, provider, apart, text):
    ask(semantic, "Tell me about Berlin.", "It is a city.", text, **apart)
    assert outcome(ask(semantic, "Tell me about Berlin.", "It is a city.", text + " ", **apart)) == "miss"


def test_tenants_share_nothing(start, provider, model, tmp_path):
    made = config(provider.url, tmp_path)
    del made["general_settings"]
    gateway = start(made)
    body = {"model": "chat", "messages": [{"role": "user", "content": QUESTION}]}
    other = {"model": "chat", "messages": [{"role": "user", "content": "what's the capital of France"}]}
    gateway.ask("POST", "/v1/chat/completions", {"Authorization": "Bearer sk-one"}, body)
    for key, expected in [("sk-two", "miss"), ("sk-one", "semantic")]:
        answer = gateway.ask("POST", "/v1/chat/completions", {"Authorization": f"Bearer {key}"}, other)
        assert outcome(answer) == expected


def test_a_stream_is_told_from_a_whole_answer(semantic, provider, apart):
    first = ask(semantic, QUESTION, **apart)
    second = ask(semantic, "what's the capital of France", stream=True, **apart)
    assert outcome(second) == "semantic" and second.events[-1] == "[DONE]"
    assert words_of(second) == json.loads(first.body)["choices"][0]["message"]["content"]


def test_what_a_tool_call_answers_stands_for_nothing_else(semantic, provider, apart):
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    text = "!tools What is the weather like on the moon for visitors"
    ask(semantic, text, tools=tools, **apart)
    assert outcome(ask(semantic, text + "?", tools=tools, **apart)) == "miss"


def test_a_request_may_do_without(semantic, provider):
    space = uuid.uuid4().hex
    ask(semantic, QUESTION, cache={"namespace": space})
    same = "what's the capital of France"
    assert outcome(ask(semantic, same, cache={"namespace": space, "semantic": "off", "no-store": True})) == "miss"
    assert outcome(ask(semantic, same, cache={"namespace": space, "semantic": "shadow", "no-store": True})) == "miss"
    assert outcome(ask(semantic, same, cache={"namespace": space})) == "semantic"


def test_many_ask_the_same_at_once_and_one_call_is_made(semantic, provider, apart):
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: ask(semantic, "!slow 0.2 Who wrote the novel Frankenstein?", **apart), range(16)))
    assert len({answer.body for answer in answers}) == 1 and len(provider.calls()) == 1


def test_entries_survive_a_restart(start, provider, model, tmp_path):
    made = config(provider.url, tmp_path)
    gateway = start(made)
    first = ask(gateway, QUESTION)
    gateway.stop()
    again = start(made)
    second = ask(again, "what's the capital of France")
    assert outcome(second) == "semantic" and second.body == first.body


def test_a_threshold_is_a_cosine(start, provider, model, tmp_path):
    gateway = start(config(provider.url, tmp_path, similarity_threshold=0.999))
    ask(gateway, QUESTION)
    assert outcome(ask(gateway, "Tell me the name of France's capital city")) == "miss"


def test_without_a_model_the_rest_serves(start, provider, tmp_path):
    gateway = start(config(provider.url, tmp_path), environment={"SLUICE_MODEL_DIR": str(tmp_path)})
    assert outcome(ask(gateway, QUESTION)) == "miss" and outcome(ask(gateway, QUESTION)) == "exact"
    assert outcome(ask(gateway, "what's the capital of France")) == "miss"
    assert "sluice model pull" in gateway.log


def test_what_is_longer_than_the_encoder_takes_is_not_matched(semantic, provider, apart):
    """Its end would not count: 100 words are more tokens than that, 20 are not."""
    for words, expected in [(20, "semantic"), (100, "miss")]:
        text = "How does a plant survive while " + "photosynthesising, " * words + "in the desert"
        assert outcome(ask(semantic, text, **apart)) == "miss"
        assert outcome(ask(semantic, text + "?", **apart)) == expected


def test_other_deployments_are_other_scopes(start, provider, model, tmp_path):
    made = config(provider.url, tmp_path)
    made["model_list"].append(deployment("second", "openai/gpt-4o-mini", provider.url))
    gateway = start(made)
    ask(gateway, QUESTION)
    assert outcome(ask(gateway, "what's the capital of France", model="second")) == "miss"


def test_the_encoder_is_a_provider(start, provider, model, tmp_path):
    made = config(provider.url, tmp_path)
    made["model_list"].append({"model_name": "local", "litellm_params": {"model": "sluice/all-MiniLM-L6-v2"}})
    gateway = start(made)

    def embed(items, **more):
        return gateway.ask("POST", "/v1/embeddings", None, {"model": "local", "input": items, **more})

    answer = json.loads(embed(["a cat", "a kitten", "the stock exchange"]).body)
    vectors = [item["embedding"] for item in answer["data"]]
    assert [item["index"] for item in answer["data"]] == [0, 1, 2] and answer["usage"]["total_tokens"] > 3
    assert all(len(vector) == 384 and abs(sum(x * x for x in vector) - 1) < 1e-3 for vector in vectors)
    cosine = [sum(a * b for a, b in zip(vectors[0], other, strict=True)) for other in vectors[1:]]
    assert cosine[0] > 0.6 > cosine[1]
    assert embed([1, 2, 3]).status == 400 and embed("x", dimensions=7).status == 400
    assert gateway.chat("hello", "local").status == 400
    many = json.loads(embed([f"text {i}" for i in range(300)]).body)
    assert len(many["data"]) == 300
    assert not provider.calls()
