"""How many calls a deployment gets at once, and that who has left, failed or waited too long holds no place."""

import concurrent.futures
import json
import signal

import pytest

from conftest import deployment
from raw_http import encode_request, wait_until
from test_cache import words_of

# Connections are taken in their order, so that an answer tells that what was sent before is in the queue.
ONE_LOOP = ["--num_workers", "1"]
streams_count = pytest.mark.sluice_only("a stream's place is free as soon as the stream has begun")


def config(base: str, router: dict | None = None, **limits) -> dict:
    return {"model_list": [deployment("narrow", "openai/gpt-narrow", base, **limits)],
            "router_settings": {"num_retries": 0, **(router or {})}}


def opened(gateway, text: str, **more):
    """A connection that has sent a chat."""
    body = {"model": "narrow", "messages": [{"role": "user", "content": text}], **more}
    connection = gateway.open()
    connection.send(encode_request("POST", "/v1/chat/completions", {}, json.dumps(body).encode()))
    return connection


@pytest.fixture
def holder(provider):
    """holder(gateway) takes a place with a stream that does not end by itself."""
    def hold(gateway):
        connection = opened(gateway, "!stall 2 a b c", stream=True)
        assert connection.read_head().status == 200
        connection.read_event()
        provider.wait_for(lambda calls: len(calls) == 1)
        return connection
    return hold


@pytest.mark.smoke
@pytest.mark.parametrize("stream", [False, pytest.param(True, marks=streams_count)])
@pytest.mark.parametrize("limits, router", [
    ({"max_parallel_requests": 2}, {}), ({"max_parallel_requests": 2, "rpm": 100, "tpm": 10**9}, {}),
    ({"tpm": 12000}, {}), ({}, {"default_max_parallel_requests": 2})])
def test_more_than_the_limit_wait_and_are_answered(start, provider, stream, limits, router):
    gateway = start(config(provider.url, router, **limits))
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda i: gateway.chat(f"!slow 0.1 !gap 0.02 call {i}", "narrow", stream=stream), range(6)))
    assert [answer.status for answer in answers] == 6 * [200]
    for i, answer in enumerate(answers):
        assert (words_of(answer) if stream else answer.body.decode()).count(f"call {i}") == 1
    assert len(provider.calls()) == 6 and provider.most_under_way == 2


@pytest.mark.parametrize("limits", [{}, {"max_parallel_requests": 0}, {"rpm": 100}])
def test_without_a_limit_nobody_waits(start, provider, limits):
    gateway = start(config(provider.url, **limits))
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(gateway.chat, f"!slow 2 call {i}", "narrow") for i in range(6)]
        provider.wait_for(lambda seen: len(seen) == 6)
        assert provider.most_under_way == 6
        assert {call.result().status for call in calls} == {200}


@streams_count
def test_a_stream_holds_its_place_until_its_end(start, provider, holder):
    gateway = start(config(provider.url, max_parallel_requests=1))
    stream = holder(gateway)
    waits = opened(gateway, "hello there")
    refused = gateway.chat("hello again", "narrow", timeout=0.2)
    assert refused.status == 408 and "max_parallel_requests" in refused.json["error"]["message"]
    assert len(provider.calls()) == 1
    stream.close()
    assert waits.read_response().status == 200
    waits.close()
    assert gateway.chat("hello again", "narrow").status == 200


def test_a_stream_that_ends_frees_its_place(start, provider):
    gateway = start(config(provider.url, max_parallel_requests=1))
    connection = opened(gateway, "a b c", stream=True)
    connection.read_head()
    while connection.read_event() != "[DONE]":
        pass
    assert gateway.chat("hello there", "narrow", timeout=5).status == 200, "though its client is still there"
    connection.close()


@streams_count
@pytest.mark.parametrize("cache", [{}, {"litellm_settings": {"cache": True, "cache_params": {"type": "local"}}}],
                         ids=["no cache", "cache"])
