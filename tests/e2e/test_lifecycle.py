"""Start, reload and end of the gateway's process."""

import json
import signal
import subprocess

import pytest

import gateway_process
from conftest import deployment
from raw_http import Closed, RawConnection, encode_request, wait_until
from redis_server import RedisServer

pytestmark = pytest.mark.sluice_only("has no reload and no drain")


def config(provider, *groups: str) -> dict:
    return {"model_list": [deployment(group, f"openai/gpt-{group}", provider.url) for group in groups],
            "general_settings": {"master_key": "sk-e2e-lifecycle"}}


def with_cache(made: dict, **cache_params) -> dict:
    return made | {"litellm_settings": {"cache": True, "cache_params": cache_params}}


@pytest.fixture
def redis(tmp_path):
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def open_stream(gateway, text: str, model: str) -> RawConnection:
    client = gateway.open()
    body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": text}]}).encode()
    client.send(encode_request("POST", "/v1/chat/completions", {"Authorization": f"Bearer {gateway.key}"}, body))
    client.read_head()
    return client


def models(gateway) -> set[str]:
    return {model["id"] for model in gateway.ask("GET", "/v1/models").json["data"]}


@pytest.mark.smoke
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_running_stream_is_finished_before_the_end(start, provider, ending):
    gateway = start(config(provider, "a"))
    idle = gateway.open()
    with open_stream(gateway, "!gap 0.2 one two three", "a") as client:
        events = [client.read_event()]
        gateway.signal(ending)
        assert idle.is_closed_within(2)
        while events[-1] != "[DONE]":
            events.append(client.read_event())
    assert "three" in "".join(events)
    assert gateway.process.wait(5) == 0


@pytest.mark.smoke
def test_who_follows_a_call_of_another_loop_gets_all_of_it_before_the_end(start, provider):
    # Among so many loops two clients hardly ever meet on one.
    gateway = start(with_cache(config(provider, "a"), type="local"), arguments=["--num_workers", "16"])
    leader, follower = (open_stream(gateway, "!gap 0.3 one two three", "a") for _ in range(2))
    events = [follower.read_event()]
    leader.close()
    gateway.signal(signal.SIGTERM)
    while events[-1] != "[DONE]":
        events.append(follower.read_event())
    follower.close()
    assert "three" in "".join(events) and len(provider.calls()) == 1
    assert gateway.process.wait(5) == 0


def test_an_answer_is_kept_although_the_end_comes_before_the_redis_has_it(start, provider, redis):
    gateway = start(with_cache(config(provider, "a"), type="redis", host="127.0.0.1", port=redis.port, ttl=600,
                               redis_deadline=8))
    redis.pause_writes()
    assert gateway.chat("what is to be kept?", "a").status == 200
    gateway.signal(signal.SIGTERM)
    wait_until(lambda: is_refused(gateway), 2)
    redis.resume()
    assert gateway.process.wait(5) == 0
    assert len(redis.entries()) == 1


def test_no_new_connections_while_it_ends(start, provider):
    gateway = start(config(provider, "a"))
    with open_stream(gateway, "!gap 0.3 one two three", "a") as client:
        gateway.signal(signal.SIGTERM)
        wait_until(lambda: is_refused(gateway), 2)
        while client.read_event() != "[DONE]":
            pass
    assert gateway.process.wait(5) == 0


def is_refused(gateway) -> bool:
    try:
        with gateway.open() as client:
            client.send(b"GET /health/liveliness HTTP/1.1\r\nHost: x\r\n\r\n")
            client.read_response()
            return False
    except (ConnectionRefusedError, Closed):
        return True


def test_a_second_signal_ends_it_at_once(start, provider):
    gateway = start(config(provider, "a"))
    with open_stream(gateway, "!stall 1", "a") as client:
        client.read_event()
        gateway.signal(signal.SIGTERM)
        wait_until(lambda: is_refused(gateway), 2)
        gateway.signal(signal.SIGTERM)
        gateway.process.wait(5)


@pytest.mark.smoke
def test_reload_changes_the_models_and_spares_running_streams(start, provider):
    gateway = start(config(provider, "a"))
    with open_stream(gateway, "!gap 0.2 one two three", "a") as client:
        gateway.write_config(config(provider, "b"))
        gateway.signal(signal.SIGHUP)
        wait_until(lambda: models(gateway) == {"b"})
        assert gateway.chat("hello there", "b").status == 200
        assert gateway.chat("hello there", "a").status == 400
        events = []
        while not events or events[-1] != "[DONE]":
            events.append(client.read_event())
    assert not any('"error"' in event for event in events)


@pytest.mark.parametrize("content", ["model_list: [", "model_list: 5", "- a", "", None])
def test_a_bad_file_leaves_the_old_configuration(start, provider, content):
    gateway = start(config(provider, "a"))
    before = gateway.log
    if content is None:
        gateway.config_path.unlink()
    else:
        gateway.config_path.write_text(content)
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: len(gateway.log) > len(before))
    assert models(gateway) == {"a"}
    assert gateway.chat("hello there", "a").status == 200
    gateway.write_config(config(provider, "a", "b"))
    gateway.signal(signal.SIGHUP)
    wait_until(lambda: models(gateway) == {"a", "b"})


def run_to_its_end(arguments: list[str], environment: dict | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([gateway_process.binary("sluice"), *arguments], capture_output=True, text=True, timeout=20,
                          env={"PATH": "/usr/bin:/bin", **(environment or {})})


@pytest.mark.parametrize("content, words", [
    (None, ["missing.yml"]), ("model_list: [", ["bad.yml:"]), ("- a", []),
    ("model_list:\n- model_name: m\n", ["litellm_params"]),
])
def test_a_bad_file_at_the_start_is_an_error_with_its_place(tmp_path, content, words):
    path = tmp_path / ("missing.yml" if content is None else "bad.yml")
    if content is not None:
        path.write_text(content)
    ended = run_to_its_end(["--config", str(path), "--port", str(gateway_process.free_port())])
    assert ended.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT)
    assert all(word in ended.stderr + ended.stdout for word in words)


def test_a_port_in_use_is_an_error_that_names_it(gateway, provider, tmp_path):
    path = tmp_path / "good.yml"
    path.write_text(json.dumps(config(provider, "a")))
    ended = run_to_its_end(["--config", str(path), "--port", str(gateway.port)])
    assert ended.returncode != 0 and str(gateway.port) in ended.stderr + ended.stdout


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--no-such-option"], ["no-such-command"]])
def test_bad_arguments_are_errors(arguments):
    ended = run_to_its_end(arguments)
    assert ended.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT) and ended.stderr
