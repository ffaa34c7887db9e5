"""Runs the gateway under test: Sluice, or LiteLLM to prove the tests themselves."""

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from raw_http import RawConnection, Response, ask

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROVIDER_KEY = "sk-fake"
START_SECONDS = {"sluice": 10, "litellm": 90}
ADDRESS_IN_USE = re.compile("address already in use|errno 98", re.IGNORECASE)


class DidNotStart(Exception):
    """The gateway ended, or never answered; the message holds its log."""


@dataclasses.dataclass
class Gateway:
    kind: str
    port: int
    process: subprocess.Popen
    log_path: pathlib.Path
    config_path: pathlib.Path
    key: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def ask(self, method: str, path: str, headers: dict | None = None, json_body=None, **more) -> Response:
        return ask(self.port, method, path, {**self._authorization, **(headers or {})}, json_body, **more)

    def chat(self, text: str, model: str = "chat", headers: dict | None = None, **more) -> Response:
        body = {"model": model, "messages": [{"role": "user", "content": text}], **more}
        return self.ask("POST", "/v1/chat/completions", headers, body)

    def open(self, **more) -> RawConnection:
        return RawConnection(self.port, **more)

    def write_config(self, config: dict) -> None:
        self.config_path.write_text(json.dumps(config))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """Asks it to end and waits; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            if self.kind == "sluice":
                raise
            return -signal.SIGKILL

    @property
    def _authorization(self) -> dict:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def binary(kind: str) -> str:
    if kind == "litellm":
        return os.environ.get("LITELLM_BINARY") or shutil.which("litellm") or "litellm"
    return os.environ.get("SLUICE_BINARY") or str(REPOSITORY / "build" / "release" / "sluice")


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def start(kind: str, config: dict | str, folder: pathlib.Path, environment: dict[str, str] | None = None,
          arguments: list[str] | None = None, tls_context=None) -> Gateway:
    """Starts it on a free port. Another process may take the port first: then it tries another."""
    for _ in range(5):
        gateway = _spawn(kind, config, folder, environment or {}, arguments or [])
        try:
            _wait_until_it_answers(gateway, tls_context)
            return gateway
        except DidNotStart:
            gateway.process.kill()
            gateway.process.wait()
            if not ADDRESS_IN_USE.search(gateway.log):
                raise
    raise DidNotStart("no port stayed free")


def _spawn(kind: str, config: dict | str, folder: pathlib.Path, environment: dict, arguments: list) -> Gateway:
    port = free_port()
    config_path = folder / f"{port}.yml"
    config_path.write_text(config if isinstance(config, str) else json.dumps(config))  # JSON is YAML
    log_path = folder / f"{port}.log"
    # Nothing of the caller's environment but what programs need: a stray OPENAI_API_KEY changes results.
    wanted = re.compile("PATH|HOME|(A|UB|L|T)SAN_OPTIONS")
    clean = {name: value for name, value in os.environ.items() if wanted.fullmatch(name)}
    clean |= {"TZ": "UTC", "OPENAI_API_KEY": PROVIDER_KEY, "LITELLM_LOCAL_MODEL_COST_MAP": "True", **environment}
    with log_path.open("wb") as log:
        process = subprocess.Popen([binary(kind), "--config", str(config_path), "--port", str(port), *arguments],
                                   env=clean, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    key = "" if isinstance(config, str) else config.get("general_settings", {}).get("master_key", "")
    return Gateway(kind, port, process, log_path, config_path, key)


def _wait_until_it_answers(gateway: Gateway, tls_context) -> None:
    deadline = time.monotonic() + START_SECONDS[gateway.kind]
    while time.monotonic() < deadline:
        if gateway.process.poll() is not None:
            raise DidNotStart(f"exit code {gateway.process.returncode}:\n{gateway.log}")
        with contextlib.suppress(OSError):
            if ask(gateway.port, "GET", "/health/liveliness", tls=tls_context).status == 200:
                return
        time.sleep(0.02)
    raise DidNotStart(f"no answer in {START_SECONDS[gateway.kind]} s:\n{gateway.log}")
