"""The exact cache: what is answered from it, what is kept, who shares, and what one upstream call serves."""

import concurrent.futures
import json
import re
import time
import uuid

import pytest

from conftest import MASTER_KEY, deployment, main_config
from test_streams import content_of, open_stream

pytestmark = pytest.mark.sluice_only("its cache has other headers and shares no calls")


def config(base: str, **cache_params) -> dict:
    made = main_config(base)
    made["litellm_settings"] = {"cache": True, "cache_params": {"type": "local", **cache_params}}
    return made


@pytest.fixture(scope="session")
def cached_gateway(launch, shared_provider):
    return launch(config(shared_provider.url))


@pytest.fixture
def cached(cached_gateway, provider):
    return cached_gateway


@pytest.fixture
def text() -> str:
    """A question that nobody has asked yet."""
    return f"question {uuid.uuid4()}"


def outcome(answer) -> str:
    return answer.header("x-sluice-cache")


def words_of(answer) -> str:
    return "".join(content_of(event) for event in answer.events if event != "[DONE]")


@pytest.mark.smoke
def test_the_second_answer_is_the_first(cached, provider, text):
    first, second = cached.chat(text), cached.chat(text)
    assert (outcome(first), outcome(second)) == ("miss", "exact")
    assert second.body == first.body and len(provider.calls()) == 1
    assert second.header("content-type") == "application/json"
    assert float(second.header("x-litellm-response-cost")) == 0 < float(first.header("x-litellm-response-cost"))
    assert second.header("x-litellm-cache-key") and 0 <= int(second.header("age")) <= 5
    assert second.header("x-litellm-model-id") == first.header("x-litellm-model-id")
    assert second.header("x-litellm-call-id") != first.header("x-litellm-call-id")


def test_what_is_not_asked_the_same_is_not_the_same(cached, provider, text):
    variants = [{}, {"temperature": 0.5}, {"max_tokens": 5}, {"seed": 1}, {"logit_bias": {"5": 1}}, {"user": "u"},
                {"extra_body": {"store": True}}]
    for more in variants:
        assert outcome(cached.chat(text, **more)) == "miss", more
    assert outcome(cached.chat(text, "nickname")) == "miss"
    assert outcome(cached.chat(text + " ")) == "miss"
    assert len(provider.calls()) == len(variants) + 2


def test_how_it_is_asked_does_not_matter(cached, provider, text):
    message = {"role": "user", "content": text}
    cached.ask("POST", "/v1/chat/completions", None, {"model": "chat", "messages": [message], "temperature": 1})
    for body in [{"temperature": 1.0, "messages": [message], "model": "chat"},
                 {"model": "chat", "messages": [dict(reversed(message.items()))], "temperature": 1,
                  "metadata": {"trace": "x"}, "timeout": 30, "num_retries": 1}]:
        assert outcome(cached.ask("POST", "/chat/completions", None, body)) == "exact"
    assert len(provider.calls()) == 1


@pytest.mark.parametrize("usage", [{}, {"stream_options": {"include_usage": True}}])
def test_a_stream_is_kept_and_told_again(cached, provider, text, usage):
    first = cached.chat(text, stream=True, **usage)
    second = cached.chat(text, stream=True, **usage)
    assert (outcome(first), outcome(second)) == ("miss", "exact") and len(provider.calls()) == 1
    assert words_of(second) == words_of(first) and second.events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in second.events[:-1]]
    assert {chunk["id"] for chunk in chunks} == {json.loads(first.events[0])["id"]}
    assert any("usage" in chunk for chunk in chunks) == bool(usage)
    assert second.header("content-type").startswith("text/event-stream")


@pytest.mark.parametrize("order", [(False, True), (True, False)])
def test_streams_and_whole_answers_share_an_entry(cached, provider, text, order):
    def say(answer):
        return words_of(answer) if answer.events else json.loads(answer.body)["choices"][0]["message"]["content"]

    first, second = (cached.chat(text, stream=stream) for stream in order)
    assert outcome(second) == "exact" and len(provider.calls()) == 1
    assert say(second) == say(first)
    whole = json.loads((second if order[0] else first).body)
    assert whole["usage"]["total_tokens"] > 0 and whole["choices"][0]["finish_reason"] == "stop"


