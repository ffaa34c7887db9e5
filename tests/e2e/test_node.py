"""Runs node/openai.test.mjs: the official Node client against the gateway."""

import os
import pathlib
import subprocess

from conftest import MASTER_KEY

HERE = pathlib.Path(__file__).parent


def test_the_official_node_client(gateway, provider):
    assert (HERE / "node_modules" / "openai").exists(), "run `npm ci` in tests/e2e first"
    environment = {
        "PATH": os.environ["PATH"], "GATEWAY_URL": gateway.url, "GATEWAY_KEY": MASTER_KEY,
        "GATEWAY_KIND": gateway.kind, "PROVIDER_LOG": provider.url.removesuffix("/v1") + "/_log"}
    run = subprocess.run(["node", "--test", "--test-reporter=tap", "node/openai.test.mjs"], cwd=HERE, env=environment,
                         capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
