"""Sluice's library and command beside the real RedisVL, old and new: one index, one set of entries."""

import os
import re
import subprocess

import pytest

from gateway_process import binary
from search_sides import (build_folder, cache_name, installed_library, library, redisvl,  # noqa: F401
                          redisvl_cache, run, search_redis, stranger)

pytestmark = pytest.mark.sluice_only("it has no library")

QUESTION, ALMOST, OTHER = ("what is the capital of France?", "what is the capital of france",
                           "how long does it take to boil an egg")


@pytest.fixture
def both(library, redisvl_cache, cache_name):  # noqa: F811
    """Sluice makes the index, RedisVL opens it."""
    ours, theirs = library(cache_name), redisvl_cache(cache_name)
    assert (ours.opened, theirs.opened) == ("ready", "ready")
    yield ours, theirs
    ours.destroy()


def test_an_index_of_ours_opens_in_redisvl(both):
    _, theirs = both
    fields = {field["name"]: field for field in theirs.schema()["fields"]}
    assert list(fields) == ["prompt", "response", "inserted_at", "updated_at", "prompt_vector"]
    assert fields["prompt_vector"]["attrs"]["dims"] == 64


def test_entries_of_ours_are_hits_there(both):
    ours, theirs = both
    key = ours.store(QUESTION, "Paris \\ \"Lutetia\" é", '{"a": 1}')
    ours.store(OTHER, "nine minutes")
    [hit] = theirs.check(ALMOST)
    assert (hit["key"], hit["prompt"], hit["response"]) == (key, QUESTION, "Paris \\ \"Lutetia\" é")
    assert hit["metadata"] == {"a": 1} and 0 < hit["distance"] < 0.1
    assert theirs.check("something else entirely, about nothing") == []


def test_entries_of_theirs_are_hits_here(both):
    ours, theirs = both
    key = theirs.store(QUESTION, "Paris", '{"a": 1}')
    [hit] = ours.check(ALMOST)
    assert (hit["key"], hit["prompt"], hit["response"], hit["metadata"]) == (key, QUESTION, "Paris", {"a": 1})


def test_the_same_question_has_one_key_on_both_sides(both):
    ours, theirs = both
    assert ours.store(QUESTION, "ours") == theirs.store(QUESTION, "theirs")
    assert [hit["response"] for hit in ours.check(QUESTION, "", "0", "5")] == ["theirs"]
    ours.store(QUESTION, "ours again")
    assert [hit["response"] for hit in theirs.check(QUESTION, "", "0.01", "5")] == ["ours again"]


def test_changes_and_removals_are_seen_by_both(both):
    ours, theirs = both
    key = theirs.store(QUESTION, "Lyon")
    ours.update(key, "Paris", '{"fixed": true}')
    [hit] = theirs.check(QUESTION)
    assert (hit["response"], hit["metadata"]) == ("Paris", {"fixed": True})
    theirs.update(key, "Paris!")
    assert [hit["response"] for hit in ours.check(QUESTION)] == ["Paris!"]
    assert ours.drop(key.split(":")[1]) == 1
    assert theirs.check(QUESTION) == []


def test_storing_again_leaves_nothing_of_the_old_entry(both):
    ours, theirs = both
    ours.store(QUESTION, "old", '{"a": 1}', "", "60")
    ours.store(QUESTION, "new")
    [hit] = theirs.check(QUESTION)
    assert (hit["response"], hit["metadata"]) == ("new", None)


def test_queries_agree(both):
    ours, theirs = both
    for text in (QUESTION, OTHER, "who wrote Faust?"):
        ours.store(text, f"answer to {text}")
    assert ours.nearest(ALMOST, "2") == theirs.nearest(ALMOST, "2")
    assert ours.nearest(ALMOST, "1") == [QUESTION]
    assert ours.count() == theirs.count() == 3
    assert ours.pages() == theirs.pages() == [2, 1]
    key = ours.check(QUESTION)[0]["key"].split(":")[1]
    assert ours.fetch(key) == theirs.fetch(key) == f"answer to {QUESTION}"


def test_clearing_takes_every_entry(both):
    ours, theirs = both
    for i in range(7):
        theirs.store(f"question number {i}", "x")
    assert ours.clear() == 7
    assert theirs.count() == 0


@pytest.mark.parametrize("maker", ["ours", "theirs"])
def test_filters_mean_the_same(library, redisvl_cache, cache_name, maker):  # noqa: F811
    openers = [library, redisvl_cache] if maker == "ours" else [redisvl_cache, library]
    first, second = [open_cache(cache_name, "team") for open_cache in openers]
    assert (first.opened, second.opened) == ("ready", "ready")
    assert first.store(QUESTION, "for blue", "", "team=blue sky") == second.store(QUESTION, "for blue", "", "team=blue sky")
    second.store(QUESTION, "for all")
    for side in (first, second):
        assert [hit["response"] for hit in side.check(QUESTION, "team=blue sky")] == ["for blue"]
        assert side.check(QUESTION, "team=blue sky")[0]["filters"] == {"team": "blue sky"}
        assert side.check(QUESTION, "team=blue") == []
        assert side.count("team=blue sky") == 1
    first.destroy()


