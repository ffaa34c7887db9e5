"""The fake provider does what docs/testing.md says: every test that uses it leans on this."""

import base64
import json
import struct
import subprocess
import sys
import time

import pytest

import tls
from connect_proxy import ConnectProxy
from fake_provider import FakeProvider
from raw_http import Closed, RawConnection, Response, ask, encode_request

KEY = {"Authorization": "Bearer sk-fake"}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}}}}


@pytest.fixture
def provider():
    with FakeProvider() as running:
        yield running


def chat(provider, text: str, headers: dict = KEY, **more) -> Response:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more}
    return ask(provider.port, "POST", "/v1/chat/completions", headers, body)


def stream(provider, text: str, **more) -> Response:
    return chat(provider, text, stream=True, **more)


def contents(response: Response) -> list[str]:
    chunks = [json.loads(event) for event in response.events if event != "[DONE]"]
    deltas = [choice["delta"] for chunk in chunks for choice in chunk.get("choices", [])]
    return [delta["content"] for delta in deltas if delta.get("content")]


def test_answers_repeat_the_number_of_the_call_and_the_text(provider):
    assert chat(provider, "hi").json["choices"][0]["message"]["content"] == "Answer 1 to: hi"
    second = chat(provider, "you")
    assert second.json["choices"][0]["message"]["content"] == "Answer 2 to: you"
    assert second.json["model"] == "gpt-4o-mini-2024-07-18"
    assert second.header("x-request-id") == "req_" + second.json["id"][-8:]
    assert second.header("x-ratelimit-remaining-requests") == "9999"


def test_text_of_content_parts_is_joined_and_pictures_are_ignored(provider):
    parts = [{"type": "text", "text": "lo"}, {"type": "image_url", "image_url": {"url": "x"}},
             {"type": "text", "text": "ok"}]
    assert chat(provider, parts).json["choices"][0]["message"]["content"] == "Answer 1 to: look"


def test_a_stream_is_one_event_a_word_and_ends_with_done(provider):
    answer = stream(provider, "stream me")
    assert contents(answer) == ["Answer", " 1", " to:", " stream", " me"]
    assert answer.events[-1] == "[DONE]"
    assert all("usage" not in json.loads(event) for event in answer.events[:-1])


def test_usage_comes_in_a_last_event_without_choices_when_asked(provider):
    answer = stream(provider, "x", stream_options={"include_usage": True})
    *chunks, last = [json.loads(event) for event in answer.events[:-1]]
    assert last["choices"] == [] and last["usage"]["total_tokens"] == 22
    assert all(chunk["usage"] is None for chunk in chunks)


def test_tools_are_called_with_arguments_that_fit_their_schema(provider):
    answer = chat(provider, "!tools", tools=[WEATHER])
    call = answer.json["choices"][0]["message"]["tool_calls"][0]
    assert call["function"] == {"name": "get_weather", "arguments": '{"city":"Paris"}'}
    assert answer.json["choices"][0]["finish_reason"] == "tool_calls"
    events = stream(provider, "!tools", tools=[WEATHER]).events[:-1]
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events]
    calls = [call["function"] for delta in deltas for call in delta.get("tool_calls", [])]
    assert "".join(call["arguments"] for call in calls) == '{"city":"Paris"}' and calls[0]["name"] == "get_weather"