def test_tool_calls_survive(cached, provider, text):
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
    streamed = cached.chat(f"!tools {text}", tools=tools, stream=True)
    whole = cached.chat(f"!tools {text}", tools=tools)
    assert outcome(streamed) == "miss" and outcome(whole) == "exact"
    call = json.loads(whole.body)["choices"][0]["message"]["tool_calls"][0]
    assert call["function"]["name"] == "look" and json.loads(call["function"]["arguments"]) is not None


@pytest.mark.parametrize("fault", ["!status 500", "!status 400", "!status 429", "!half"])
def test_failures_are_not_kept(cached, provider, text, fault):
    asked = f"!first 1 {fault} {text}"
    assert cached.chat(asked, num_retries=0).status >= 400
    answer = cached.chat(asked)
    assert answer.status == 200 and outcome(answer) == "miss"


@pytest.mark.parametrize("fault", ["!cut 3", "!error 3", "!reset 3"])
def test_streams_that_broke_are_not_kept(cached, provider, text, fault):
    asked = f"!first 1 {fault} {text} a b c"
    broken = cached.chat(asked, stream=True, num_retries=0)
    assert "[DONE]" not in broken.events
    answer = cached.chat(asked, stream=True)
    assert outcome(answer) == "miss" and answer.events[-1] == "[DONE]"


def test_a_request_may_go_past_the_cache(cached, provider, text):
    assert outcome(cached.chat(text)) == "miss"
    assert outcome(cached.chat(text, cache={"no-cache": True})) == "miss"
    assert len(provider.calls()) == 2
    latest = cached.chat(text)
    assert outcome(latest) == "exact" and "Answer 2" in latest.body.decode() or len(provider.calls()) == 2
    assert outcome(cached.chat(text, headers={"Cache-Control": "no-cache"})) == "miss"
    assert outcome(cached.chat(text, cache={"no-cache": True, "no-store": True})) == "off"


def test_a_request_may_leave_nothing_behind(cached, provider, text):
    assert outcome(cached.chat(text, cache={"no-store": True})) == "miss"
    assert outcome(cached.chat(text, headers={"Cache-Control": "no-store"})) == "miss"
    assert outcome(cached.chat(text)) == "miss"
    assert outcome(cached.chat(text, cache={"no-store": True})) == "exact", "it may be answered from the cache"


def test_a_request_may_want_it_fresh(cached, provider, text):
    cached.chat(text)
    assert outcome(cached.chat(text, cache={"s-maxage": 600})) == "exact"
    time.sleep(0.02)
    assert outcome(cached.chat(text, cache={"s-maxage": 0})) == "miss"


def test_a_request_sets_how_long_its_answer_lives(cached, provider, text):
    cached.chat(text, cache={"ttl": 1})
    assert outcome(cached.chat(text)) == "exact"
    deadline = time.monotonic() + 10
    while outcome(cached.chat(text, cache={"no-store": True})) == "exact":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_namespaces_share_nothing(cached, provider, text):
    for name in ["a", "b"]:
        assert outcome(cached.chat(text, cache={"namespace": name})) == "miss"
        hit = cached.chat(text, cache={"namespace": name})
        assert outcome(hit) == "exact" and hit.header("x-litellm-cache-key").startswith(f"{name}:")
    assert outcome(cached.chat(text)) == "miss"


@pytest.mark.parametrize("value", [True, 5, "x", []])
def test_a_wish_that_is_none_is_refused(cached, provider, text, value):
    answer = cached.chat(text, cache=value)
    assert answer.status == 400 and json.loads(answer.body)["error"]["param"] == "cache"
    assert not provider.calls()


@pytest.fixture(scope="session")
def patient(launch, shared_provider):
    """Keeps answers for a second, and tells them for a minute more when no provider answers."""
    return launch(config(shared_provider.url, ttl=1, stale_if_error=60))


