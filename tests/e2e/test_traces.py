"""Replays what was recorded from LiteLLM 1.68.0: the same requests must get the same answers.

trace_differences.py lists where Sluice differs on purpose. With --gateway=litellm nothing differs, which
proves the fake provider and this replay.
"""

import shutil
import time

import pytest

import trace_differences
import traces
from raw_http import ask
from redis_server import RedisServer

RECORDED_PATHS = ("/completions", "/embeddings")  # others were asked, too, but not written down
CASES = traces.load_cases()


@pytest.fixture(scope="module")
def redis_environment(tmp_path_factory):
    """A Redis like the one that was there when it was recorded."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    server = RedisServer(tmp_path_factory.mktemp("redis"), "--requirepass", "pw")
    yield {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(server.port), "REDIS_PASSWORD": "pw"}
    server.stop()


@pytest.fixture(scope="module")
def gateways(launch, redis_environment):
    running = {}

    def of(recording: str):
        if recording not in running:
            running[recording] = launch(traces.config_of(recording), environment=redis_environment)
        return running[recording]

    return of


@pytest.mark.smoke
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_replay(case, gateways, gateway_kind, provider):
    expected = trace_differences.expectation(case, CASES, gateway_kind)
    if gateway_kind == "litellm" and case.name == "mock rate limit":
        time.sleep(5)  # here the recorded pause after the 401 had passed
    answer = ask(gateways(case.recording).port, case.method, case.request["path"],
                 {"Content-Type": "application/json", **case.request.get("headers", {})}, body=case.request_body)
    expected.check(answer, [call.json for call in provider.calls() if call.path.endswith(RECORDED_PATHS)])