def test_an_index_with_more_fields_is_used_as_it_is(library, redisvl_cache, cache_name):  # noqa: F811
    theirs = redisvl_cache(cache_name, "litellm_cache_key")
    theirs.store(QUESTION, "Paris", "", "litellm_cache_key=abc")
    ours = library(cache_name)
    assert ours.opened == "ready"
    assert [hit["response"] for hit in ours.check(ALMOST)] == ["Paris"]
    ours.destroy()


def test_an_index_that_does_not_fit_is_left_alone(library, redisvl_cache, cache_name):  # noqa: F811
    ours = library(cache_name)
    refused = library(cache_name, "team").opened
    assert "schema does not match" in refused["message"] and "`team` is missing" in refused["message"]
    assert "schema does not match" in redisvl_cache(cache_name, "team").opened["message"]
    ours.destroy()


def test_a_cache_with_a_longer_name_is_another_cache(library, redisvl_cache, cache_name):  # noqa: F811
    short, long = library(cache_name), redisvl_cache(cache_name + "-2")
    long.store(QUESTION, "secret")
    assert short.check(QUESTION) == []
    assert short.clear() == 0
    short.destroy()
    assert [hit["response"] for hit in long.check(QUESTION)] == ["secret"]
    long.destroy()


SCHEMA = """\
version: '0.1.0'
index: {{name: {name}, prefix: {name}, storage_type: hash}}
fields:
- {{name: title, type: text, attrs: {{weight: 2}}}}
- {{name: team, type: tag, attrs: {{separator: "|", case_sensitive: true, sortable: true}}}}
- {{name: year, type: numeric, attrs: {{sortable: true}}}}
- {{name: place, type: geo}}
- {{name: embedding, type: vector, attrs: {{dims: 8, algorithm: hnsw, distance_metric: l2, datatype: float32, m: 8}}}}
"""


def rvl(folder, url: str, *words: str) -> str:
    text = run(folder / "rvl", *words, env={**os.environ, "REDIS_URL": url})
    return re.sub(r".*\[RedisVL\].*Using Redis address from environment.*\n", "", text)


def sluice_index(url: str, *words: str) -> str:
    return run(binary("sluice"), "index", *words, "--url", url)


def test_the_command_and_rvl_make_the_same_index(redisvl, search_redis, cache_name, tmp_path):  # noqa: F811
    schema = tmp_path / "schema.yaml"
    schema.write_text(SCHEMA.format(name=cache_name))

    def look_and_destroy() -> str:
        info = sluice_index(search_redis, "info", "-i", cache_name, "--json")
        sluice_index(search_redis, "destroy", "-i", cache_name)
        return info

    assert sluice_index(search_redis, "create", "-s", str(schema)) == "Index created successfully\n"
    ours = look_and_destroy()
    assert "Index created successfully" in rvl(redisvl, search_redis, "index", "create", "-s", str(schema))
    assert look_and_destroy() == ours


@pytest.mark.parametrize("redisvl", ["0.5.2"], indirect=True)
def test_the_tables_are_those_of_rvl(redisvl, search_redis, cache_name, tmp_path):  # noqa: F811
    schema = tmp_path / "schema.yaml"
    schema.write_text(SCHEMA.format(name=cache_name))
    sluice_index(search_redis, "create", "-s", str(schema))
    assert sluice_index(search_redis, "info", "-i", cache_name) == \
        rvl(redisvl, search_redis, "index", "info", "-i", cache_name)
    numbers = re.compile(r"total_indexing_time.*")
    assert numbers.sub("", sluice_index(search_redis, "stats", "-i", cache_name)) == \
        numbers.sub("", rvl(redisvl, search_redis, "stats", "-i", cache_name))
    sluice_index(search_redis, "destroy", "-i", cache_name)


def test_rvl_finds_what_the_command_made(redisvl, search_redis, cache_name, tmp_path):  # noqa: F811
    schema = tmp_path / "schema.yaml"
    schema.write_text(SCHEMA.format(name=cache_name))
    sluice_index(search_redis, "create", "-s", str(schema))
    assert cache_name in rvl(redisvl, search_redis, "index", "listall")
    assert "embedding" in rvl(redisvl, search_redis, "index", "info", "-i", cache_name)
    rvl(redisvl, search_redis, "index", "delete", "-i", cache_name)
    gone = subprocess.run([binary("sluice"), "index", "info", "-i", cache_name, "--url", search_redis],
                          capture_output=True, text=True)
    assert gone.returncode == 1 and f"there is no index `{cache_name}`" in gone.stderr