def wait_until_it_ends(gateway, text):
    deadline = time.monotonic() + 10
    while outcome(gateway.chat(text, cache={"no-store": True})) == "exact":
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["!status 500", "!status 429", "!status 503", "!reset 0"])
def test_an_answer_past_its_end_is_better_than_none(patient, provider, text, fault, stream):
    asked = f"!after 1 {fault} {text}"
    first = patient.chat(asked, stream=stream, num_retries=0)
    assert first.status == 200
    wait_until_it_ends(patient, asked)
    stale = patient.chat(asked, stream=stream, num_retries=0)
    assert (stale.status, outcome(stale)) == (200, "stale") and int(stale.header("age")) >= 1
    assert float(stale.header("x-litellm-response-cost")) == 0
    assert words_of(stale) == words_of(first) if stream else stale.body == first.body


def test_who_is_to_blame_himself_gets_no_stale_answer(patient, provider, text):
    asked = f"!after 1 !status 400 {text}"
    assert patient.chat(asked).status == 200
    wait_until_it_ends(patient, asked)
    assert patient.chat(asked).status == 400


@pytest.mark.parametrize("wish", [{"no-cache": True}, {"s-maxage": 0}])
def test_who_wants_no_old_answer_gets_none(patient, provider, text, wish):
    asked = f"!after 1 !status 500 {text}"
    assert patient.chat(asked, num_retries=0).status == 200
    wait_until_it_ends(patient, asked)
    assert patient.chat(asked, num_retries=0, cache=wish).status == 500


def test_who_wants_no_old_answer_shares_no_call_that_may_end_with_one(patient, provider, text):
    asked = f"!after 1 !slow 0.3 !status 500 {text}"
    assert patient.chat(asked, num_retries=0).status == 200
    wait_until_it_ends(patient, asked)
    body = {"model": "chat", "messages": [{"role": "user", "content": asked}], "num_retries": 0}
    headers = [{}, {"Cache-Control": "max-age=0"}]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        any_age, young = pool.map(
            lambda more: patient.ask("POST", "/v1/chat/completions", more, body), headers)
    assert outcome(any_age) == "stale" and young.status == 500


def test_embeddings_are_kept_item_by_item(cached, provider, text):
    def embed(items):
        return cached.ask("POST", "/v1/embeddings", None, {"model": "embed", "input": items})

    one, two, three = f"{text} one", f"{text} two", f"{text} three"
    first = embed([one, two])
    assert outcome(first) == "miss" and outcome(embed([two, one])) == "exact"
    mixed = embed([three, one])
    assert outcome(mixed) == "miss" and provider.calls()[-1].json["input"] == [three]
    data = json.loads(mixed.body)["data"]
    assert [item["index"] for item in data] == [0, 1]
    assert data[1]["embedding"] == json.loads(first.body)["data"][0]["embedding"]
    assert outcome(embed(three)) == "exact" and len(provider.calls()) == 2


@pytest.mark.parametrize("tokens", [2, 7])
def test_stored_items_tell_the_tokens_that_were_counted(cached, provider, text, tokens):
    items = [f"!usage {tokens} 0 {text} {i}" for i in range(3)]
    first, second = (cached.ask("POST", "/v1/embeddings", None, {"model": "embed", "input": items})
                     for _ in range(2))
    assert (outcome(first), outcome(second)) == ("miss", "exact")
    usage = json.loads(first.body)["usage"]
    assert usage["total_tokens"] == tokens and json.loads(second.body)["usage"] == usage


def test_text_completions_are_kept(cached, provider, text):
    body = {"model": "instruct", "prompt": text}
    first, second = (cached.ask("POST", "/v1/completions", None, body) for _ in range(2))
    assert outcome(second) == "exact" and second.body == first.body


def test_mock_responses_are_nobody_elses(cached, provider, text):
    assert "mine" in cached.chat(text, mock_response="mine").body.decode()
    assert "mine" not in cached.chat(text).body.decode()