def test_who_leaves_while_waiting_is_not_asked_for(start, provider, holder, cache):
    gateway = start({**config(provider.url, max_parallel_requests=1), **cache}, arguments=ONE_LOOP)
    stream = holder(gateway)
    leaves = opened(gateway, "who has left")
    waits = opened(gateway, "who stays")
    assert gateway.chat("who has no time", "narrow", timeout=0.2).status == 408
    leaves.close()
    wait_until(lambda: "status=499" in gateway.log)
    stream.close()
    assert waits.read_response().status == 200
    waits.close()
    assert ["left" in call.body for call in provider.calls()] == [False, False]


@pytest.mark.sluice_only("only takes rpm as a weight here")
def test_who_ends_in_the_queue_has_used_no_place_of_the_minute(start, provider, holder):
    gateway = start(config(provider.url, max_parallel_requests=1, rpm=2))
    stream = holder(gateway)
    assert [gateway.chat("who has no time", "narrow", timeout=0.2).status for _ in range(2)] == [408, 408]
    opened(gateway, "who has left").close()
    wait_until(lambda: "status=499" in gateway.log)
    stream.close()
    assert [gateway.chat("hello there", "narrow").status for _ in range(2)] == [200, 429]


@pytest.mark.sluice_only("only takes rpm as a weight here")
@pytest.mark.parametrize("other", [False, True])
def test_who_finds_the_minute_used_up_after_the_wait_goes_elsewhere(start, provider, holder, other):
    made = config(provider.url, max_parallel_requests=1, rpm=2, weight=1)
    if other:
        made["model_list"].append(deployment("narrow", "openai/gpt-wide", provider.url, weight=0))
    gateway = start(made, arguments=ONE_LOOP)
    stream = holder(gateway)
    waiting = [opened(gateway, f"waits {i}") for i in range(2)]
    assert gateway.ask("GET", "/health/liveliness").status == 200
    stream.close()
    assert [each.read_response().status for each in waiting] == [200, 200 if other else 429]
    for each in waiting:
        each.close()
    assert [call.json["model"] for call in provider.calls()].count("gpt-narrow") == 2


@pytest.mark.parametrize("text, more", [
    ("!status 500", {}), ("!status 400", {}), ("!close", {}), ("!half", {}), ("!slow 5", {"timeout": 0.2}),
    ("!cut 1 a b c", {"stream": True}), ("!error 1 a b c", {"stream": True}), ("!reset 1 a b c", {"stream": True}),
    ("!stall 1 a b c", {"stream": True, "stream_timeout": 0.2})])
def test_a_call_that_fails_frees_its_place(start, provider, text, more):
    gateway = start(config(provider.url, max_parallel_requests=1))
    gateway.chat(text, "narrow", **more)
    assert gateway.chat("hello there", "narrow", timeout=5).status == 200


def test_a_retry_waits_like_everybody(start, provider):
    gateway = start(config(provider.url, {"num_retries": 2}, max_parallel_requests=1))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda i: gateway.chat(f"!first 1 !slow 0.05 !status 500 call {i}", "narrow"), range(4)))
    assert {answer.status for answer in answers} == {200}
    assert len(provider.calls()) == 8 and provider.most_under_way == 1


@pytest.mark.sluice_only("is started anew")
@pytest.mark.parametrize("before", [1, 2], ids=["same limit", "another limit"])
def test_a_reload_keeps_the_count(start, provider, holder, before):
    made = config(provider.url, max_parallel_requests=before)
    gateway = start(made)
    with holder(gateway):
        made["model_list"][0]["litellm_params"]["max_parallel_requests"] = 1
        made["model_list"].append(deployment("other", "openai/gpt-other", provider.url))
        gateway.write_config(made)
        gateway.signal(signal.SIGHUP)
        wait_until(lambda: gateway.chat("hello there", "other").status == 200)
        assert gateway.chat("hello there", "narrow", timeout=0.2).status == 408
    assert gateway.chat("hello there", "narrow", timeout=5).status == 200