def test_structured_output_fits_the_schema(provider):
    schema = {"type": "object", "properties": {
        "n": {"type": "integer", "minimum": 3}, "kind": {"enum": ["a", "b"]}, "ok": {"type": "boolean"},
        "list": {"type": "array", "items": {"$ref": "#/$defs/item"}}, "maybe": {"anyOf": [{"type": "null"}]}},
        "$defs": {"item": {"type": "object", "properties": {"name": {"type": "string"}}}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    answer = chat(provider, "x", response_format=wanted)
    assert json.loads(answer.json["choices"][0]["message"]["content"]) == {
        "n": 3, "kind": "a", "ok": True, "list": [{"name": "Paris"}], "maybe": None}


def test_embeddings_are_the_same_as_floats_and_as_base64(provider):
    body = {"model": "text-embedding-3-small", "input": ["hello", "world"], "dimensions": 8}
    floats = ask(provider.port, "POST", "/v1/embeddings", KEY, body).json["data"]
    coded = ask(provider.port, "POST", "/v1/embeddings", KEY, {**body, "encoding_format": "base64"}).json["data"]
    assert floats[0]["embedding"] == [0.5, -0.5, 0.0, 0.0, 0.0, -0.5, 0.5, 0.0]
    for one, other in zip(floats, coded, strict=True):
        assert one["embedding"] == list(struct.unpack("<8f", base64.b64decode(other["embedding"])))


def test_one_list_of_tokens_is_one_input(provider):
    answer = ask(provider.port, "POST", "/v1/embeddings", KEY, {"model": "e", "input": [1, 2, 3]})
    assert [len(item["embedding"]) for item in answer.json["data"]] == [1536]


def test_completions_and_models(provider):
    body = {"model": "gpt-3.5-turbo-instruct", "prompt": "say"}
    assert ask(provider.port, "POST", "/v1/completions", KEY, body).json["choices"][0]["text"] == "Answer 1"
    events = ask(provider.port, "POST", "/v1/completions", KEY, {**body, "stream": True}).events
    assert "".join(json.loads(event)["choices"][0]["text"] for event in events[:-1]) == "Answer 2"
    assert "gpt-4o" in [model["id"] for model in ask(provider.port, "GET", "/v1/models", KEY).json["data"]]


def test_anthropic_messages(provider):
    headers = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
    body = {"model": "claude", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    answer = ask(provider.port, "POST", "/v1/messages", headers, body).json
    assert answer["content"] == [{"type": "text", "text": "Answer 1 to: hi"}]
    assert answer["usage"]["output_tokens"] == 8
    events = [json.loads(event) for event in
              ask(provider.port, "POST", "/v1/messages", headers, {**body, "stream": True}).events]
    assert [event["type"] for event in events[:3]] == ["message_start", "content_block_start", "ping"]
    assert "".join(event["delta"]["text"] for event in events if event["type"] == "content_block_delta") \
        == "Answer 2 to: hi"
    assert [event["type"] for event in events[-3:]] == ["content_block_stop", "message_delta", "message_stop"]
    body["messages"][0]["content"] = "!status 529"
    assert ask(provider.port, "POST", "/v1/messages", headers, body).json == {
        "type": "error", "error": {"type": "overloaded_error", "message": "fake failure 529"}}


@pytest.mark.parametrize("more, message", [
    ({"top_k": 5}, "Unrecognized request argument supplied: top_k"),
    ({"stream_options": {"include_usage": True}}, "stream_options needs stream to be true."),
])
def test_bad_requests_are_refused_as_openai_does(provider, more, message):
    answer = chat(provider, "x", **more)
    assert (answer.status, answer.json["error"]["message"]) == (400, message)


def test_a_request_without_a_key_is_refused(provider):
    assert chat(provider, "x", headers={}).status == 401


def test_status_comes_with_an_error_body_and_retry_after(provider):
    answer = chat(provider, "!status 429 retry-after 7 please")
    assert answer.status == 429 and answer.header("retry-after") == "7"
    assert answer.json["error"] == {"message": "fake failure 429", "type": "fake_error", "param": None, "code": None}


def test_first_and_on_limit_what_follows_them(provider):
    text = "!words 3 !on gpt-4o-mini !first 2 !status 500 !on other !status 501"
    assert [chat(provider, text).status for _ in range(3)] == [500, 500, 200]
    provider.clear()
    assert chat(provider, text).status == 500
    assert chat(provider, text, model="other").status == 501
    assert chat(provider, text, model="third").json["choices"][0]["message"]["content"] == "word0 word1 word2"


@pytest.mark.parametrize("text, expected", [
    ("!cut 0 a b", []), ("!cut 3 a b", ["Answer", " 1", " to:"]),
    ("!reset 2 a b", ["Answer", " 1"]), ("!reset 0 a", []),
])
def test_broken_streams_end_early_and_not_whole(provider, text, expected):
    answer = stream(provider, text)
    assert not answer.whole and "[DONE]" not in answer.events
    # A reset may overtake what was sent before it.
    assert contents(answer) == expected or ("reset" in text and contents(answer) == expected[:len(contents(answer))])


def test_an_error_event_ends_a_stream_cleanly_without_done(provider):
    answer = stream(provider, "!error 1 x")
    assert answer.whole and "error" in json.loads(answer.events[-1])


def test_nodone_ends_a_stream_cleanly_without_done(provider):
    answer = stream(provider, "!nodone x")
    assert answer.whole and json.loads(answer.events[-1])["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("text, whole, valid", [
    ("!cut 0", False, False), ("!reset 1", False, False), ("!half", True, False), ("!length 9", False, True),
    ("!length -9", True, False), ("!http10", True, True), ("!split 3", True, True), ("!interim", True, True),
])
def test_json_answers_break_as_commanded(provider, text, whole, valid):
    answer = chat(provider, text)
    assert answer.whole == whole
    if valid:
        assert answer.json["object"] == "chat.completion"
    else:
        with pytest.raises(ValueError):
            answer.json


@pytest.mark.parametrize("text", ["!close", "!reset head"])
def test_no_answer_at_all(provider, text):
    with pytest.raises(Closed):
        chat(provider, text)
    assert provider.wait_for(lambda calls: calls[0].outcome)[0].outcome == "broken"


def test_a_web_page_instead_of_json(provider):
    answer = chat(provider, "!html 502")
    assert answer.status == 502 and answer.header("content-type") == "text/html"


def test_times_pass_as_commanded(provider):
    start = time.monotonic()
    chat(provider, "!slow 0.1 !ttft 0.1")
    assert time.monotonic() - start >= 0.2
    start = time.monotonic()
    stream(provider, "!gap 0.05 x")  # 4 words, 3 gaps
    assert time.monotonic() - start >= 0.15


def test_connections_are_kept_unless_commanded(provider):
    request = [encode_request("POST", "/v1/chat/completions", KEY, json.dumps(
        {"model": "m", "messages": [{"role": "user", "content": text}]}).encode()) for text in ("a", "!bye", "!stale")]
    with RawConnection(provider.port) as client:
        client.send(request[0] + request[1])
        assert client.read_response().status == client.read_response().status == 200
        assert client.is_closed_within(2)
    with RawConnection(provider.port) as client:
        client.send(request[2])
        assert client.read_response().status == 200
        client.send(request[0])
        with pytest.raises(Closed):
            client.read_response()
    assert [(call.connection, call.outcome) for call in provider.calls()] == [
        (1, "answered"), (1, "broken"), (2, "answered"), (2, "dropped")]


@pytest.mark.parametrize("text", ["!slow 60", "!stall 2"])
def test_a_client_that_leaves_is_noticed(provider, text):
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}).encode()
    with RawConnection(provider.port) as client:
        client.send(encode_request("POST", "/v1/chat/completions", KEY, body))
        provider.wait_for(lambda calls: calls)
    assert provider.wait_for(lambda calls: calls[0].outcome, 1)[0].outcome == "client left"


