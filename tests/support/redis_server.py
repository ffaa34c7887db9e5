"""A real redis-server for tests."""

import contextlib
import pathlib
import re
import shutil
import socket
import subprocess

import gateway_process
from raw_http import wait_until


class RedisServer:
    """It runs on a free port, with nothing on disk. `arguments` are more of the program's own."""

    def __init__(self, folder: pathlib.Path, *arguments: str, program: str = "redis-server"):
        assert shutil.which(program), "redis-server is not installed"
        self.port = gateway_process.free_port()
        self._process = subprocess.Popen([program, "--port", str(self.port), "--save", "", *arguments], cwd=folder,
                                         stdout=subprocess.DEVNULL)
        wait_until(self._answers)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def entries(self) -> set[str]:
        """The keys of stored answers: LiteLLM keeps counters beside them."""
        with self._asked("KEYS *") as lines:
            count = int(lines.readline()[1:])
            keys = {[lines.readline(), lines.readline()][1].decode().strip() for _ in range(count)}
        return {key for key in keys if re.search("(^|:)[0-9a-f]{64}$", key)}

    def pause_writes(self) -> None:
        """What others write waits until resume(), for a minute at most."""
        with self._asked("CLIENT PAUSE 60000 WRITE") as lines:
            assert lines.readline() == b"+OK\r\n"

    def resume(self) -> None:
        with self._asked("CLIENT UNPAUSE") as lines:
            assert lines.readline() == b"+OK\r\n"

    @contextlib.contextmanager
    def _asked(self, command: str):
        with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
            connection.sendall(f"{command}\r\n".encode())
            yield connection.makefile("rb")

    def _answers(self) -> bool:
        assert self._process.poll() is None, "redis-server ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
