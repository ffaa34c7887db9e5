"""What is measured: its command, its configuration, and how it is started and stopped.

Layout: the contender has core 0 for itself; provider and load generator share core 1.
"""
import contextlib
import dataclasses
import fcntl
import http.client
import os
import pathlib
import resource
import signal
import socket
import string
import subprocess
import sys
import tempfile
import time

import machine

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
WORK = ROOT / "build/bench"
RELEASE = ROOT / "build/release"
PROVIDER, LOAD = RELEASE / "bench_provider", RELEASE / "bench_load"
CONTENDER_CORE, LOAD_CORE = 0, 1
CLIENT_KEY = "sk-bench-client-0123456789abcdef"
PROVIDER_KEY = "sk-bench-provider-0123456789abcdef"
REPLY_BYTES = 600
CONFIG = "CONFIG"  # in a command: the file that the case names


class Failure(Exception):
    """Ends the program with its message."""


@dataclasses.dataclass(frozen=True)
class Contender:
    """A server and the variants of its configuration: variant -> port."""
    command: list
    ports: dict
    ready_path: str = "/"
    slow_start: float = 60  # seconds until it must answer


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in sockets]
    for listener in sockets:
        listener.close()
    return ports


class Field:
    """All contenders and the provider on free ports, with their files in build/bench."""

    VARIANTS = ("chat", "large_buffer", "stream", "tls", "fixed", "proxy_cache")

    def __init__(self):
        WORK.mkdir(parents=True, exist_ok=True)
        self._lock = lock_work()
        # Thousands of requests in flight need two sockets each.
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        ports = iter(free_ports(5 + 2 * len(self.VARIANTS)))
        self.provider_port, self.tls_port, self.redis_port = next(ports), next(ports), next(ports)
        nginx = dict(zip(self.VARIANTS, ports))
        haproxy = dict(zip(self.VARIANTS, ports))
        sluice, litellm = next(ports), next(ports)
        self._write_files(nginx, haproxy)
        config = ["--config", CONFIG, "--host", "127.0.0.1", "--port"]
        gateway = Contender([str(RELEASE / "sluice"), *config, str(sluice)],
                            dict.fromkeys(self.VARIANTS, sluice), "/health/liveliness")
        self.contenders = {
            "sluice": gateway,
            "exact": gateway,  # with another configuration
            "nginx": Contender(["nginx", "-e", "error.log", "-p", str(WORK / "nginx"),
                                "-c", str(WORK / "nginx.conf")], nginx),
            "haproxy": Contender(["haproxy", "-db", "-f", str(WORK / "haproxy.cfg")], haproxy),
            "litellm": Contender([litellm_command(), *config, str(litellm)],
                                 dict.fromkeys(self.VARIANTS, litellm), "/health/liveliness", 120),
        }

    def _write_files(self, nginx, haproxy):
        (WORK / "nginx").mkdir(exist_ok=True)
        (WORK / "nginx-tls").mkdir(exist_ok=True)
        reply = provider_reply(self.provider_port)
        (WORK / "reply.json").write_text(reply)
        values = {"work": WORK, "reply": reply, "key": PROVIDER_KEY,
                  "provider": self.provider_port, "tls_provider": self.tls_port,
                  **{f"nginx_{variant}": port for variant, port in nginx.items()},
                  **{f"haproxy_{variant}": port for variant, port in haproxy.items()}}
        for template in (BENCH / "conf").glob("*.in"):
            text = string.Template(template.read_text()).substitute(values)
            (WORK / template.stem).write_text(text)

    def environment(self, tls=False):
        base = f"https://localhost:{self.tls_port}" if tls else f"http://127.0.0.1:{self.provider_port}"
        return {**os.environ, "BENCH_API_BASE": base + "/v1", "BENCH_CLIENT_KEY": CLIENT_KEY,
                "BENCH_PROVIDER_KEY": PROVIDER_KEY, "BENCH_REDIS_PORT": str(self.redis_port),
                "LITELLM_LOCAL_MODEL_COST_MAP": "True"}

    @contextlib.contextmanager
    def provider(self, options=(), tls=False):
        """The provider; with tls it is nginx that answers at once, as ours speaks no TLS."""
        command = [str(PROVIDER), "-p", str(self.provider_port), *options]
        if tls:
            make_certificate()
            command = ["nginx", "-e", "error.log", "-p", str(WORK / "nginx-tls"),
                       "-c", str(WORK / "nginx-tls-provider.conf")]
        with running(command, LOAD_CORE) as process:
            wait_for_port(self.tls_port if tls else self.provider_port, process)
            yield process

    @contextlib.contextmanager
    def redis(self):
        """An empty Redis beside the provider, which writes nothing to disk."""
        command = ["redis-server", "--port", self.redis_port, "--bind", "127.0.0.1", "--save", "",
                   "--dir", WORK]
        with running(command, LOAD_CORE) as process:
            wait_for_port(self.redis_port, process)
            yield process

    @contextlib.contextmanager
    def contender(self, name, tls=False, wrapper=(), core=CONTENDER_CORE, config="bench.yaml"):
        """A contender that answers; yields its process and the seconds until it did."""
        contender = self.contenders[name]
        command = [ROOT / "config" / config if word is CONFIG else word for word in contender.command]
        with tempfile.TemporaryDirectory(dir=WORK) as cache_dir:
            environment = {**self.environment(tls), "BENCH_CACHE_DIR": cache_dir}
            begin = time.monotonic()
            with running([*wrapper, *command], core, environment) as process:
                wait_for_answer(contender, process)
                yield process, time.monotonic() - begin


