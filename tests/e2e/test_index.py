"""`sluice index`: what it prints and its exit codes. test_redisvl.py holds its tables beside rvl's."""

import json
import os
import socket
import subprocess

import pytest

from gateway_process import binary
from search_server import SearchServer

pytestmark = pytest.mark.sluice_only("it has no such command")

SCHEMA = """\
version: '0.1.0'
index:
  name: books
  prefix: book
fields:
- name: title
  type: text
- name: team
  type: tag
- name: embedding
  type: vector
  attrs: {dims: 4, algorithm: flat, distance_metric: cosine, datatype: float32}
"""
TABLES = """\


Index Information:
╭──────────────┬────────────────┬────────────┬─────────────────┬────────────╮
│ Index Name   │ Storage Type   │ Prefixes   │ Index Options   │   Indexing │
├──────────────┼────────────────┼────────────┼─────────────────┼────────────┤
│ books        │ HASH           │ ['book']   │ []              │          0 │
╰──────────────┴────────────────┴────────────┴─────────────────┴────────────╯
Index Fields:
╭───────────┬─────────────┬────────┬────────────────┬────────────────┬────────────────┬────────────────┬────────────────┬────────────────┬─────────────────┬────────────────╮
│ Name      │ Attribute   │ Type   │ Field Option   │ Option Value   │ Field Option   │ Option Value   │ Field Option   │   Option Value │ Field Option    │ Option Value   │
├───────────┼─────────────┼────────┼────────────────┼────────────────┼────────────────┼────────────────┼────────────────┼────────────────┼─────────────────┼────────────────┤
│ title     │ title       │ TEXT   │ WEIGHT         │ 1              │                │                │                │                │                 │                │
│ team      │ team        │ TAG    │ SEPARATOR      │ ,              │                │                │                │                │                 │                │
│ embedding │ embedding   │ VECTOR │ algorithm      │ FLAT           │ data_type      │ FLOAT32        │ dim            │              4 │ distance_metric │ COSINE         │
╰───────────┴─────────────┴────────┴────────────────┴────────────────┴────────────────┴────────────────┴────────────────┴────────────────┴─────────────────┴────────────────╯
"""


@pytest.fixture(scope="module")
def server():
    with SearchServer(password="sesame") as running:
        yield running


@pytest.fixture
def schema(tmp_path):
    path = tmp_path / "schema.yaml"
    path.write_text(SCHEMA)
    return str(path)


def index(*words: str, **environment) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return subprocess.run([binary("sluice"), "index", *words], env={**clean, **environment},
                          capture_output=True, text=True, timeout=30)


@pytest.fixture
def ask(server):
    """index(…) on the server, which must have been empty before and is empty afterwards."""
    def ask_server(*words: str) -> subprocess.CompletedProcess:
        return index(*words, "--url", server.url)

    assert ask_server("listall").stdout == "Indices:\n"
    yield ask_server
    server.indexes.clear()


def test_an_index_is_made_shown_and_removed(ask, schema):
    assert (ask("create", "-s", schema).stdout, ask("listall").stdout) == (
        "Index created successfully\n", "Indices:\n1. books\n")
    assert ask("info", "-i", "books").stdout == TABLES
    assert ask("info", "-s", schema).stdout == TABLES
    removed = ask("delete", "-i", "books")
    assert (removed.returncode, removed.stdout) == (0, "Index deleted successfully\n")
    assert ask("listall").stdout == "Indices:\n"


def test_what_is_there_is_left_alone(ask, schema):
    ask("create", "-s", schema)
    again = ask("create", "-s", schema)
    assert (again.returncode, again.stdout) == (0, "Index already exists, not overwriting.\n")


def test_json_has_the_shape_of_rvl(ask, schema):
    ask("create", "-s", schema)
    assert json.loads(ask("listall", "--json").stdout) == {"indices": ["books"]}
    info = json.loads(ask("info", "-i", "books", "--json").stdout)
    assert info["index_information"] == {"index_name": "books", "storage_type": "HASH", "prefixes": ["book"],
                                         "index_options": [], "indexing": 0}
    assert info["index_fields"][2] == {"name": "embedding", "attribute": "embedding", "type": "VECTOR",
                                       "field_options": {"algorithm": "FLAT", "data_type": "FLOAT32", "dim": 4,
                                                         "distance_metric": "COSINE"}}
    stats = json.loads(ask("stats", "-i", "books", "--json").stdout)
    assert len(stats) == 19 and stats["num_docs"] == 0 and stats["bytes_per_record_avg"] is None


def test_stats_are_a_table(ask, schema):
    ask("create", "-s", schema)
    text = ask("stats", "-i", "books").stdout
    assert text.startswith("\nStatistics:\n╭─────────────────────────────┬─────────────╮\n"
                           "│ Stat Key                    │ Value       │\n")
    assert "│ doc_table_size_mb           │ 0.0154543   │\n" in text


