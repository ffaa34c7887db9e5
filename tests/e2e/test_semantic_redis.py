"""The semantic cache through a Redis: what one gateway stores is a hit in the others."""

import os
import shutil
import subprocess
import time

import pytest

import gateway_process
from redis_server import RedisServer
from search_server import SearchServer
from test_cache import outcome
from test_semantic import QUESTION, ask, config, model  # noqa: F401 (a fixture)

pytestmark = pytest.mark.sluice_only("has no encoder in its process")

SAME = "what's the capital of France"


# As src/cache/redis8_for_test.h finds it.
REDIS8 = (os.environ.get("SLUICE_TEST_REDIS8") or os.path.expanduser("~/.cache/sluice/redis8")) + "/bin"


@pytest.fixture(params=["plain", "vector sets", "search"])
def redis_port(request, tmp_path):
    """A Redis as Debian 12 has it, Debian 13's with vector sets, and one with a search module."""
    if request.param == "search":
        with SearchServer() as server:
            yield server.port
        return
    program = shutil.which("redis-server", path=REDIS8 if request.param == "vector sets" else None)
    if program is None:
        pytest.skip("not there: tests/support/get_redis8.sh fetches Redis 8, apt redis-server")
    server = RedisServer(tmp_path, program=program)
    yield server.port
    server.stop()


def redis_config(base: str, folder, port: int, **more) -> dict:
    made = config(base, folder, host="127.0.0.1", port=port, embedding_model="built-in", **more)
    del made["litellm_settings"]["cache_params"]["disk_cache_dir"]
    return made


def hits_soon(gateway, text: str, **more) -> bool:
    """Asked without leaving anything, so that it is not answered by itself."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if outcome(ask(gateway, text, cache={"no-store": True}, **more)) == "semantic":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("kind", ["semantic", "redis-semantic"])
def test_what_one_gateway_stores_is_a_hit_in_the_other(start, provider, model, tmp_path, redis_port, kind):  # noqa: F811
    made = redis_config(provider.url, tmp_path, redis_port, type=kind)
    first, second = start(made), start(made)
    assert outcome(ask(first, QUESTION)) == "miss"
    assert hits_soon(first, SAME) and hits_soon(second, SAME)
    assert not hits_after(second, "What is the capital of Germany?")
    third = start(made)
    assert hits_soon(third, SAME), "one that starts later as well"


def hits_after(gateway, text: str) -> bool:
    return outcome(ask(gateway, text, cache={"no-store": True})) == "semantic"


@pytest.mark.parametrize("redis_port", ["vector sets"], indirect=True)
def test_redis_8_finds_the_nearest_itself(start, provider, model, tmp_path, redis_port):  # noqa: F811
    gateway = start(redis_config(provider.url, tmp_path, redis_port, type="semantic"))
    ask(gateway, QUESTION)
    assert hits_soon(gateway, SAME)
    [vectors] = redis_cli(redis_port, "--scan", "--pattern", "*#vectors:*").splitlines()
    assert redis_cli(redis_port, "VCARD", vectors) == "1"


def redis_cli(port: int, *words: str) -> str:
    return subprocess.run(["redis-cli", "-p", str(port), *words], check=True, capture_output=True, text=True).stdout.strip()


def test_without_its_redis_it_serves(start, provider, model, tmp_path):  # noqa: F811
    gateway = start(redis_config(provider.url, tmp_path, gateway_process.free_port(), type="redis-semantic"))
    assert ask(gateway, QUESTION).status == 200 and outcome(ask(gateway, SAME)) == "miss"


@pytest.mark.parametrize("redis_port", ["plain"], indirect=True)
def test_what_the_redis_says_about_itself(start, provider, model, tmp_path, redis_port):  # noqa: F811
    gateway = start(redis_config(provider.url, tmp_path, redis_port, type="redis"))
    told = gateway.ask("GET", "/cache/redis/info").json
    assert told["num_clients"] == len(told["clients"]) >= 1 and told["info"]["tcp_port"] == redis_port
    assert told["clients"][0]["id"] > 0
