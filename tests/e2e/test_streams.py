"""Streams: every event on its way at once, an honest end, and no faster than the client reads."""

import json
import re
import socket

import pytest

from raw_http import RawConnection, encode_request


def open_stream(gateway, text: str, model: str = "chat", connection: RawConnection | None = None, **more):
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": text}], **more}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {gateway.key}"}
    connection = connection or gateway.open()
    connection.send(encode_request("POST", "/v1/chat/completions", headers, json.dumps(body).encode()))
    return connection


def content_of(event: str) -> str:
    return "".join(choice["delta"].get("content") or "" for choice in json.loads(event)["choices"])


def read_content(connection: RawConnection, words: int) -> list[str]:
    found = []
    while len(found) < words:
        if text := content_of(connection.read_event()):
            found.append(text)
    return found


def test_the_head_is_that_of_a_stream(gateway):
    head = open_stream(gateway, "x").read_head()
    assert head.status == 200 and head.header("content-type").startswith("text/event-stream")
    assert head.header("transfer-encoding") == "chunked" and head.header("content-length") is None


def test_events_are_not_held_back(gateway, provider):
    with open_stream(gateway, "!stall 3 a b c") as client:
        client.read_head()
        words = read_content(client, 3)
        assert words[0] == "Answer" and provider.calls()[0].outcome == ""


@pytest.mark.smoke
@pytest.mark.sluice_only("puts a traceback into its error")
@pytest.mark.parametrize("fault", ["!cut 3", "!error 3", "!reset 3"])
def test_a_stream_that_breaks_ends_with_an_error_and_without_done(gateway, fault):
    answer = gateway.chat(f"{fault} a b c", num_retries=0, stream=True)
    assert answer.status == 200 and "[DONE]" not in answer.events
    *chunks, last = answer.events
    assert [content_of(event) for event in chunks if content_of(event)][0] == "Answer"
    error = json.loads(last)["error"]
    assert set(error) == {"message", "type", "param", "code"} and "Traceback" not in error["message"]
    assert error["code"] == "500"


@pytest.mark.sluice_only("ends it as if it were whole")
def test_a_stall_in_a_stream_is_an_error_after_the_stream_timeout(gateway):
    answer = gateway.chat("!stall 2 a b", "quick", num_retries=0, stream=True)
    assert answer.status == 200 and "[DONE]" not in answer.events
    assert json.loads(answer.events[-1])["error"]["code"] == "408"


def test_a_live_stream_outlasts_the_timeout(gateway):
    # 8 gaps of 0.2 s; the model's timeouts are 0.5 s.
    answer = gateway.chat("!gap 0.2 a b c d", "quick", stream=True)
    assert answer.events[-1] == "[DONE]"


def test_a_stream_whose_provider_forgets_done_is_still_whole(gateway):
    answer = gateway.chat("!nodone a b", stream=True)
    assert answer.whole and not any("error" in json.loads(event) for event in answer.events if event != "[DONE]")
    assert '"finish_reason":"stop"' in answer.body.decode().replace(" ", "")


@pytest.mark.sluice_only("shows the model that was configured")
def test_chunks_are_the_providers_own(gateway, provider):
    answer = gateway.chat("a b", stream=True)
    for event in answer.events[:-1]:
        chunk = json.loads(event)
        assert re.fullmatch(r"chatcmpl-[0-9a-f]{29}", chunk["id"]) and chunk["model"] == "gpt-4o-mini-2024-07-18"


@pytest.mark.sluice_only("reads as fast as it can")
def test_a_slow_reader_slows_the_provider(gateway, provider):
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # no room to hide the answer in
    raw.connect(("127.0.0.1", gateway.port))
    client = RawConnection(gateway.port, opened=raw)
    with open_stream(gateway, "!words 2000 !pad 20000", connection=client):  # 40 MB
        client.read_head()
        read_content(client, 2)
        before = resident_kilobytes(gateway.process.pid)
        with pytest.raises(AssertionError):
            provider.wait_for(lambda calls: calls[0].outcome, 1)
        assert resident_kilobytes(gateway.process.pid) - before < 8 * 1024
    provider.wait_for(lambda calls: calls[0].outcome == "client left", 5)


def resident_kilobytes(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])


@pytest.mark.smoke
def test_a_large_stream_arrives_whole(gateway):
    answer = gateway.chat("!words 3000", stream=True)
    words = [content_of(event).strip() for event in answer.events[:-1] if content_of(event)]
    assert words == [f"word{i}" for i in range(3000)]


def test_a_large_answer_arrives_whole(gateway):
    answer = gateway.chat("!words 200000")
    assert answer.json["choices"][0]["message"]["content"].endswith(" word199999")


@pytest.mark.sluice_only("shows anthropic's own numbers")
def test_anthropic_is_spoken_to_in_its_own_way(gateway, provider):
    answer = gateway.chat("hello there", "claude", max_tokens=20)
    assert answer.json["choices"][0]["message"]["content"].endswith("to: hello there")
    assert answer.json["choices"][0]["finish_reason"] == "stop"
    assert answer.json["usage"]["total_tokens"] == 22
    [call] = provider.calls()
    assert call.path == "/v1/messages" and call.header("x-api-key") == "sk-fake" and call.json["max_tokens"] == 20


@pytest.mark.smoke
def test_anthropic_streams(gateway, provider):
    answer = gateway.chat("hello there", "claude", stream=True)
    text = "".join(content_of(event) for event in answer.events[:-1])
    assert text.endswith("to: hello there") and answer.events[-1] == "[DONE]"


@pytest.mark.smoke
def test_anthropic_tools(gateway, provider):
    weather = {"type": "function", "function": {"name": "get_weather", "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}}}}
    message = gateway.chat("!tools", "claude", tools=[weather]).json["choices"][0]["message"]
    call = message["tool_calls"][0]["function"]
    assert call["name"] == "get_weather" and json.loads(call["arguments"]) == {"city": "Paris"}


@pytest.mark.parametrize("status, seen", [(400, 400), (401, 401), (429, 429), (529, (500, 503, 529))])
def test_anthropic_errors(gateway, provider, status, seen):
    answer = gateway.chat(f"!status {status}", "claude", num_retries=0)
    assert answer.status in (seen if isinstance(seen, tuple) else (seen,))
    assert f"fake failure {status}" in answer.json["error"]["message"]