def lock_work():
    """Two measurements at once would share cores and files: the second waits for the first."""
    lock = open(WORK / "lock", "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("== another measurement is running; waiting for its end", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def has_model():
    """Whether the built-in encoder of the semantic cache is on this machine."""
    return subprocess.run([RELEASE / "sluice", "model", "info"], capture_output=True,
                          check=False).returncode == 0


def litellm_command():
    venv = os.environ.get("LITELLM_VENV", str(WORK / "litellm-venv"))
    return str(pathlib.Path(venv) / "bin/litellm")


def make_certificate():
    if not (WORK / "certificate.pem").exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj",
                        "/CN=localhost", "-keyout", WORK / "key.pem", "-out",
                        WORK / "certificate.pem"], check=True, capture_output=True)


def provider_reply(port):
    with running([str(PROVIDER), "-p", str(port), "-b", str(REPLY_BYTES)], LOAD_CORE) as process:
        wait_for_port(port, process)
        client = http.client.HTTPConnection("127.0.0.1", port)
        client.request("POST", "/v1/chat/completions", "{}")
        return client.getresponse().read().decode()


@contextlib.contextmanager
def running(command, core, environment=None):
    """A pinned process; its output goes to build/bench/NAME.log, from its latest start."""
    log = WORK / (pathlib.Path(command[0]).name + ".log")
    with open(log, "wb") as output:
        process = subprocess.Popen(["taskset", "-c", str(core), *map(str, command)], env=environment,
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    process.log = log
    try:
        yield process
    finally:
        stop(process)


def stop(process):
    family = machine.process_tree(process.pid)
    for pid in reversed(family):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def _wait(process, seconds, is_ready):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Failure(f"{process.args[3]} ended with {process.returncode}; see {process.log}")
        if is_ready():
            return
        time.sleep(0.001)
    raise Failure(f"{process.args[3]} did not answer in {seconds} s; see {process.log}")


def wait_for_port(port, process):
    def is_open():
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0
    _wait(process, 10, is_open)


def wait_for_answer(contender, process):
    port = contender.ports["chat"]

    def answers():
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            client.request("GET", contender.ready_path)
            client.getresponse().read()
            return True
        except OSError:
            return False
        finally:
            client.close()
    _wait(process, contender.slow_start, answers)


def run_main(main):
    """Runs main; a Failure becomes one line on standard error and exit code 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"bench: {failure}")
