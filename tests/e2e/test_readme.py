"""The README's commands, run in its order as a newcomer with two terminals would.

`sh` blocks are run: one that serves stays up until the next one that does. `json` and `text` are what the block
before printed, where … stands for anything. `yaml` is saved as your.yaml. Nothing else may be in a fence.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import warnings

import pytest

import gateway_process
from conftest import assert_log_is_clean
from gateway_process import REPOSITORY
from raw_http import wait_until

pytestmark = pytest.mark.sluice_only("this is not its README")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVES = re.compile(r"([A-Z_]+=\S+ )*\./run( --.*)?")
BUILD_SECONDS = 1800  # only when the sources are newer than the binary


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


class Newcomer:
    """Has a folder with ./run in it, a gateway in one terminal, and the last output of the other."""

    def __init__(self, folder, provider):
        self.folder, self.provider = folder, provider
        self.log_path = folder / "gateway.log"
        self.gateway = None
        self.output = ""
        self.port = 4000 if is_free(4000) else gateway_process.free_port()
        if self.port != 4000:
            warnings.warn(f"port 4000 is taken: the README's commands run on {self.port}", stacklevel=1)
        base = provider.url.removesuffix("/v1")
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "OPENAI_BASE_URL": provider.url, "ANTHROPIC_API_BASE": base}
        (folder / "run").symlink_to(REPOSITORY / "run")

    def follow(self, language: str, text: str) -> None:
        if language == "sh" and SERVES.fullmatch(text.strip()):
            self.serve(text.strip())
        elif language == "sh":
            self.run(text)
        elif language in ("json", "text"):
            self.compare(text, wrapped=language == "json")
        elif language == "yaml":
            (self.folder / "your.yaml").write_text(text)
        else:
            raise AssertionError(f"a fence with `{language}`: nobody runs or compares it:\n{text}")

    def serve(self, command: str) -> None:
        self.stop()
        if self.port != 4000 and command.endswith("./run"):
            command += f" --config {REPOSITORY}/config/demo.yaml --port 4000"
        with self.log_path.open("wb") as log:
            self.gateway = subprocess.Popen(["bash", "-c", self.on_port(command)], cwd=self.folder, stdout=log,
                                            stderr=log, env=self.environment, start_new_session=True)
        wait_until(lambda: f":{self.port} " in self.log or self.gateway.poll() is not None, 10)
        assert self.gateway.poll() is None, f"{command}\n{self.log}"

    def run(self, command: str) -> None:
        done = subprocess.run(["bash", "-ec", self.on_port(command)], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=20)
        # `check` ends with 1 when a file runs without something.
        assert done.returncode == 0 or (" check " in command and done.returncode == 1), command + done.stderr
        assert done.stdout and '"error"' not in done.stdout, command + done.stdout
        self.output = done.stdout

    def compare(self, expected: str, wrapped: bool) -> None:
        if wrapped:
            expected = expected.replace("\n", "")
        pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
        assert re.fullmatch(pattern, self.output.strip()), f"expected {expected}\ngot {self.output}"

    def stop(self) -> None:
        if self.gateway is None:
            return
        os.killpg(self.gateway.pid, signal.SIGINT)  # Ctrl-C
        assert self.gateway.wait(10) == 0, self.log
        self.gateway = None
        assert_log_is_clean(self.log, self.provider)

    def on_port(self, command: str) -> str:
        return command.replace("4000", str(self.port))

    @property
    def log(self) -> str:
        return self.log_path.read_text()


@pytest.fixture
def newcomer(tmp_path, provider):
    subprocess.run([REPOSITORY / "run", "version"], check=True, stdout=sys.stderr, timeout=BUILD_SECONDS)
    newcomer = Newcomer(tmp_path, provider)
    yield newcomer
    newcomer.stop()


def test_the_readmes_commands_do_what_it_says(newcomer, provider):
    fences = FENCE.findall((REPOSITORY / "README.md").read_text())
    assert [language for language, _ in fences].count("sh") >= 5
    for language, text in fences:
        newcomer.follow(language, text)
    assert len(provider.calls()) == 2, "one with OpenAI's key, one with your.yaml"


def test_the_scripts_that_it_names_can_be_started():
    """./test and bench/ take minutes (and ./test runs this): that they are there is all that is checked."""
    named = set(re.findall(r"`(\./\w+|bench/\w+)`", (REPOSITORY / "README.md").read_text()))
    assert {"./run", "./test"} <= named
    for script in named:
        assert os.access(REPOSITORY / script, os.X_OK), script
