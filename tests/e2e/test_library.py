"""The C++ library as strangers see it: its headers alone, installed, as a subdirectory, and its examples."""

import json
import shutil
import subprocess

import pytest

from fake_provider import FakeProvider
from gateway_process import REPOSITORY
from search_sides import build_folder, installed_library, run, search_redis, stranger  # noqa: F401

pytestmark = pytest.mark.sluice_only("it has no library")

HEADERS = sorted((REPOSITORY / "include/sluice").glob("*.h"))
COMPILERS = {"clang++-19": ["-Weverything", "-Wno-c++98-compat", "-Wno-c++98-compat-pedantic", "-Wno-padded",
                            "-Wno-pre-c++20-compat-pedantic", "-Wno-c++20-compat", "-Wno-pre-c++17-compat",
                            "-Wno-unsafe-buffer-usage", "-Wno-weak-vtables", "-Wno-exit-time-destructors"],
             "g++-12": ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow"]}


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("header", HEADERS, ids=lambda path: path.name)
def test_a_header_stands_alone(compiler, header):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    run(compiler, "-std=c++20", *COMPILERS[compiler], "-Werror", "-fsyntax-only", "-I", REPOSITORY / "include",
        "-x", "c++", "-", input=f"#include <sluice/{header.name}>\n#include <sluice/{header.name}>\n")


def test_headers_name_nothing_but_the_standard_library_and_each_other():
    for header in HEADERS:
        for line in header.read_text().splitlines():
            if line.startswith("#include"):
                name = line.split()[1].strip('<>"')
                assert name.startswith("sluice/") or "/" not in name and not name.endswith(".h"), (header.name, line)


def test_examples_compile_with_gcc():
    if not shutil.which("g++-12"):
        pytest.skip("g++-12 is not installed")
    for source in sorted((REPOSITORY / "examples").glob("*.cc")):
        run("g++-12", "-std=c++20", *COMPILERS["g++-12"], "-Werror", "-fsyntax-only", "-I", REPOSITORY / "include",
            source)


def test_nothing_but_headers_libraries_and_the_package_is_installed(installed_library):  # noqa: F811
    files = {str(path.relative_to(installed_library)) for path in installed_library.rglob("*") if path.is_file()}
    assert {f"include/sluice/{header.name}" for header in HEADERS} <= files
    others = {name for name in files if not name.startswith("include/sluice/")}
    assert all(name.endswith((".a", ".cmake")) for name in others), others


def test_the_library_is_found_by_find_package(stranger):  # noqa: F811
    assert (stranger / "probe").exists() and (stranger / "search_index").exists()


def test_the_library_is_usable_as_a_subdirectory(tmp_path):
    """Configures, and compiles one of the stranger's files with what sluice::sluice hands on."""
    run("cmake", "-S", REPOSITORY / "tests/install", "-B", tmp_path, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19",
        f"-DSLUICE_SOURCE_DIR={REPOSITORY}")
    run("ninja", "-C", tmp_path, "CMakeFiles/probe.dir/probe.cc.o")
    targets = run("ninja", "-C", tmp_path, "-t", "targets", "all")
    assert "libsluice_client.a" in targets and "unit_tests" not in targets and "sluice_api" not in targets.split("phony")[0]


def test_the_index_example_runs(stranger, search_redis):  # noqa: F811
    text = run(stranger / "search_index", search_redis)
    assert "nearest:\n  example-books:Faust Faust" in text
    assert "within 0.1:\n  example-books:Emma Emma 0\n" in text
    assert "old novels:\n  example-books:Emma Emma" in text and "2 novels" in text


def embedded(stranger, *words: str) -> list:  # noqa: F811
    result = subprocess.run([stranger / "remote", *words], capture_output=True, text=True, timeout=60)
    return [result.returncode, *(json.loads(line) for line in result.stdout.splitlines())]


def test_a_remote_model_embeds(stranger):  # noqa: F811
    with FakeProvider() as provider:
        code, answer = embedded(stranger, provider.url, "sk-fake", "one text", "another text")
        assert code == 0 and answer["dims"] > 0
        assert answer["vectors"] == 2 and not answer["equal"]
        [check, both] = [call for call in provider.calls() if call.path.endswith("/embeddings")]
        assert check.json["input"] == ["dimension check"]
        assert both.json["input"] == ["one text", "another text"]
        assert both.json["model"] == "text-embedding-3-small"
        assert both.header("authorization") == "Bearer sk-fake"
        assert check.connection == both.connection


def test_a_remote_model_that_refuses_says_where_to_look(stranger):  # noqa: F811
    with FakeProvider() as provider:
        code, answer = embedded(stranger, provider.url, "", "x")
        assert code == 1 and answer["failed"] == "permission"
        assert provider.url in answer["message"] and "api_key" in answer["message"]


def test_a_remote_model_that_is_not_there_is_told(stranger):  # noqa: F811
    code, answer = embedded(stranger, "http://127.0.0.1:1/v1", "sk-fake", "x")
    assert code == 1 and answer["failed"] == "connection"
