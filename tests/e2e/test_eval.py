"""`sluice eval` and `sluice explain`: what they measure and say, and their exit codes."""

import json
import os
import pathlib
import subprocess

import pytest

from gateway_process import binary

pytestmark = pytest.mark.sluice_only("it has no such command")

MODEL = "all-MiniLM-L6-v2"


def model_folder() -> pathlib.Path:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(os.environ.get("SLUICE_MODEL_DIR") or f"{cache}/sluice/models")


needs_model = pytest.mark.skipif(not (model_folder() / f"{MODEL}.sluice").exists(),
                                 reason="`sluice model pull` has not been called")


def sluice(*arguments, **environment) -> subprocess.CompletedProcess:
    return subprocess.run([binary("sluice"), *map(str, arguments)], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("asked, stored, similarity, code, reason", [
    ("How do I cook rice?", "how to cook rice", 0.95, 0, "the same words"),
    ("What is the captial of France?", "What is the capital of France?", 0.7, 0, "the same words"),
    ("How do I buy a house?", "What is the best way to purchase a home?", 0.95, 0, "same question"),
    ("GDP of India in 2015", "GDP of India in 2016", 0.99, 1, "numbers differ"),
    ("Can I eat eggs?", "Can I not eat eggs?", 0.99, 1, "negation differs"),
    ("How do I clean a leather sofa?", "how to clean a fabric sofa", 0.99, 1, "another word in the same place"),
    ("How do I learn to play the guitar?", "guitar lessons", 0.7, 1, "not surely the same question"),
])
def test_explain_says_hit_or_miss_and_why(asked, stored, similarity, code, reason):
    said = sluice("explain", asked, stored, "--similarity", similarity, "--json")
    assert said.returncode == code, said.stderr
    verdict = json.loads(said.stdout)
    assert verdict["hit"] == (code == 0)
    assert verdict["reason"] == reason
    text = sluice("explain", asked, stored, "--similarity", similarity)
    assert text.returncode == code
    assert text.stdout.startswith("hit: " if code == 0 else "miss: ")


def test_explain_tells_which_question_is_never_matched():
    said = sluice("explain", "Where is my order?", "Where is my order?", "--similarity", 1)
    assert said.returncode == 1
    assert "is never matched: is about one person or account" in said.stdout


def test_explain_holds_an_operators_threshold():
    same = ("explain", "How do I cook rice?", "how to cook rice", "--similarity", 0.89)
    assert sluice(*same).returncode == 0
    assert sluice(*same, "--threshold", 0.9).returncode == 1
    assert sluice(*same, "--threshold", 0.88).returncode == 0


@pytest.mark.parametrize("arguments", [
    ("explain",), ("explain", "one"), ("explain", "a", "b", "--nothing"), ("explain", "a", "b", "--similarity", "x"),
    ("eval", "--nothing"), ("eval", "--edits"), ("eval", "--edits", "0"), ("eval", "--seeds", "many"),
])
def test_a_wrong_call_says_what_is_wrong(arguments):
    said = sluice(*arguments)
    assert said.returncode == 2
    assert f"sluice {arguments[0]}: " in said.stderr and "usage: " in said.stderr


@pytest.mark.parametrize("arguments", [("explain", "a question", "another one"), ("eval", "--edits", "2")])
def test_without_a_model_the_message_names_the_file(arguments, tmp_path):
    said = sluice(*arguments, SLUICE_MODEL_DIR=str(tmp_path))
    assert said.returncode == (2 if arguments[0] == "explain" else 1)
    assert str(tmp_path) in said.stderr


def test_edits_have_labels_and_are_the_same_each_time(tmp_path):
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for file in files:
        assert sluice("eval", "--edits", 20, "--write-edits", file).returncode == 0
    assert files[0].read_text() == files[1].read_text()
    pairs = [json.loads(line) for line in files[0].read_text().splitlines()]
    slices = {pair["slice"]: pair["same"] for pair in pairs}
    assert {name for name, same in slices.items() if not same} == {
        "number", "year", "date", "unit", "entity", "noun", "adjective", "verb", "language", "version", "direction",
        "antonym", "negation"}
    assert {name for name, same in slices.items() if same} == {"paraphrase", "typo", "case", "politeness"}
    assert all(pair["a"] != pair["b"] for pair in pairs)


def only_word_replaced(pair: dict) -> tuple[str, str] | None:
    """The one word that differs, articles aside; None where the questions differ in more."""
    sides = [[word for word in pair[side].split() if word not in ("a", "an")] for side in "ab"]
    changed = [words for words in zip(*sides) if words[0] != words[1]]
    return changed[0] if len(sides[0]) == len(sides[1]) and len(changed) == 1 else None


def test_edits_of_common_words_replace_one_word(tmp_path):
    file = tmp_path / "edits.jsonl"
    assert sluice("eval", "--edits", 60, "--write-edits", file).returncode == 0
    pairs = [json.loads(line) for line in file.read_text().splitlines()]
    for kind in ("noun", "adjective", "verb"):
        replaced = [words for pair in pairs if pair["slice"] == kind and (words := only_word_replaced(pair))]
        # The others are worded differently, too.
        assert len(replaced) > 30
        assert len(set(replaced)) > 20


def write_stream(path: pathlib.Path) -> pathlib.Path:
    intents = {"weather": ["how warm is it in the garden", "is it warm in the garden"],
               "cooking": ["how do i cook fresh rice", "what is the way to cook fresh rice"]}
    rows = [[text, intent] for intent, texts in intents.items() for text in texts * 5]
    path.write_text(json.dumps({"train": rows, "oos_train": [["why do birds sing", "oos"]]}))
    return path


@needs_model
def test_eval_reports_pairs_stream_and_edits(tmp_path):
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("".join(json.dumps(pair) + "\n" for pair in [
        {"a": "How do I cook rice in 20 minutes?", "b": "how to cook rice in 20 minutes", "same": 1},
        {"a": "How do I cook rice in 20 minutes?", "b": "How do I cook rice in 30 minutes?", "same": 0}] * 40))
    page = tmp_path / "report.html"
    said = sluice("eval", "--pairs", pairs, "--stream", write_stream(tmp_path / "stream.json"), "--edits", 15,
                  "--seeds", 2, "--json", "--html", page)
    assert said.returncode == 0, said.stderr
    report = json.loads(said.stdout)
    assert report["model"] == MODEL
    for row in report["own_edits"]:
        assert row["Sluice"] <= 0.1 if row["must"] == "miss" else row["Sluice"] >= 0.5, row
    rules = {row["policy"]: row for row in report["pairs_policies"]}
    assert rules["Sluice"]["precision"] == 1 and rules["Sluice"]["recall"] == 1
    assert rules["cosine .80"]["precision"] < 1
    stream = {row["policy"]: row for row in report["stream"]}
    assert stream["Sluice"]["precision"] == 1 and stream["Sluice"]["hits"] > 0.5
    assert {"vCache 1 %", "GPTCache", "cosine .95"} <= stream.keys()
    html = page.read_text()
    assert html.count("<svg") == 2 and "<script" not in html and "http" not in html


@needs_model
@pytest.mark.parametrize("flag, content, message", [
    ("--pairs", "{\"a\": 1}\n", "line 1"), ("--pairs", "", "no pairs"), ("--pairs", "{", "line 1"),
    ("--stream", "[]", "line 1"), ("--stream", "{\"train\": [[\"x\"]]}", "wants each query"),
])
def test_eval_names_the_bad_file_and_line(flag, content, message, tmp_path):
    file = tmp_path / "data"
    file.write_text(content)
    said = sluice("eval", "--edits", 1, flag, file)
    assert said.returncode == 1
    assert str(file) in said.stderr and message in said.stderr
