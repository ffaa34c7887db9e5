"""Replays what was recorded from LiteLLM 1.68.0: the same requests must get the same answers.

trace_differences.py lists where Sluice differs on purpose. With --gateway=litellm nothing differs, which
proves the fake provider and this replay.
"""

import shutil
import socket
import subprocess
import time

import pytest

import gateway_process
import trace_differences
import traces
from raw_http import ask, wait_until

RECORDED_PATHS = ("/completions", "/embeddings")  # others were asked, too, but not written down
CASES = traces.load_cases()


@pytest.fixture(scope="module")
def redis_environment(tmp_path_factory):
    """A Redis like the one that was there when it was recorded."""
    port = gateway_process.free_port()
    environment = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(port), "REDIS_PASSWORD": "pw"}
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    server = subprocess.Popen(["redis-server", "--port", str(port), "--requirepass", "pw", "--save", ""],
                              cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL)
    wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
    yield environment
    server.kill()
    server.wait()


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
