"""Providers that break: what the client sees, and that the next request is not harmed."""

import json
import re

import pytest

from conftest import deployment

# Sluice forwards bytes, LiteLLM reads and writes them anew: neither may show a broken answer as a good one.
BROKEN_ANSWERS = ["!close", "!reset head", "!garbage", "!cut 0", "!reset 1", "!half", "!length 5", "!length -5",
                  "!html 200", pytest.param("!html 502", marks=pytest.mark.sluice_only("shows the page"))]
ODD_BUT_FINE = ["!split 1", "!split 3", "!split 7", "!interim", "!http10", "!bye", "!nousage"]


def assert_is_an_error(answer) -> None:
    error = answer.json["error"]
    assert answer.status >= 500 and error["code"] == str(answer.status)
    assert set(error) == {"message", "type", "param", "code"}
    assert "<html" not in error["message"] and "Traceback" not in error["message"]


@pytest.mark.smoke
@pytest.mark.parametrize("fault", BROKEN_ANSWERS)
def test_a_broken_answer_is_a_clear_error(gateway, provider, fault):
    assert_is_an_error(gateway.chat(fault, num_retries=0))
    assert gateway.chat("after it").status == 200


@pytest.mark.smoke
@pytest.mark.sluice_only("sends its head before it reads the provider's answer")
@pytest.mark.parametrize("fault", ["!close", "!reset head", "!garbage", "!cut 0", "!reset 0", "!html 502", "!html 200"])
def test_a_stream_that_never_begins_is_a_clear_error(gateway, provider, fault):
    assert_is_an_error(gateway.chat(fault, num_retries=0, stream=True))


@pytest.mark.smoke
@pytest.mark.parametrize("fault", ODD_BUT_FINE)
def test_an_odd_answer_arrives_whole(gateway, provider, fault):
    answer = gateway.chat(f"{fault} some words")
    assert answer.status == 200
    assert answer.json["choices"][0]["message"]["content"].endswith(f"to: {fault} some words")


@pytest.mark.smoke
@pytest.mark.parametrize("fault", ODD_BUT_FINE)
def test_an_odd_stream_arrives_whole(gateway, provider, fault):
    answer = gateway.chat(f"{fault} some words", stream=True)
    chunks = [json.loads(event) for event in answer.events[:-1]]
    text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    assert text.endswith(f"to: {fault} some words") and answer.events[-1] == "[DONE]"


@pytest.mark.smoke
@pytest.mark.sluice_only("leaves it to the client")
def test_a_connection_that_died_while_kept_is_replaced_unseen(gateway, provider):
    for _ in range(3):
        assert gateway.chat("!stale", num_retries=0).status == 200
        assert gateway.chat("after it", num_retries=0).status == 200


def test_a_provider_that_is_not_there_is_a_clear_error(start, provider):
    gateway = start({"model_list": [deployment("down", "openai/x", "http://127.0.0.1:9/v1")]})
    answer = gateway.chat("hello there", "down", num_retries=0)
    assert_is_an_error(answer)
    assert re.search(r"Connection error|connect to 127.0.0.1:9\b", answer.json["error"]["message"])


def test_a_slow_provider_is_a_timeout(gateway, provider):
    answer = gateway.chat("!slow 30", "quick", num_retries=0)
    assert answer.status == 408 and "Timeout" in answer.json["error"]["message"]
    provider.wait_for(lambda calls: calls[-1].outcome == "client left", 1)


def test_a_slow_body_is_a_timeout_too(gateway, provider):
    assert gateway.chat("!ttft 30", "quick", num_retries=0).status == 408


@pytest.mark.sluice_only("sends its head before it reads the provider's answer")
def test_a_stream_without_a_first_event_in_time_is_a_timeout(gateway, provider):
    assert gateway.chat("!ttft 30", "quick", num_retries=0, stream=True).status == 408
