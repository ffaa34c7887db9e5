"""The real LiteLLM 1.68.0, with RedisVL 0.5.2, and the gateway share one semantic cache under one configuration."""

import os
import subprocess

import pytest

from raw_http import wait_until
from search_server import SearchServer
from search_sides import redisvl_venv
from test_cache_interop import start_litellm  # noqa: F401 (a fixture)
from test_semantic_remote import config

pytestmark = [pytest.mark.sluice_only("is itself the other side"),
              pytest.mark.skipif(bool(os.environ.get("SLUICE_SKIP_LITELLM")), reason="SLUICE_SKIP_LITELLM is set")]


PASSWORD = "secret"  # LiteLLM does not start without one


@pytest.fixture(scope="module")
def server():
    with SearchServer(password=PASSWORD) as server:
        yield server


@pytest.fixture(scope="module")
def sides(server, start_litellm, launch, shared_provider):  # noqa: F811
    """LiteLLM and the gateway, from the same file."""
    made = config(shared_provider.url, type="redis-semantic", host="127.0.0.1", port=server.port, password=PASSWORD)
    [packages] = redisvl_venv("0.5.2").glob("lib/python*/site-packages")
    return {"litellm": start_litellm(made, PYTHONPATH=str(packages)), "gateway": launch(made)}


def entries(server) -> int:
    command = ["redis-cli", "-p", str(server.port), "-a", PASSWORD, "--no-auth-warning", "--scan", "--pattern",
               "litellm_semantic_cache_index:*"]
    return len(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


@pytest.mark.parametrize(("stores", "reads", "question", "same"), [
    ("litellm", "gateway", "What is the capital of France?", "what is the capital city of France?"),
    ("gateway", "litellm", "How do I bake a loaf of bread at home?", "How do I bake a good loaf of bread at home?")])
def test_what_one_stores_by_meaning_is_a_hit_in_the_other(sides, server, stores, reads, question, same):
    before = entries(server)
    stored = sides[stores].chat(question)
    wait_until(lambda: entries(server) > before)
    read = sides[reads].chat(same)
    assert stored.status == read.status == 200
    words = [answer.json["choices"][0]["message"]["content"] for answer in (stored, read)]
    assert words[0] == words[1]
