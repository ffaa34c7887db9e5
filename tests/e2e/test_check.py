"""`sluice check`: what it prints, in both forms, and its exit codes."""

import json
import os
import subprocess

import pytest

from gateway_process import binary

pytestmark = pytest.mark.sluice_only("it has no such command")

HONOURED = """\
model_list:
- model_name: chat
  litellm_params: {model: openai/gpt-4o, api_key: os.environ/KEY}
"""
LESS = HONOURED + """\
- model_name: cloud
  litellm_params: {model: bedrock/x}
- model_name: cloud
  litellm_params: {model: bedrock/y}
litellm_settings:
  success_callback: [langfuse]
  failure_callback: [langfuse]
"""
BROKEN = HONOURED + "router_settings: {num_retries: many}\n"


def check(*arguments, **environment) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return subprocess.run([binary("sluice"), "check", *arguments], env={**clean, **environment},
                          capture_output=True, text=True, timeout=30)


@pytest.fixture
def config(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return str(path)
    return write


@pytest.mark.smoke
def test_a_file_that_is_honoured_whole(config):
    path = config(HONOURED)
    done = check(path, KEY="sk-secret")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{path}: runs with 1 deployment(s); everything is honoured\n"


def test_one_line_for_each_cause(config):
    path = config(LESS)
    done = check(path, KEY="sk-secret")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{path}:5: model_list[1].litellm_params.model: provider `bedrock` is not supported yet; "
        "this deployment is not served (also in line 7)",
        f"{path}:9: litellm_settings.success_callback: callbacks are not called yet; nothing is logged to them "
        "(also failure_callback in line 10)",
        f"{path}: runs with 1 deployment(s); 2 cannot be called; 1 setting(s) not honoured",
    ]


def test_an_error_says_so_and_the_file_cannot_run(config):
    path = config(BROKEN)
    done = check(path, KEY="sk-secret")
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        f"{path}:4: error: router_settings.num_retries: must be a whole number from 0 up, not `many`",
        f"{path}: cannot run: 1 error(s)",
    ]


def test_json_holds_the_same(config):
    path = config(LESS)
    done = check(path, "--json", KEY="sk-secret")
    answer = json.loads(done.stdout)
    assert done.returncode == answer["exit_code"] == 1
    provider, callbacks = answer["verdicts"]
    assert provider["level"] == "unsupported"
    assert (provider["file"], provider["line"], provider["column"]) == (path, 5, 27)
    assert provider["also"] == [
        {"file": path, "line": 7, "column": 27, "key": "model_list[2].litellm_params.model"}]
    assert callbacks["level"] == "ignored"
    assert callbacks["key"] == "litellm_settings.success_callback"


def test_the_variable_names_the_file_when_no_argument_does(config):
    assert check(CONFIG_FILE_PATH=config(HONOURED), KEY="k").returncode == 0


@pytest.mark.parametrize("arguments, message", [
    ((), "no file given"),
    (("--wat", "a.yaml"), "unknown option --wat"),
    (("a.yaml", "b.yaml"), "more than one file"),
])
def test_wrong_arguments(arguments, message):
    done = check(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"sluice check: {message}\n")


def test_a_missing_file():
    done = check("/no/such.yaml")
    assert done.returncode == 2
    assert "cannot read the file /no/such.yaml" in done.stdout


def test_help():
    done = check("--help")
    assert done.returncode == 0
    assert done.stdout.startswith("usage: sluice check FILE")