def test_the_log_tells_what_came_and_clears(provider):
    chat(provider, "hi")
    logged = ask(provider.port, "GET", "/_log?clear=1").json
    assert logged[0]["path"] == "/v1/chat/completions" and json.loads(logged[0]["body"])["model"] == "gpt-4o-mini"
    assert ["Authorization", "Bearer sk-fake"] in logged[0]["headers"] and logged[0]["outcome"] == "answered"
    assert ask(provider.port, "GET", "/_log").json == []


def test_tls_tells_the_server_name_and_a_proxy_tunnels_to_it(tmp_path):
    authority = tls.Authority(tmp_path)
    with FakeProvider(tls=authority.issue("DNS:localhost")) as provider, ConnectProxy() as proxy:
        curl = subprocess.run(
            ["curl", "-sS", "--cacert", authority.certificate, "-x", proxy.url, "-H", "authorization: Bearer k",
             f"https://localhost:{provider.port}/v1/models"], capture_output=True, text=True, check=True)
        assert json.loads(curl.stdout)["object"] == "list"
        assert provider.calls()[0].sni == "localhost"
        assert proxy.asked == [f"CONNECT localhost:{provider.port} HTTP/1.1"]


def test_runs_as_a_program():
    program = subprocess.Popen([sys.executable, FakeProvider.__module__ + ".py"], stdout=subprocess.PIPE, text=True,
                               cwd=__file__.rpartition("/")[0])
    try:
        port = int(program.stdout.readline())
        assert ask(port, "GET", "/v1/models", KEY).status == 200
    finally:
        program.kill()
        program.wait()
        program.stdout.close()


@pytest.mark.parametrize("sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nbad header : x\r\n\r\n"])
def test_what_is_not_http_is_not_answered(provider, sent):
    with RawConnection(provider.port) as client:
        client.send(sent)
        assert client.read_to_end() == b""
    assert provider.calls() == []
