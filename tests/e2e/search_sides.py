"""Both sides of the interoperation tests: a program on the installed C++ library, and RedisVL in a venv of its own, on
one Redis with a search module. Fixtures; import those a test file uses.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from gateway_process import REPOSITORY, binary
from search_server import SearchServer

REDISVL_VERSIONS = ["0.5.2", "0.28.0"]


class Probe:
    """A program that takes commands and answers each with one line of JSON."""

    def __init__(self, *command: str):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.opened = self._read()

    def __getattr__(self, command: str):
        def run(*words):
            print(command, *words, sep="\t", file=self.process.stdin, flush=True)
            return self._read()
        return run

    def _read(self):
        line = self.process.stdout.readline()
        assert line, "the probe has ended"
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def search_redis():
    """The URL of a Redis with a search module: SLUICE_TEST_SEARCH_REDIS, else the stand-in."""
    if url := os.environ.get("SLUICE_TEST_SEARCH_REDIS"):
        yield url
        return
    with SearchServer() as server:
        yield server.url


@pytest.fixture
def cache_name(request) -> str:
    """A name for the test alone, also on a server that others use."""
    return f"sluice-test-{os.getpid()}-{abs(hash(request.node.nodeid)) % 10**8}"


@pytest.fixture(scope="session")
def build_folder() -> pathlib.Path:
    return pathlib.Path(binary("sluice")).resolve().parent


@pytest.fixture(scope="session")
def installed_library(build_folder, tmp_path_factory) -> pathlib.Path:
    """The prefix under which the library has been installed from the build of the binary."""
    prefix = tmp_path_factory.mktemp("library")
    run("cmake", "--build", build_folder, "--target", "sluice_client")
    run("cmake", "--install", build_folder, "--component", "library", "--prefix", prefix)
    return prefix


@pytest.fixture(scope="session")
def stranger(installed_library, tmp_path_factory) -> pathlib.Path:
    """The build folder of tests/install: a project that knows only the installed library."""
    folder = tmp_path_factory.mktemp("stranger")
    run("cmake", "-S", REPOSITORY / "tests/install", "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
        "-DCMAKE_CXX_COMPILER=clang++-19", f"-DCMAKE_PREFIX_PATH={installed_library}")
    run("cmake", "--build", folder)
    return folder


def redisvl_venv(version: str) -> pathlib.Path:
    """A venv with that RedisVL; made once, and again when its list changes."""
    wanted = REPOSITORY / f"tests/e2e/requirements-redisvl-{version}.txt"
    venv = REPOSITORY / "build" / f"redisvl-{version}"
    installed = venv / "installed.txt"
    if not installed.exists() or installed.read_text() != wanted.read_text():
        run(sys.executable, "-m", "venv", "--clear", venv)
        run(venv / "bin/pip", "install", "-q", "--no-deps", "-r", wanted)
        installed.write_text(wanted.read_text())
    return venv


@pytest.fixture(scope="session", params=REDISVL_VERSIONS)
def redisvl(request) -> pathlib.Path:
    """The folder of the programs of a venv with that RedisVL."""
    return redisvl_venv(request.param) / "bin"


@pytest.fixture
def library(stranger, search_redis):
    """library(NAME, TAG) opens a cache with the C++ library."""
    yield from opener(search_redis, str(stranger / "probe"))


@pytest.fixture
def redisvl_cache(redisvl, search_redis):
    """redisvl_cache(NAME, TAG) opens a cache with RedisVL."""
    yield from opener(search_redis, str(redisvl / "python"), str(REPOSITORY / "tests/support/redisvl_probe.py"))


def opener(url: str, *command: str):
    opened = []

    def open_cache(name: str, *tag: str) -> Probe:
        opened.append(Probe(*command, name, url, *tag))
        return opened[-1]

    yield open_cache
    for probe in opened:
        probe.close()


def run(*command, **more) -> str:
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **more)
    assert result.returncode == 0, f"{command}:\n{result.stdout}{result.stderr}"
    return result.stdout