def test_a_fallbacks_answer_belongs_to_the_fallback(cached, provider, text):
    asked = f"!on gpt-fragile !status 500 {text}"
    first = cached.chat(asked, "fragile", num_retries=0)
    assert first.status == 200 and outcome(first) == "miss"
    assert outcome(cached.chat(asked, "backup")) == "exact"
    assert outcome(cached.chat(asked, "fragile", num_retries=0)) == "miss"


@pytest.mark.smoke
def test_identical_streams_share_one_call(cached, provider, text):
    asked = f"!gap 0.05 {text} a b c d e f"
    clients = [open_stream(cached, asked) for _ in range(100)]
    heads = [client.read_head() for client in clients]
    assert {head.status for head in heads} == {200}
    told = []
    for client in clients:
        events = []
        while (event := client.read_event()) != "[DONE]":
            events.append(event)
        told.append("".join(map(content_of, events)))
        client.close()
    assert len(set(told)) == 1 and told[0].startswith("Answer")
    assert len(provider.calls()) == 1
    assert sorted(head.header("x-sluice-cache") for head in heads).count("miss") == 1


def test_whole_answers_share_one_call_too(cached, provider, text):
    asked = f"!slow 0.3 {text}"
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: cached.chat(asked), range(20)))
    assert len({answer.body for answer in answers}) == 1 and len(provider.calls()) == 1
    costs = sorted(float(answer.header("x-litellm-response-cost")) for answer in answers)
    assert costs[-1] > 0 and costs[-2] == 0, "paid once"


def test_the_call_goes_on_when_its_first_client_leaves(cached, provider, text):
    asked = f"!gap 0.1 {text} a b c d e f"
    leader = open_stream(cached, asked)
    leader.read_head()
    follower = open_stream(cached, asked)
    follower.read_head()
    leader.close()
    events = []
    while (event := follower.read_event()) != "[DONE]":
        events.append(event)
    follower.close()
    assert "".join(map(content_of, events)).startswith("Answer")
    assert provider.calls()[0].outcome == "answered" and len(provider.calls()) == 1


def test_the_call_ends_when_all_have_left(cached, provider, text):
    clients = [open_stream(cached, f"!stall 2 {text} a b c") for _ in range(3)]
    for client in clients:
        client.read_head()
    for client in clients:
        client.close()
    provider.wait_for(lambda calls: calls and calls[0].outcome == "client left")


def test_a_failure_is_everybodys(cached, provider, text):
    asked = f"!first 1 !slow 0.3 !status 500 {text}"
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: cached.chat(asked, num_retries=0), range(10)))
    assert {answer.status for answer in answers} == {500} and len(provider.calls()) == 1


def test_followers_are_retried_and_fall_back_as_one(cached, provider, text):
    asked = f"!on gpt-fragile !slow 0.2 !status 500 {text}"
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: cached.chat(asked, "fragile", num_retries=0), range(10)))
    assert {answer.status for answer in answers} == {200} and len(provider.calls()) == 2


def test_who_opts_out_shares_no_call(cached, provider, text):
    asked = f"!slow 0.3 {text}"
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: cached.chat(asked, cache={"no-cache": True}), range(4)))
    assert len(provider.calls()) == 4


def test_clients_with_other_keys_share_nothing_on_an_open_gateway(start, provider, text):
    made = config(provider.url)
    del made["general_settings"]
    gateway = start(made)
    for key in ["sk-tenant-one", "sk-tenant-two"]:
        headers = {"Authorization": f"Bearer {key}"}
        assert outcome(gateway.chat(text, headers=headers)) == "miss"
        assert outcome(gateway.chat(text, headers=headers)) == "exact"


def test_off_by_default_means_on_request(start, provider, text):
    gateway = start(config(provider.url, mode="default_off"))
    assert outcome(gateway.chat(text)) == "off"
    assert outcome(gateway.chat(text, cache={"use-cache": True})) == "miss"
    assert outcome(gateway.chat(text, cache={"use-cache": True})) == "exact"


def test_only_the_call_types_that_are_named(start, provider, text):
    gateway = start(config(provider.url, supported_call_types=["aembedding", "embedding"]))
    assert outcome(gateway.chat(text)) == "off"
    body = {"model": "embed", "input": text}
    gateway.ask("POST", "/v1/embeddings", None, body)
    assert outcome(gateway.ask("POST", "/v1/embeddings", None, body)) == "exact"


