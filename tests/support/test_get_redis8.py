"""get_redis8.sh, with a Debian archive that is made up: it fills a folder of its own and spoils no other."""

import os
import pathlib
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).with_name("get_redis8.sh")
APT_GET = """#!/bin/sh
case "$*" in
  indextargets*) echo http://archive.test/debian ;;
  *download*) : > redis-server.deb ;;
esac
"""
DPKG_DEB = """#!/bin/sh
libraries="$3/usr/lib/$(uname -m)-linux-gnu"
mkdir -p "$libraries" "$3/usr/bin"
: > "$3/usr/bin/redis-server"
printf '#!/bin/sh\\necho made-up\\n' > "$libraries/ld-linux-test.so.2"
chmod +x "$libraries/ld-linux-test.so.2"
"""


@pytest.fixture
def get_redis8(tmp_path):
    """get_redis8(arguments, variables) runs it with archive tools that fetch nothing."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in {"apt-get": APT_GET, "dpkg-deb": DPKG_DEB}.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    def run(*arguments, **variables) -> subprocess.CompletedProcess:
        environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(tmp_path / "home"), **variables}
        return subprocess.run([SCRIPT, *map(str, arguments)], env=environment, capture_output=True, text=True)
    return run


def runs(folder: pathlib.Path) -> bool:
    return subprocess.check_output([folder / "bin" / "redis-server"], text=True) == "made-up\n"


@pytest.mark.parametrize("exists", [False, True])
def test_it_fills_a_folder_that_is_new_or_empty(get_redis8, tmp_path, exists):
    folder = tmp_path / "below" / "redis8"
    if exists:
        folder.mkdir(parents=True)
    assert get_redis8(folder).returncode == 0
    assert runs(folder) and list(folder.parent.iterdir()) == [folder], "nothing is left beside it"
    (folder / "mark").touch()
    assert get_redis8(folder).returncode == 0
    assert (folder / "mark").exists(), "what is there already is kept"


def test_the_folder_is_the_argument_then_the_variable_then_the_one_of_the_user(get_redis8, tmp_path):
    for folder, arguments, variables in [
            (tmp_path / "named", [tmp_path / "named"], {"SLUICE_TEST_REDIS8": str(tmp_path / "variable")}),
            (tmp_path / "variable", [], {"SLUICE_TEST_REDIS8": str(tmp_path / "variable")}),
            (tmp_path / "home/.cache/sluice/redis8", [], {})]:
        assert get_redis8(*arguments, **variables).returncode == 0
        assert runs(folder)


@pytest.mark.parametrize("name", ["file", "bin/tool", "root/file"])
def test_a_folder_with_other_things_is_refused_and_left_as_it_is(get_redis8, tmp_path, name):
    folder = tmp_path / "precious"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("mine")
    refused = get_redis8(folder)
    assert refused.returncode != 0 and str(folder) in refused.stderr and "empty" in refused.stderr
    assert [each for each in folder.rglob("*") if each.is_file()] == [folder / name]
    assert (folder / name).read_text() == "mine"