def test_destroy_takes_the_documents_along(ask, schema, server):
    ask("create", "-s", schema)
    with socket.create_connection(("127.0.0.1", server.port)) as raw, raw.makefile("rb") as replies:
        raw.sendall(b"*2\r\n$4\r\nAUTH\r\n$6\r\nsesame\r\n"
                    b"*4\r\n$4\r\nHSET\r\n$6\r\nbook:1\r\n$5\r\ntitle\r\n$5\r\nFaust\r\n")
        assert [replies.readline(), replies.readline()] == [b"+OK\r\n", b":1\r\n"]
        assert json.loads(ask("stats", "-i", "books", "--json").stdout)["num_docs"] == 1
        ask("destroy", "-i", "books")
        raw.sendall(b"*2\r\n$6\r\nEXISTS\r\n$6\r\nbook:1\r\n")
        assert replies.readline() == b":0\r\n"


@pytest.mark.parametrize("words", [["info", "-i", "nope"], ["stats", "-i", "nope"], ["delete", "-i", "nope"],
                                   ["destroy", "-i", "nope"]])
def test_an_index_that_is_not_there_is_code_1(ask, words):
    failed = ask(*words)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "sluice index: there is no index `nope`\n"


@pytest.mark.parametrize("words, message", [
    ([], "which command?"),
    (["bogus"], "unknown command `bogus`"),
    (["info"], "an index must be named"),
    (["create", "-i", "books"], "a schema must be given"),
    (["listall", "--bogus"], "unknown option `--bogus`"),
    (["listall", "-u"], "-u takes a value"),
    (["listall", "--port", "x"], "--port takes a number from 1 to 65535"),
    (["listall", "--url", "http://x"], "must begin with redis://"),
    (["create", "-s", "/nowhere.yaml"], "can't be read"),
])
def test_wrong_usage_is_code_2(words, message):
    failed = index(*words)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert message in failed.stderr


@pytest.mark.parametrize("line, message", [
    ("version: '2'", ":1: version must be 0.1.0"),
    ("index: {prefix: x}", ":1: index.name must be given"),
    ("index: {name: x, what: y}", ":1: index.what is not known"),
    ("index: {name: x}\nfields: {a: b}", ":2: fields must be a list"),
    ("index: {name: x}\nfields:\n- {type: tag}", ":3: fields[0].name must be given"),
    ("index: {name: x}\nfields:\n- {name: a, type: bag}", ":3: fields[0].type must be one of text, tag"),
    ("index: {name: x}\nfields:\n- {name: a, type: text, attrs: {weight: -1}}", "fields[0].attrs.weight must be"),
    ("index: {name: x}\nfields:\n- {name: a, type: vector, attrs: {dims: 3}}", "attrs.algorithm must be given"),
    ("index: {name: x}\nfields:\n- {name: a, type: vector, attrs: {algorithm: flat}}", "attrs.dims must be given"),
    ("index: {name: x}\nfields:\n- {name: a, type: tag}\n- {name: a, type: tag}", "`a`: is there twice"),
    ("index: {name: x}\nfields: []", "no fields defined"),
    ("index: [", ":2: "),
])
def test_a_schema_that_cannot_be_read_says_where(tmp_path, line, message):
    path = tmp_path / "schema.yaml"
    path.write_text(line)
    failed = index("create", "-s", str(path))
    assert failed.returncode == 2
    assert message in failed.stderr


def test_the_address_comes_from_flags_before_the_environment(server, schema):
    wrong = "redis://127.0.0.1:1"
    assert index("listall", REDIS_URL=server.url).returncode == 0
    assert index("listall", "--url", server.url, REDIS_URL=wrong).returncode == 0
    assert index("listall", "--host", "127.0.0.1", "-p", str(server.port), "-a", "sesame",
                 REDIS_URL=wrong).returncode == 0
    assert index("listall", "--host", "127.0.0.1", "-p", str(server.port), "--user", "default",
                 "--password=sesame").returncode == 0


def test_a_server_that_is_not_there_is_code_1_and_keeps_the_password():
    failed = index("listall", "--url", "redis://:sesame@127.0.0.1:1")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "127.0.0.1" in failed.stderr and "sesame" not in failed.stderr


def test_a_wrong_password_is_code_1(server):
    failed = index("listall", "--url", f"redis://:guess@127.0.0.1:{server.port}")
    assert failed.returncode == 1 and failed.stderr and "guess" not in failed.stderr


def test_a_server_without_a_search_module_is_named(tmp_path):
    socket_path = tmp_path / "redis.sock"
    with subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", str(socket_path), "--save", "",
                           "--dir", str(tmp_path)], stdout=subprocess.PIPE, text=True) as plain:
        assert any("ready to accept connections" in line.lower() for line in plain.stdout)
        failed = index("listall", "--url", f"unix://{socket_path}")
        plain.terminate()
        plain.stdout.read()
    assert failed.returncode == 1 and "has no search module" in failed.stderr


def test_help_says_what_there_is():
    shown = index("--help")
    assert shown.returncode == 0 and "listall" in shown.stdout and shown.stderr == ""