def test_without_a_cache_there_is_no_header(gateway, provider, text):
    assert gateway.chat(text).header("x-sluice-cache") is None


def test_the_cache_survives_a_reload_and_a_crash_on_disk(start, provider, text, tmp_path):
    made = config(provider.url, type="disk", disk_cache_dir=str(tmp_path / "cache"))
    gateway = start(made)
    first = gateway.chat(text)
    deadline = time.monotonic() + 10
    while outcome(gateway.chat(text)) != "exact":
        assert time.monotonic() < deadline
    gateway.ask("GET", "/cache/ping")
    gateway.stop()
    again = start(made)
    second = again.chat(text)
    assert outcome(second) == "exact" and second.body == first.body


def test_operators_see_and_empty_the_cache(start, provider, text):
    gateway = start(config(provider.url, namespace="team"))
    gateway.chat(text)
    key = gateway.chat(text).header("x-litellm-cache-key")
    assert key.startswith("team:")
    ping = gateway.ask("GET", "/cache/ping")
    assert ping.status == 200 and json.loads(ping.body)["status"] == "healthy"
    stats = json.loads(gateway.ask("GET", "/cache/stats").body)
    assert stats["type"] == "local" and stats["stores"][0]["entries"] == 1
    deleted = gateway.ask("POST", "/cache/delete", None, {"keys": [key, "nobody's"]})
    assert json.loads(deleted.body) == {"status": "success", "deleted": 1}
    assert outcome(gateway.chat(text)) == "miss"
    flushed = gateway.ask("POST", "/cache/flushall")
    assert json.loads(flushed.body)["deleted"] == 1
    assert outcome(gateway.chat(text)) == "miss"
    assert gateway.ask("POST", "/cache/delete", None, {"keys": "x"}).status == 400
    assert gateway.ask("GET", "/cache/stats", {"Authorization": "Bearer sk-wrong"}).status >= 400


def test_without_a_cache_its_endpoints_say_so(gateway):
    for method, path in [("GET", "/cache/ping"), ("GET", "/cache/stats"), ("POST", "/cache/flushall")]:
        answer = gateway.ask(method, path)
        assert answer.status == 503 and "cache" in json.loads(answer.body)["error"]["message"].lower()


def test_hits_are_counted(cached, provider, text):
    def count(result):
        lines = cached.ask("GET", "/metrics").body.decode().splitlines()
        wanted = [line for line in lines if line.startswith("sluice_cache_requests_total")
                  and f'result="{result}"' in line and 'requested_model="chat"' in line]
        return sum(float(line.rsplit(" ", 1)[1]) for line in wanted)

    before = count("exact"), count("miss")
    for _ in range(3):
        cached.chat(text)
    assert (count("exact") - before[0], count("miss") - before[1]) == (2, 1)


def test_hits_are_counted_under_the_pattern_that_serves_them(start, provider, text):
    made = config(provider.url)
    made["model_list"].append(deployment("wild/*", "openai/*", provider.url))
    gateway = start(made)
    for name in ["wild/a", "wild/b"]:
        assert [outcome(gateway.chat(text, name)) for _ in range(2)] == ["miss", "exact"]
    lines = gateway.ask("GET", "/metrics").body.decode().splitlines()
    labels = {re.search(r'requested_model="([^"]*)"', line)[1] for line in lines if "requested_model=" in line}
    assert labels == {"wild/*"}


def test_deployments_and_their_settings_make_other_answers(start, provider, text):
    made = config(provider.url)
    made["model_list"].append(deployment("warm", "openai/gpt-4o-mini", provider.url, temperature=0.9))
    gateway = start(made)
    assert made["general_settings"]["master_key"] == MASTER_KEY
    assert outcome(gateway.chat(text, "warm")) == "miss" and provider.calls()[-1].json["temperature"] == 0.9
    assert outcome(gateway.chat(text, "warm")) == "exact"
