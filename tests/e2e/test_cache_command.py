"""`sluice cache`: through a gateway, and on the disk or the Redis that a configuration names."""

import json
import os
import pty
import subprocess
import time
import uuid

import pytest

from conftest import MASTER_KEY
from gateway_process import binary, free_port
from raw_http import wait_until
from redis_server import RedisServer
from test_cache import config

pytestmark = pytest.mark.sluice_only("it has no such command")


def cache(*words: str, stdin=subprocess.DEVNULL, **environment) -> subprocess.CompletedProcess:
    mine = {"SLUICE_KEY", "LITELLM_MASTER_KEY", "CONFIG_FILE_PATH"}
    clean = {name: value for name, value in os.environ.items() if name not in mine}
    return subprocess.run([binary("sluice"), "cache", *words], env={**clean, **environment}, stdin=stdin,
                          capture_output=True, text=True, timeout=60)


def key_of(gateway, text: str) -> str:
    """The key of an answer that is in the cache now."""
    deadline = time.monotonic() + 10
    while (answer := gateway.chat(text)).header("x-sluice-cache") != "exact":
        assert time.monotonic() < deadline
    return answer.header("x-litellm-cache-key")


def put(where: list[str], gateway, text: str) -> str:
    """The key of an answer that the command sees: what goes to a disk is written a moment later."""
    key = key_of(gateway, text)
    wait_until(lambda: cache("get", key, *where).returncode == 0)
    return key


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(params=["disk", "redis", "url"])
def filled(request, start, provider, tmp_path):
    """(where: the flags that lead to a cache, its gateway, the key of its only entry)"""
    params = {"disk": {"type": "disk", "disk_cache_dir": str(tmp_path / "cache")},
              "redis": {"type": "redis", "host": "127.0.0.1", "port": 0, "key_scheme": "sluice"},
              "url": {"type": "local"}}[request.param]
    if request.param == "redis":
        params["port"] = request.getfixturevalue("redis").port
    gateway = start(config(provider.url, namespace=f"ns-{uuid.uuid4().hex}", ttl=600, **params))
    where = (["--url", f"http://127.0.0.1:{gateway.port}", "--key", MASTER_KEY] if request.param == "url"
             else ["--config", str(gateway.config_path)])
    return where, gateway, put(where, gateway, "What is cached?")


def test_an_entry_is_shown(filled):
    where, gateway, key = filled
    entry = json.loads(cache("get", key, *where, "--json").stdout)
    assert entry["key"] == key and 0 <= entry["age"] < 60 and 500 < entry["ttl"] <= 600
    assert (entry["group"], entry["provider"], entry["model"]) == ("chat", "openai", "gpt-4o-mini")
    assert entry["response"] == json.loads(gateway.chat("What is cached?").body)
    assert entry["usage"]["total_tokens"] == entry["response"]["usage"]["total_tokens"]
    shown = cache("get", key, *where)
    assert shown.returncode == 0 and key in shown.stdout and "gpt-4o-mini" in shown.stdout
    assert entry["response"]["choices"][0]["message"]["content"] in shown.stdout


def test_what_is_not_there_is_said(filled):
    where, _, _ = filled
    for words in [("get", "nobody's"), ("del", "nobody's")]:
        assert cache(*words, *where).returncode == 1
    assert "no answer is kept under that key" in cache("get", "a b&c", *where).stderr


def test_entries_are_taken_out(filled):
    where, gateway, key = filled
    done = cache("del", key, "nobody's", *where)
    assert (done.returncode, done.stdout) == (0, "1 entry taken out\n")
    assert cache("get", key, *where).returncode == 1
    put(where, gateway, "What else?")
    cleared = cache("clear", "--json", *where)
    assert json.loads(cleared.stdout)["deleted"] >= 1
    assert json.loads(cache("clear", "--json", *where).stdout)["deleted"] == 0


def test_stats(filled):
    where, _, _ = filled
    stats = json.loads(cache("stats", "--json", *where).stdout)
    assert stats["stores"][-1]["name"] in ("memory", "disk", "redis")
    table = cache("stats", *where).stdout
    assert table.startswith(f"type: {stats['type']}\n") and stats["stores"][-1]["name"] in table


def test_litellms_entries_are_shown(start, provider, redis):
    gateway = start(config(provider.url, type="redis", host="127.0.0.1", port=redis.port, ttl=600))
    key = key_of(gateway, "Which format?")
    entry = json.loads(cache("get", key, "--config", str(gateway.config_path), "--json").stdout)
    assert 500 < entry["ttl"] <= 600 and entry["response"]["object"] == "chat.completion"


def test_a_terminal_must_mean_it(filled):
    where, _, key = filled
    parent, child = pty.openpty()
    try:
        assert "--yes" in cache("clear", *where, stdin=child).stderr
        assert cache("get", key, *where).returncode == 0
        assert cache("clear", "--yes", *where, stdin=child).returncode == 0
    finally:
        os.close(parent), os.close(child)
    assert cache("get", key, *where).returncode == 1


def test_the_key_comes_from_the_environment(start, provider):
    gateway = start(config(provider.url))
    url = f"http://127.0.0.1:{gateway.port}"
    assert cache("stats", "--url", url, SLUICE_KEY=MASTER_KEY).returncode == 0
    assert cache("stats", "--url", url, LITELLM_MASTER_KEY=MASTER_KEY).returncode == 0
    for refused in [cache("stats", "--url", url), cache("stats", "--url", url, "--key", "sk-wrong")]:
        assert refused.returncode == 1 and "--key" in refused.stderr and "sk-wrong" not in refused.stderr


def test_memory_is_the_gateways(start, provider):
    gateway = start(config(provider.url))
    asked = cache("stats", "--config", str(gateway.config_path))
    assert asked.returncode == 2 and "--url" in asked.stderr


def test_a_gateway_without_a_cache_says_so(gateway):
    asked = cache("stats", "--url", f"http://127.0.0.1:{gateway.port}", "--key", MASTER_KEY)
    assert asked.returncode == 1 and "litellm_settings.cache" in asked.stderr


def test_a_place_that_does_not_answer():
    asked = cache("stats", "--url", f"http://127.0.0.1:{free_port()}")
    assert asked.returncode == 1 and "127.0.0.1" in asked.stderr


@pytest.mark.parametrize("words", [[], ["look"], ["stats", "key"], ["get"], ["get", "a", "b"], ["del"], ["clear", "a"],
                                   ["stats", "--nope"], ["stats", "--url"], ["stats"],
                                   ["stats", "--url", "http://h", "--config", "f"], ["stats", "--url", "nonsense"],
                                   ["stats", "--config", "/nowhere.yaml"]])
def test_wrong_usage(words):
    asked = cache(*words)
    assert asked.returncode == 2 and asked.stderr and not asked.stdout


def test_help():
    asked = cache("--help")
    assert asked.returncode == 0 and asked.stdout.startswith("sluice cache - ")


def test_the_endpoint_wants_a_key_of_its_own(start, provider):
    gateway = start(config(provider.url))
    assert gateway.ask("GET", "/cache/entry").status == 400
    assert gateway.ask("GET", "/cache/entry?key=x").status == 404
    assert gateway.ask("GET", "/cache/entry?key=x", {"Authorization": "Bearer sk-wrong"}).status >= 400


def test_explain_is_reached_from_here():
    asked = cache("explain", "--help")
    assert asked.returncode == 0 and "usage: sluice explain" in asked.stdout
